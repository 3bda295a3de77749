/** Gray video whose samples are coded as the numbers of its levels: codec/video/levels.py. */
import { StreamError } from "../container/errors.js";
import { sampleType } from "./pixel_formats.js";

const DEPTHS = [8, 9, 10, 12, 14, 16];

export class Levels {
  /**
   * @param {number[]} steps from each level to the next, the first from 0
   * @param {number} depth bits of a sample of the video
   */
  constructor(steps, depth) {
    let value = 0;
    const values = steps.map((step) => (value += step));
    if (!values.length || value >= 2 ** depth || steps.slice(1).includes(0)) {
      throw new StreamError(`expected levels that rise and have ${depth} bits. Received: others`);
    }
    this.values = Uint16Array.from(values);
    this.depth = depth;
    const bits = Math.max(1, (values.length - 1).toString(2).length);
    /** Bits of the numbers. */
    this.codedDepth = /** @type {number} */ (DEPTHS.find((own) => own >= bits));
  }

  /** The gray comes without chroma. */
  get needsChroma() {
    return false;
  }

  /**
   * The picture with the samples that numbers stand for.
   * @param {import("./picture.js").Picture} picture
   * @returns {import("./picture.js").Picture}
   */
  restored({ luma: numbers, chroma, alpha }) {
    const found = new (sampleType(this.depth))(numbers.length);
    for (let k = 0; k < numbers.length; k++) {
      if (numbers[k] >= this.values.length) {
        throw new StreamError(`expected levels below ${this.values.length}. Received: ${numbers[k]}`);
      }
      found[k] = this.values[numbers[k]];
    }
    return { luma: found, chroma, alpha };
  }
}
