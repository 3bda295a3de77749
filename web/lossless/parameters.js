/** In which units a predictor counts the code values of planes: codec/lossless/parameters.py. */
import { StreamError } from "../container/errors.js";

const LEAST_DEPTH = 8, MOST_DEPTH = 16;
const MOST_RANGE_BITS = 4, LARGER_UNITS = 2;

export class SampleScale {
  /**
   * @param {number} depth bits of a sample, 8 to 16
   * @param {number} unitBits log2 of the code values of a unit
   * @param {number} origin the code value of the gray that counts as 0
   */
  constructor(depth, unitBits, origin) {
    if (depth < LEAST_DEPTH || depth > MOST_DEPTH) {
      throw new StreamError(`expected samples of ${LEAST_DEPTH} to ${MOST_DEPTH} bits. Received: ${depth}`);
    }
    const most = depth - LEAST_DEPTH + (depth > LEAST_DEPTH ? LARGER_UNITS : 0);
    if (unitBits > most) {
      throw new StreamError(
        `expected units of 2**0 to 2**${most} code values of ${depth} bits. Received: 2**${unitBits}`);
    }
    if (origin >= (depth > LEAST_DEPTH ? 2 ** depth : 1)) {
      throw new StreamError(`expected a code value of ${depth} bits, of 8 bits 0. Received: ${origin}`);
    }
    this.depth = depth;
    this.unitBits = unitBits;
    this.origin = origin;
    const all = depth - LEAST_DEPTH - unitBits;
    /** Log2 of the range that a predictor sees, over that of 8 bits. */
    this.rangeBits = Math.min(Math.max(all, 0), MOST_RANGE_BITS);
    /** The middle of the range of unsigned samples, in quarters of a unit. */
    this.neutral = (512 << this.rangeBits) >> Math.max(-all, 0);
    /** The largest magnitude of a sample between others, in quarters of a unit. */
    this.most = (1024 << this.rangeBits) - 1;
    /** The most low bits of a sample that are coded without a model. */
    this.rawBits = depth - LEAST_DEPTH;
    /** The code value of U and V that counts as 0. */
    this.chromaOrigin = Math.max(2 ** (depth - 1) - ((this.neutral << unitBits) >> 2), 0);
  }
}
