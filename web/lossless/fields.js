/** The motion fields of a segment, decoded when they are first asked for: codec/lossless/motion_code.py. */
import { MotionCoder } from "../native/motion.js";
import { RangeReader } from "../native/range_coder.js";

const BLOCK = 8, FAR = 1 << 13;

export class Fields {
  /**
   * @param {import("../native/machine.js").Machine} machine
   * @param {Uint8Array} motion
   * @param {number} height
   * @param {number} width
   */
  constructor(machine, motion, height, width) {
    this.rows = Math.ceil(height / BLOCK);
    this.columns = Math.ceil(width / BLOCK);
    this.coder = new MotionCoder(machine, { reader: new RangeReader(machine, motion) });
    /** @type {(Int16Array | null)[]} */
    this.found = [null];
  }

  /**
   * The field that leads to a picture.
   * @param {number} index
   * @returns {Int16Array | null} (rows, columns, 2) in quarters of a sample; null for the first picture
   */
  before(index) {
    while (this.found.length <= index) {
      const field = this.coder.read(this.rows, this.columns);
      const near = new Int16Array(field.length);
      for (let k = 0; k < field.length; k++) near[k] = Math.min(Math.max(field[k], -FAR), FAR);
      this.found.push(near);
      // Gray and chroma ask one after the other, so that older fields are not needed.
      if (this.found.length > 3) this.found[this.found.length - 3] = null;
    }
    return this.found[index];
  }
}
