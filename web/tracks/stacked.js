/** Exact chroma, both planes stacked in one picture: codec/lossless/stacked.py. */
import { decompress } from "../container/compression.js";
import { StreamError } from "../container/errors.js";
import { differenceType } from "../video/pixel_formats.js";

/** @typedef {import("../video/picture.js").Plane} Plane */
/** @typedef {import("../video/picture.js").ChromaPlane} ChromaPlane */

/** Which differences of RGB do not fit into the bits of a sample. */
export class FarDifferences {
  /**
   * @param {Uint8Array} packed
   * @param {number} numPictures
   * @param {number} numSamples of a picture
   */
  constructor(packed, numPictures, numSamples) {
    this.numSamples = numSamples;
    const count = numPictures * numSamples, bytes = Math.ceil(count / 8);
    this.bits = packed.length ? decompress(packed, bytes) : null;
    if (this.bits && this.bits.length !== bytes) {
      throw new StreamError(`expected far differences of ${count} samples. Received: ${this.bits.length} bytes`);
    }
  }

  /**
   * @param {number} picture
   * @param {number} sample
   */
  has(picture, sample) {
    if (this.bits === null) return false;
    const place = picture * this.numSamples + sample;
    return ((this.bits[Math.floor(place / 8)] >> (7 - (place % 8))) & 1) !== 0;
  }
}

/**
 * Both chroma planes of a stacked picture.
 * @param {Plane} stack
 * @param {number} index of the picture in its segment
 * @param {FarDifferences} far
 * @param {import("../video/pixel_formats.js").PixelFormat} format of the video
 * @returns {[ChromaPlane, ChromaPlane]}
 */
export function unstack(stack, index, far, format) {
  const count = stack.length / 2;
  if (format.model !== "rgb") return [stack.slice(0, count), stack.slice(count)];
  const kind = differenceType(format.depth), middle = 2 ** (format.depth - 1);
  const difference = (/** @type {number} */ k) => {
    const near = stack[k] - middle;
    return far.has(index, k) ? near + (near < 0 ? 2 * middle : -2 * middle) : near;
  };
  const orange = new kind(count), green = new kind(count);
  for (let k = 0; k < count; k++) {
    const blue = difference(k), red = difference(count + k);
    orange[k] = red - blue;
    green[k] = -blue - (orange[k] >> 1);
  }
  return [orange, green];
}
