/**
 * The C library (codec/native/src) as wasm, and its memory.
 *
 * A machine is one instance of the library with memory of its own. What decodes a segment has a machine, and when the
 * segment is through, all of its memory goes with it. Memory is taken from the front; {@link Machine.scratch} gives
 * back what was taken meanwhile. Growing the memory moves it, so that arrays are made anew for each use: an address
 * outlives a call, an array does not.
 */

const PAGE_BYTES = 65536;
const ALIGNMENT = 64;

/** Bytes of the kinds of C: pointer, 32 bits signed and unsigned, 64 bits, float. */
const SIZES = /** @type {Record<string, number>} */ ({ p: 4, i: 4, u: 4, l: 8, f: 4 });

export class Machine {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    const { exports } = new WebAssembly.Instance(module, {});
    /** @type {Record<string, (...values: any[]) => any>} */
    this.functions = /** @type {any} */ (exports);
    this.memory = /** @type {WebAssembly.Memory} */ (exports.memory);
    this.top = Number(/** @type {WebAssembly.Global} */ (exports.__heap_base).value);
    /** Memory above was never used, and is 0. */
    this.fresh = this.top;
  }

  /**
   * Memory for so many bytes, all 0.
   * @param {number} bytes
   * @returns {number} its address
   * @throws {RangeError} the browser gives no more memory
   */
  zeros(bytes) {
    const fresh = this.fresh;
    const address = this.take(bytes);
    if (address < fresh) this.u8(address, Math.min(bytes, fresh - address)).fill(0);
    return address;
  }

  /**
   * Memory for so many bytes, with anything in it.
   * @param {number} bytes
   */
  take(bytes) {
    const address = Math.ceil(this.top / ALIGNMENT) * ALIGNMENT;
    const end = address + bytes;
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      // More than is missing, so that memory seldom moves.
      const wanted = Math.max(missing, Math.min(this.memory.buffer.byteLength / 4, 2 ** 26));
      try {
        this.memory.grow(Math.ceil(wanted / PAGE_BYTES));
      } catch {
        this.memory.grow(Math.ceil(missing / PAGE_BYTES));
      }
    }
    this.top = end;
    this.fresh = Math.max(this.fresh, end);
    return address;
  }

  /**
   * Run something, and take back all memory that it took.
   * @template T
   * @param {() => T} action
   * @returns {T}
   */
  scratch(action) {
    const { top } = this;
    try {
      return action();
    } finally {
      this.top = top;
    }
  }

  /**
   * Copy an array into the memory.
   * @param {Uint8Array | Uint16Array | Int16Array | Int32Array | Uint32Array | BigInt64Array} values
   * @returns {number} its address
   */
  put(values) {
    const address = this.take(values.byteLength);
    this.u8(address, values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return address;
  }

  /** @param {number} address @param {number} count */
  u8(address, count) {
    return new Uint8Array(this.memory.buffer, address, count);
  }

  /** @param {number} address @param {number} count */
  u16(address, count) {
    return new Uint16Array(this.memory.buffer, address, count);
  }

  /** @param {number} address @param {number} count */
  i16(address, count) {
    return new Int16Array(this.memory.buffer, address, count);
  }

  /** @param {number} address @param {number} count */
  i32(address, count) {
    return new Int32Array(this.memory.buffer, address, count);
  }

  /** @param {number} address @param {number} count */
  u32(address, count) {
    return new Uint32Array(this.memory.buffer, address, count);
  }

  /**
   * A structure of C.
   * @param {string} kinds of its fields: p, i, u, l or f
   * @param {number[]} values of its first fields; the others are 0
   * @returns {number} its address
   */
  struct(kinds, values) {
    const { offsets, size } = layoutOf(kinds);
    const address = this.zeros(size);
    values.forEach((value, place) => this.setField(address, kinds[place], offsets[place], value));
    return address;
  }

  /**
   * @param {number} address of the structure
   * @param {string} kind
   * @param {number} offset
   * @param {number} value
   */
  setField(address, kind, offset, value) {
    const view = new DataView(this.memory.buffer);
    if (kind === "l") view.setBigInt64(address + offset, BigInt(value), true);
    else if (kind === "f") view.setFloat32(address + offset, value, true);
    else view.setInt32(address + offset, value, true);
  }

  /**
   * @param {number} address of the structure
   * @param {string} kind
   * @param {number} offset
   * @returns {number}
   */
  field(address, kind, offset) {
    const view = new DataView(this.memory.buffer);
    if (kind === "l") return Number(view.getBigInt64(address + offset, true));
    return kind === "u" ? view.getUint32(address + offset, true) : view.getInt32(address + offset, true);
  }

  /**
   * Call a function of the library.
   * @param {string} name
   * @param {string} kinds of its arguments
   * @param {...number} values
   * @returns {number}
   */
  call(name, kinds, ...values) {
    const given = values.map((value, place) => (kinds[place] === "l" ? BigInt(value) : value));
    return Number(this.functions[name](...given));
  }
}

/** @type {Map<string, {offsets: number[], size: number}>} */
const LAYOUTS = new Map();

/**
 * Where the fields of a structure lie, as C lays them out.
 * @param {string} kinds
 */
export function layoutOf(kinds) {
  const known = LAYOUTS.get(kinds);
  if (known) return known;
  let size = 0, alignment = 1;
  const offsets = [];
  for (const kind of kinds) {
    size = Math.ceil(size / SIZES[kind]) * SIZES[kind];
    offsets.push(size);
    size += SIZES[kind];
    alignment = Math.max(alignment, SIZES[kind]);
  }
  const found = { offsets, size: Math.ceil(size / alignment) * alignment };
  LAYOUTS.set(kinds, found);
  return found;
}
