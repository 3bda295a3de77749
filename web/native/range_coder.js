/** The range coder of the C library: codec/native/range_coder.py. */
import { StreamError } from "../container/errors.js";
import { layoutOf } from "./machine.js";

/** @typedef {import("./machine.js").Machine} Machine */

const WRITER = "llpll", READER = "llpll"; // lower or distance, range, words, their number, capacity or position
const IMPOSSIBLE_DATA = -1;
const SEAL_WORDS = 2;

/**
 * Raise the error that a kernel reports.
 * @param {number} result
 */
export function check(result) {
  if (result === IMPOSSIBLE_DATA) throw new StreamError("entropy-coded data do not fit their probability table");
  if (result) throw new Error(`a kernel of the native library failed: ${result}`);
}

/** Decodes words. */
export class RangeReader {
  /**
   * @param {Machine} machine
   * @param {Uint8Array} data
   */
  constructor(machine, data) {
    if (data.length % 4) {
      throw new StreamError(`expected entropy-coded data in words of 4 bytes. Received: ${data.length} bytes`);
    }
    this.machine = machine;
    this.state = machine.struct(READER, [0, 0, machine.put(data), data.length / 4, 0]);
    machine.call("gvc_begin_reading", "p", this.state);
  }

  /**
   * Decode symbols, all with one model.
   * @param {number} count
   * @param {Uint32Array} starts the model
   * @returns {Int32Array}
   */
  read(count, starts) {
    const { machine } = this;
    return machine.scratch(() => {
      const symbols = machine.take(4 * count);
      const model = machine.put(starts);
      check(machine.call("gvc_read", "pplpl", this.state, symbols, count, model, starts.length - 1));
      return machine.i32(symbols, count).slice();
    });
  }

  /**
   * Decode numbers of so many bits each.
   * @param {Int32Array} bits
   * @returns {Int32Array}
   */
  readBits(bits) {
    const { machine } = this;
    return machine.scratch(() => {
      const numbers = machine.take(4 * bits.length);
      check(machine.call("gvc_read_bits", "pppl", this.state, numbers, machine.put(bits), bits.length));
      return machine.i32(numbers, bits.length).slice();
    });
  }

  /** Check that all data were read. */
  finish() {
    if (!this.machine.call("gvc_may_end", "p", this.state)) {
      throw new StreamError("expected the end of entropy-coded data. Received: data for more symbols");
    }
  }
}

/** Codes symbols to words: for known answers, since a receiver writes nothing. */
export class RangeWriter {
  /**
   * @param {Machine} machine
   * @param {number} capacity the most words
   */
  constructor(machine, capacity) {
    this.machine = machine;
    this.words = machine.take(4 * (capacity + SEAL_WORDS));
    this.state = machine.struct(WRITER, [0, 0, this.words, 0, capacity + SEAL_WORDS]);
    machine.call("gvc_begin_writing", "p", this.state);
  }

  /**
   * @param {Int32Array} symbols
   * @param {Uint32Array} starts
   */
  write(symbols, starts) {
    const { machine } = this;
    machine.scratch(() => check(machine.call(
      "gvc_write", "pplpl", this.state, machine.put(symbols), symbols.length, machine.put(starts), starts.length - 1)));
  }

  /**
   * @param {Int32Array} numbers
   * @param {Int32Array} bits
   */
  writeBits(numbers, bits) {
    const { machine } = this;
    machine.scratch(() => check(machine.call(
      "gvc_write_bits", "pppl", this.state, machine.put(numbers), machine.put(bits), numbers.length)));
  }

  /** All words; nothing can be written after that. */
  seal() {
    check(this.machine.call("gvc_seal", "p", this.state));
    const count = this.machine.field(this.state, "l", layoutOf(WRITER).offsets[3]);
    return this.machine.u32(this.words, count).slice();
  }
}
