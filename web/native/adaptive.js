/** Adaptive planes in the C library: codec/native/adaptive.py. */
import { StreamError } from "../container/errors.js";
import { layoutOf } from "./machine.js";

/** @typedef {import("./machine.js").Machine} Machine */

const BITS = "plluuuiiuuuullp";
const PLANES = "llllliiiip";
const SIZE = 1, NUM_SYMBOLS = 12;
const PAST_END = -1, WRONG_END = -2;

/** How much is done for a sample; the values are those of C. */
export const Level = Object.freeze({ FIRST: 0, STANDARD: 1, FIRST_SWIFT: 2, MAX: 3, SWIFT: 4 });

/** Whether differences are coded as symbols, not bit by bit. @param {number} level */
export function isSymbols(level) {
  return level === Level.STANDARD || level === Level.FIRST_SWIFT || level === Level.SWIFT;
}

/**
 * Planes of one size that are coded together.
 * @typedef {object} AdaptiveLayout
 * @property {number} rows
 * @property {number} columns
 * @property {number} components 1: gray; 2: chroma
 * @property {[number, number]} block rows and columns of the samples that share a vector
 * @property {number} low the smallest sample
 * @property {number} high the largest sample
 * @property {number} unit log2 of the code values in which differences are counted
 * @property {number} level one of {@link Level}
 */

/**
 * Tables of whole numbers: lossless/adaptive_tables.js.
 * @typedef {object} AdaptiveTables
 * @property {Int16Array} stretch
 * @property {Uint16Array} squash
 * @property {Int32Array} rate
 * @property {Int32Array} energyWeight
 * @property {Float32Array} survival
 */

/** One side of a coder, of bits or of symbols. */
export class Bits {
  /**
   * @param {Machine} machine
   * @param {Uint8Array | null} data what to read; null to write
   * @param {boolean} hasSymbols
   * @param {number} [capacity] of a writer, in bytes and in symbols
   */
  constructor(machine, data, hasSymbols, capacity = 0) {
    this.machine = machine;
    this.isSymbols = hasSymbols;
    const size = data === null ? capacity : data.length;
    this.data = data === null ? machine.take(capacity) : machine.put(data);
    const symbols = machine.take(4 * capacity);
    this.state = machine.struct(
      BITS, [this.data, 0, size, 0, 0, 0, data === null ? 1 : 0, hasSymbols ? 1 : 0, 0, 0, 0, 0, 0, capacity, symbols]);
    machine.call("gvc_begin_bits", "p", this.state);
  }

  /** Bytes that are read or written so far. */
  get numBytes() {
    return this.machine.field(this.state, "l", layoutOf(BITS).offsets[SIZE]);
  }

  /** Whether what was read ends where a sender ends it. */
  endsWell() {
    return !this.isSymbols || this.machine.call("gvc_ends_well", "p", this.state) !== 0;
  }

  /** End a component that is written. */
  endComponent() {
    if (this.isSymbols && this.machine.call("gvc_is_block_full", "p", this.state)) {
      this.machine.call("gvc_end_block", "p", this.state);
    }
  }

  /** All that is written. */
  end() {
    const { machine } = this;
    if (!this.isSymbols) machine.call("gvc_end_bits", "p", this.state);
    else if (machine.field(this.state, "l", layoutOf(BITS).offsets[NUM_SYMBOLS])) {
      machine.call("gvc_end_block", "p", this.state);
    }
    return machine.u8(this.data, this.numBytes).slice();
  }
}

/** Planes that are coded together, picture by picture. */
export class AdaptivePlanes {
  /**
   * @param {Machine} machine
   * @param {AdaptiveLayout} layout
   * @param {AdaptiveTables} tables
   */
  constructor(machine, layout, tables) {
    this.machine = machine;
    this.layout = layout;
    const { rows, columns, components, block, low, high, unit, level } = layout;
    const parts = [tables.stretch, tables.squash, tables.rate, tables.energyWeight, tables.survival];
    const tablesAddress = machine.take(parts.reduce((sum, part) => sum + part.byteLength, 0));
    let place = tablesAddress;
    for (const part of parts) {
      machine.u8(place, part.byteLength).set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
      place += part.byteLength;
    }
    this.state = machine.zeros(machine.call("gvc_adaptive_struct_size", ""));
    const values = [rows, columns, components, ...block, low, high, unit, level, tablesAddress];
    layoutOf(PLANES).offsets.forEach((offset, k) => machine.setField(this.state, PLANES[k], offset, values[k]));
    const memory = machine.zeros(machine.call("gvc_adaptive_size", "p", this.state));
    machine.call("gvc_begin_adaptive", "pp", this.state, memory);
  }

  /**
   * @param {Int16Array | null} vectors (blocks down, blocks across, 2) in whole samples; null without motion
   * @param {Int32Array | null} gray the gray beside chroma
   */
  beginPicture(vectors, gray) {
    const { machine } = this;
    machine.scratch(() => machine.call(
      "gvc_begin_adaptive_picture", "ppp", this.state,
      vectors === null ? 0 : machine.put(vectors), gray === null ? 0 : machine.put(gray)));
  }

  /**
   * Code a component of a picture.
   * @param {Bits} bits
   * @param {number} component
   * @param {number} samples the address of (rows, columns) int32, which are read or written
   */
  code(bits, component, samples) {
    const tileRows = Math.ceil(this.layout.rows / (this.layout.level === Level.MAX ? 4 : 8));
    for (let row = 0; row < tileRows; row++) {
      const result = this.machine.call(
        "gvc_code_adaptive_tiles", "ppilp", this.state, bits.state, component, row, samples);
      if (result === PAST_END) {
        throw new StreamError("expected more data for adaptive planes. Received: their end");
      }
      if (result === WRONG_END) throw wrongEnd();
      if (result) throw new Error(`expected room for the bytes of a row of tiles. Received: ${result}`);
    }
  }
}

/** The error of a block that does not end as it was begun. */
export function wrongEnd() {
  return new StreamError("expected a block of symbols that ends as the sender began it. Received: a damaged one");
}
