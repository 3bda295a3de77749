/** Motion in the C library: fields from their code (codec/native/motion_code.py), and planes moved along them. */
import { RangeReader, check } from "./range_coder.js";

/** @typedef {import("./machine.js").Machine} Machine */

const MOTION = "pppllp"; // tables, writer, reader, rows, columns, flags

/** Adaptive tables of motion, and one side of the range coder. */
export class MotionCoder {
  /**
   * @param {Machine} machine
   * @param {{reader?: RangeReader, writer?: import("./range_coder.js").RangeWriter}} side
   */
  constructor(machine, { reader, writer }) {
    this.machine = machine;
    this.reader = reader?.state ?? 0;
    this.writer = writer?.state ?? 0;
    this.tables = machine.zeros(machine.call("gvc_motion_tables_size", ""));
    machine.call("gvc_begin_motion", "p", this.tables);
  }

  /**
   * Decode the next field.
   * @param {number} rows
   * @param {number} columns
   * @returns {Int32Array} (rows, columns, 2); of damaged data, vectors of any length
   */
  read(rows, columns) {
    const { machine } = this;
    return machine.scratch(() => {
      const field = machine.take(8 * rows * columns);
      check(machine.call("gvc_read_field", "pp", this.state(rows, columns), field));
      return machine.i32(field, 2 * rows * columns).slice();
    });
  }

  /**
   * Code the next field.
   * @param {Int16Array} field
   * @param {number} rows
   * @param {number} columns
   */
  write(field, rows, columns) {
    const { machine } = this;
    machine.scratch(() => check(machine.call(
      "gvc_write_field", "pp", this.state(rows, columns), machine.put(field))));
  }

  /**
   * @param {number} rows
   * @param {number} columns
   */
  state(rows, columns) {
    const flags = this.machine.take(2 * columns);
    return this.machine.struct(MOTION, [this.tables, this.writer, this.reader, rows, columns, flags]);
  }
}

/**
 * Move planes along a motion field.
 * @param {Machine} machine
 * @param {number} planes the address of (count, height, width) int16
 * @param {[number, number, number]} shape
 * @param {Int16Array} field a vector for each block, in quarters of a sample
 * @param {[number, number]} block
 * @param {number} most the largest magnitude of a sample
 * @param {number} results the address of as many samples
 */
export function move(machine, planes, [count, height, width], field, block, most, results) {
  const margins = machine.call("gvc_move_margins", "");
  machine.scratch(() => {
    const copy = machine.take(2 * (height + 1) * (width + margins));
    const sums = machine.take(4 * (width + margins));
    machine.call("gvc_move", "plllplllppp", planes, count, height, width, machine.put(field), ...block, most,
      copy, sums, results);
  });
}
