/** The earlier pictures of a segment, from which a predictor predicts the next: codec/lossless/history.py. */
import { move } from "../native/motion.js";
import { onLattice, remember, typesOfC } from "../native/known.js";

/** @typedef {import("../native/machine.js").Machine} Machine */
/** @typedef {import("../native/known.js").Strided} Strided */
/** @typedef {import("./parameters.js").SampleScale} SampleScale */

export const BLOCK = 8;
/** @type {Strided} */
export const NO_PLANES = { first: 0, row: 0, column: 0, channel: 0 };

/** Planes in quarters of a unit, and their running averages. */
export class PlaneHistory {
  /**
   * @param {Machine} machine
   * @param {number} count
   * @param {[number, number]} shape
   * @param {SampleScale} scale
   */
  constructor(machine, count, [rows, columns], scale) {
    this.machine = machine;
    this.count = count;
    this.rows = rows;
    this.columns = columns;
    this.scale = scale;
    this.plane = 2 * rows * columns;
    /** (2 x count, rows, columns) int16: the previous planes, then their averages. */
    this.planes = machine.zeros(2 * count * this.plane);
    this.moved = machine.zeros(2 * count * this.plane);
    this.isMoved = false;
  }

  /**
   * Move them to the next picture.
   * @param {Int16Array} field
   * @param {[number, number]} block
   * @returns {{base: Strided, average: Strided}}
   */
  move(field, block) {
    const { machine, count, rows, columns, plane } = this;
    move(machine, this.planes, [2 * count, rows, columns], field, block, this.scale.most, this.moved);
    this.isMoved = true;
    const strided = { row: columns, column: 1, channel: rows * columns };
    return {
      base: { first: this.moved, ...strided }, average: { first: this.moved + count * plane, ...strided },
    };
  }

  /**
   * Add the planes of a picture as the receiver has them, in code values.
   * @param {(Uint8Array | Uint16Array | Int16Array | Int32Array)[]} planes
   */
  remember(planes) {
    planes.forEach((own, index) => {
      const average = (this.count + index) * this.plane;
      remember(this.machine, own, this.scale.unitBits, this.isMoved ? this.moved + average : 0,
        this.planes + index * this.plane, this.planes + average);
    });
  }
}

/** The gray beside chroma, on the lattice of the chroma. */
export class GrayHistory {
  /**
   * @param {Machine} machine
   * @param {[number, number]} size height and width
   * @param {[number, number]} shifts log2 of the gray samples for a chroma sample, down and across
   * @param {SampleScale} scale
   */
  constructor(machine, size, shifts, scale) {
    this.machine = machine;
    this.size = size;
    this.block = /** @type {[number, number]} */ ([1 << shifts[0], 1 << shifts[1]]);
    // 4:1:0 has 16 gray samples for each chroma sample; the network sees four.
    this.step = this.block[0] === 4 && this.block[1] === 4 ? 2 : 1;
    this.scale = scale;
    this.count = size[0] * size[1];
    this.before = machine.zeros(2 * this.count);
    this.unused = machine.zeros(2 * this.count);
  }

  /**
   * The gray of a picture on the lattice.
   * @param {Uint8Array | Uint16Array | Int32Array} luma in code values
   */
  onLattice(luma) {
    const { machine, scale } = this;
    return onLattice(machine, typesOfC[luma.constructor.name], machine.put(luma), this.size, this.block, this.step,
      scale.unitBits, scale.neutral);
  }

  /**
   * The gray of the picture before, moved, on the lattice.
   * @param {Int16Array} field
   */
  moved(field) {
    const { machine, scale } = this;
    const moved = machine.take(2 * this.count);
    move(machine, this.before, [1, ...this.size], field, [BLOCK, BLOCK], scale.most, moved);
    return onLattice(machine, "int16", moved, this.size, this.block, this.step, 0, scale.neutral);
  }

  /** @param {Uint8Array | Uint16Array | Int32Array} luma */
  remember(luma) {
    remember(this.machine, luma, this.scale.unitBits, 0, this.before, this.unused);
  }
}
