/**
 * The part of msgpack that records use: nil, booleans, numbers, text, arrays and maps. No bytes, no extensions.
 *
 * Whole numbers are numbers, or BigInt where they are beyond 2^53. A number with a binary point is a {@link Float},
 * because a field of the format is either of the two.
 */
import { DamagedError } from "./errors.js";

const MAX_ITEMS = 2 ** 16;
const MAX_DEPTH = 512;
const TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A number with a binary point. */
export class Float {
  /** @param {number} value */
  constructor(value) {
    this.value = value;
  }
}

/** @typedef {null | boolean | number | bigint | string | Float | Uint8Array | any[] | Map<any, any>} Stored */

/**
 * Unpack exactly one value.
 * @param {Uint8Array} data
 * @returns {Stored}
 * @throws {DamagedError} it is none, bytes follow it, or a map has the same key twice
 */
export function unpack(data) {
  const reader = new Reader(data);
  const value = reader.value(0);
  if (reader.place !== data.length) throw invalid("ExtraData");
  return value;
}

/** @param {string} kind */
function invalid(kind) {
  return new DamagedError(`a record is no valid msgpack (${kind})`);
}

class Reader {
  /** @param {Uint8Array} data */
  constructor(data) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.place = 0;
  }

  /** @param {number} count */
  skip(count) {
    const place = this.place;
    if (count > this.data.length - place) throw invalid("ValueError");
    this.place += count;
    return place;
  }

  /** @param {number} bytes */
  unsigned(bytes) {
    const place = this.skip(bytes);
    if (bytes === 1) return this.view.getUint8(place);
    if (bytes === 2) return this.view.getUint16(place);
    if (bytes === 4) return this.view.getUint32(place);
    return small(this.view.getBigUint64(place));
  }

  /** @param {number} bytes */
  signed(bytes) {
    const place = this.skip(bytes);
    if (bytes === 1) return this.view.getInt8(place);
    if (bytes === 2) return this.view.getInt16(place);
    if (bytes === 4) return this.view.getInt32(place);
    return small(this.view.getBigInt64(place));
  }

  /** @param {number} bytes */
  text(bytes) {
    const place = this.skip(bytes);
    try {
      return TEXT.decode(this.data.subarray(place, place + bytes));
    } catch {
      throw invalid("UnicodeDecodeError");
    }
  }

  /**
   * @param {number} count
   * @param {number} depth
   */
  array(count, depth) {
    if (count > MAX_ITEMS) throw invalid("ValueError");
    const items = [];
    for (let k = 0; k < count; k++) items.push(this.value(depth + 1));
    return items;
  }

  /**
   * @param {number} count
   * @param {number} depth
   */
  map(count, depth) {
    if (count > MAX_ITEMS) throw invalid("ValueError");
    const found = new Map(), seen = new Set();
    for (let k = 0; k < count; k++) {
      const key = this.value(depth + 1);
      if (typeof key === "object" && !(key instanceof Float) && key !== null) throw invalid("TypeError");
      // As in Python, where 1, 1.0 and true are the same key.
      const own = key instanceof Float ? key.value : typeof key === "boolean" ? Number(key) : key;
      if (seen.has(own)) throw new DamagedError("a record has the same key twice");
      seen.add(own);
      found.set(key, this.value(depth + 1));
    }
    return found;
  }

  /**
   * @param {number} depth
   * @returns {Stored}
   */
  value(depth) {
    if (depth > MAX_DEPTH) throw invalid("StackError");
    const byte = this.unsigned(1);
    if (byte < 0x80) return byte;
    if (byte < 0x90) return this.map(Number(byte) & 15, depth);
    if (byte < 0xa0) return this.array(Number(byte) & 15, depth);
    if (byte < 0xc0) return this.text(Number(byte) & 31);
    if (byte >= 0xe0) return Number(byte) - 256;
    switch (byte) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: case 0xc5: case 0xc6: return this.bytes(1 << (Number(byte) - 0xc4));
      case 0xca: return new Float(this.view.getFloat32(this.skip(4)));
      case 0xcb: return new Float(this.view.getFloat64(this.skip(8)));
      case 0xcc: case 0xcd: case 0xce: case 0xcf: return this.unsigned(1 << (Number(byte) - 0xcc));
      case 0xd0: case 0xd1: case 0xd2: case 0xd3: return this.signed(1 << (Number(byte) - 0xd0));
      case 0xd9: case 0xda: case 0xdb: return this.text(Number(this.unsigned(1 << (Number(byte) - 0xd9))));
      case 0xdc: case 0xdd: return this.array(Number(this.unsigned(2 << (Number(byte) - 0xdc))), depth);
      case 0xde: case 0xdf: return this.map(Number(this.unsigned(2 << (Number(byte) - 0xde))), depth);
      default: throw invalid("FormatError");
    }
  }

  /** @param {number} lengthBytes */
  bytes(lengthBytes) {
    const count = Number(this.unsigned(lengthBytes));
    const place = this.skip(count);
    return this.data.subarray(place, place + count);
  }
}

/** @param {bigint} value */
function small(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
