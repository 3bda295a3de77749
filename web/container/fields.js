/**
 * Records of a stream from their maps and bodies. What a field may be is declared in container_format/records.py;
 * ../generated/tables.js has these declarations.
 */
import { RECORDS } from "../generated/tables.js";
import { DamagedError, LimitError } from "./errors.js";
import { Float } from "./msgpack.js";

const UTF8 = new TextEncoder();

/** The bytes behind a record's map, read front to back. */
export class Body {
  /**
   * @param {Uint8Array} data
   * @param {boolean} allowUnknown fields with unknown numbers are skipped
   */
  constructor(data, allowUnknown) {
    this.data = data;
    this.allowUnknown = allowUnknown;
    this.place = 0;
  }

  /**
   * The next bytes: a view, not a copy.
   * @param {number} numBytes
   */
  take(numBytes) {
    const left = this.data.length - this.place;
    if (numBytes > left) {
      throw new DamagedError(`expected ${numBytes} more bytes in a record's body. Received: ${left}`);
    }
    this.place += numBytes;
    return this.data.subarray(this.place - numBytes, this.place);
  }

  /** Check that every byte was taken. */
  checkEmpty() {
    const left = this.data.length - this.place;
    if (left) throw new DamagedError(`${left} bytes behind a record belong to none of its fields`);
  }
}

/**
 * Convert a map to its record, and check every field.
 * @param {string} name of the record
 * @param {any} stored
 * @param {Body} body
 * @returns {any}
 * @throws {DamagedError | LimitError} anything is missing, unknown, of another type or outside its range
 */
export function unpackFields(name, stored, body) {
  if (!(stored instanceof Map)) throw new DamagedError(`expected a map for ${name}. Received: ${shown(stored)}`);
  /** @type {Record<string, any>} */
  const values = {};
  const unknown = new Set(stored.keys());
  for (const field of RECORDS[name]) {
    unknown.delete(field.number);
    if (stored.has(field.number)) {
      try {
        values[field.name] = unpackValue(field.kind, stored.get(field.number), body);
      } catch (error) {
        if (!(error instanceof DamagedError || error instanceof LimitError)) throw error;
        throw error.withMessage(`${name}.${field.disk}: ${error.message}`);
      }
    } else if ("absent" in field) {
      values[field.name] = field.absent === "bytes" ? new Uint8Array(0) : structuredClone(field.absent);
    } else {
      throw new DamagedError(`${name} lacks its field ${field.disk}`);
    }
  }
  for (const key of stored.keys()) {
    if (!isWhole(key)) throw new DamagedError(`${name} has a key that is no whole number`);
  }
  if (unknown.size && !body.allowUnknown) {
    throw new DamagedError(`${name} has an unknown field ${shown([...unknown].sort()[0])}`);
  }
  return values;
}

/**
 * @param {any} kind as the declaration has it
 * @param {any} stored
 * @param {Body} body
 * @returns {any}
 */
function unpackValue(kind, stored, body) {
  switch (kind.type) {
    case "int": return checkInt(kind.low, kind.high, stored);
    case "bool":
      if (typeof stored !== "boolean") throw new DamagedError(`expected true or false. Received: ${shown(stored)}`);
      return stored;
    case "float":
      if (!(stored instanceof Float) || !Number.isFinite(stored.value) || stored.value <= 0) {
        throw new DamagedError(`expected a finite number greater than zero. Received: ${shown(stored)}`);
      }
      return stored.value;
    case "text": return checkText(kind, stored);
    case "bytes": return body.take(Number(checkInt(0, kind.maxBytes, stored)));
    case "ratio":
      if (!Array.isArray(stored) || stored.length !== 2) {
        throw new DamagedError(`expected a numerator and a denominator. Received: ${shown(stored)}`);
      }
      return [checkInt(kind.low, 2 ** 31 - 1, stored[0]), checkInt(1, 2 ** 31 - 1, stored[1])];
    case "optional": return stored === null ? null : unpackValue(kind.of, stored, body);
    case "list":
      if (!Array.isArray(stored)) throw new DamagedError(`expected a list. Received: ${shown(stored)}`);
      if (stored.length < kind.minItems || stored.length > kind.maxItems) {
        throw new LimitError(`expected ${kind.minItems} to ${kind.maxItems} items. Received: ${stored.length}`);
      }
      return stored.map((item) => unpackValue(kind.of, item, body));
    case "map": return unpackTextMap(kind, stored, body);
    case "record": return unpackFields(kind.record, stored, body);
    default: throw new TypeError(`unknown kind of field: ${kind.type}`);
  }
}

/**
 * @param {any} kind
 * @param {any} stored
 * @param {Body} body
 */
function unpackTextMap(kind, stored, body) {
  if (!(stored instanceof Map)) throw new DamagedError(`expected a map. Received: ${shown(stored)}`);
  /** @type {Map<string, any>} */
  const found = new Map();
  for (const [name, item] of stored) found.set(name, unpackValue(kind.of, item, body));
  if (found.size > kind.maxItems) {
    throw new LimitError(`expected at most ${kind.maxItems} entries. Received: ${found.size}`);
  }
  for (const name of found.keys()) checkText({ maxBytes: kind.maxKeyBytes, alphabet: "" }, name);
  return Object.fromEntries(found);
}

/**
 * @param {number | bigint} low
 * @param {number | bigint} high
 * @param {any} value
 * @returns {any} a number; BigInt beyond 2^53
 */
function checkInt(low, high, value) {
  if (!isWhole(value) || value < low || value > high) {
    throw new DamagedError(`expected a whole number from ${low} to ${high}. Received: ${shown(value)}`);
  }
  return value;
}

/**
 * @param {{maxBytes: number, alphabet: string}} kind
 * @param {any} value
 */
function checkText(kind, value) {
  if (typeof value !== "string") throw new DamagedError(`expected text. Received: ${shown(value)}`);
  if (UTF8.encode(value).length > kind.maxBytes) {
    throw new LimitError(`expected a text of at most ${kind.maxBytes} bytes. Received: ${value.length} characters`);
  }
  if (kind.alphabet && (value.length !== kind.maxBytes || ![...value].every((c) => kind.alphabet.includes(c)))) {
    throw new DamagedError(`expected ${kind.maxBytes} characters of ${kind.alphabet}. Received: ${shown(value)}`);
  }
  return value;
}

/** @param {unknown} value */
function isWhole(value) {
  return typeof value === "number" || typeof value === "bigint";
}

/** @param {any} value */
function shown(value) {
  const text = value instanceof Float ? String(value.value) : value instanceof Map ? "a map"
    : Array.isArray(value) ? "a list" : value === null ? "nil" : String(value);
  return text.slice(0, 60);
}
