/** Samples with adaptive tables in the C library: codec/native/steps.py. */
import { check } from "./range_coder.js";

/** @typedef {import("./machine.js").Machine} Machine */

const LAYOUT = "pppppplll", TABLES = "pppp", SYMBOLS = "pplpp";
const STEP = "llllllll" + "llll" + "pppp" + "ll" + "p" + "ll" + "p";
const INDEX_SIZE = 256, TABLES_BYTES = 16;

/**
 * What all sets of adaptive tables have in common: lossless/distributions.js.
 * @typedef {object} TableLayout
 * @property {Int32Array} firstTable
 * @property {Int32Array} fractionShift
 * @property {Int32Array} reach
 * @property {Int32Array} offsets
 * @property {BigInt64Array} prior
 * @property {Uint32Array} beyond
 */

/**
 * One step of a picture.
 * @typedef {object} Step
 * @property {number} number 0 to 4
 * @property {[number, number, number]} shape rows, columns, components
 * @property {[number, number]} range the smallest and the largest sample
 * @property {number[]} maxErrors of each component
 * @property {number} planes the address of what is written; 0 in the receiver
 * @property {number} base the address of (rows, columns, c) int16
 * @property {number} decoded the address of (rows, columns, c) int32
 * @property {import("./convolution.js").Padded} results of the network
 * @property {import("./convolution.js").Padded} missed
 * @property {number} unitBits
 * @property {number} rawBits
 */

/**
 * Log2 of the quantization step, in scales: half the number of bits of its eighth power.
 * @param {number} maxError
 */
export function scalesOfError(maxError) {
  return Math.floor(((BigInt(2 * maxError + 1) ** 8n).toString(2).length) / 2);
}

/** Sets of adaptive tables, and one side of the range coder. */
export class SampleCoder {
  /**
   * @param {Machine} machine
   * @param {TableLayout} layout
   * @param {number} kinds number of sets of tables
   * @param {{reader?: import("./range_coder.js").RangeReader, writer?: import("./range_coder.js").RangeWriter}} side
   */
  constructor(machine, layout, kinds, { reader, writer }) {
    this.machine = machine;
    this.kinds = kinds;
    const numSymbols = layout.prior.length, numTables = layout.reach.length;
    const arrays = [layout.firstTable, layout.fractionShift, layout.reach, layout.offsets, layout.prior, layout.beyond];
    this.layout = machine.struct(LAYOUT, [
      ...arrays.map((array) => machine.put(array)), layout.firstTable.length, numTables, layout.beyond.length - 1,
    ]);
    this.sets = machine.zeros(TABLES_BYTES * kinds);
    for (let kind = 0; kind < kinds; kind++) {
      const sizes = [8 * numSymbols, 4 * (numSymbols + numTables), 2 * numTables * INDEX_SIZE, numTables];
      const set = machine.struct(TABLES, sizes.map((size) => machine.zeros(size)));
      machine.u8(this.sets + TABLES_BYTES * kind, TABLES_BYTES).set(machine.u8(set, TABLES_BYTES));
    }
    this.symbols = machine.struct(
      SYMBOLS, [this.layout, this.sets, kinds, writer?.state ?? 0, reader?.state ?? 0]);
    this.arrays = machine.call("gvc_step_arrays", "");
  }

  /** Adapt the tables to the samples that were coded since the last call. */
  learn() {
    for (let kind = 0; kind < this.kinds; kind++) {
      this.machine.call("gvc_learn", "pp", this.layout, this.sets + TABLES_BYTES * kind);
    }
  }

  /**
   * Decode the samples of one component.
   * @param {Int32Array} means in eighths of a code value
   * @param {Int32Array} scales
   * @param {number} kind the number of the set of tables
   * @returns {Int32Array}
   */
  read(means, scales, kind) {
    const { machine } = this, count = means.length;
    return machine.scratch(() => {
      const values = machine.zeros(4 * count), scratch = machine.take(4 * this.arrays * count);
      check(machine.call("gvc_code_samples", "pllpppp", this.symbols, kind, count, machine.put(means),
        machine.put(scales), values, scratch));
      return machine.i32(values, count).slice();
    });
  }

  /**
   * Code the samples of one step.
   * @param {Step} step
   */
  codeStep(step) {
    const { machine } = this, [rows, columns, components] = step.shape;
    const squares = Math.ceil(rows / 2) * Math.ceil(columns / 2);
    const pair = (/** @type {number[]} */ values) => [values[0], values[1] ?? 0];
    machine.scratch(() => {
      const structure = machine.struct(STEP, [
        step.number, rows, columns, components, ...step.range, step.unitBits, step.rawBits,
        ...pair(step.maxErrors), ...pair(step.maxErrors.map(scalesOfError)),
        step.planes, step.base, step.decoded, step.results.first, step.results.rowStride, step.results.channels,
        step.missed.first, step.missed.rowStride, step.missed.channels, machine.take(4 * this.arrays * squares),
      ]);
      check(machine.call("gvc_code_step", "pp", this.symbols, structure));
    });
  }
}
