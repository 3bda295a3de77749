/** R'G'B' video that was made of 4:2:0 video and is coded as that: codec/video/yuv_origin.py and stream_recoding.py. */
import { StreamError } from "../container/errors.js";

/** @typedef {import("./picture.js").Picture} Picture */

const CODED_FORMAT = "yuv420p", SUFFIX = ` of ${CODED_FORMAT}`;
const CODES = 256, NUMBERS = 6;
const LEAST_FACTOR = 2 ** 13, MAX_FACTOR = 2 ** 15 - 1, MAX_OFFSET = 2 ** 11 - 1;

/**
 * The name of the video's own pixel format, or of one that nobody knows.
 * @param {any} header
 * @returns {string}
 */
export function ownFormatName({ pixelFormat, yuvOrigin }) {
  return yuvOrigin.length && pixelFormat.endsWith(SUFFIX) ? pixelFormat.slice(0, -SUFFIX.length) : pixelFormat;
}

export class YuvOrigin {
  /**
   * @param {number[]} numbers as the header has them
   * @param {number} width of the video
   */
  constructor(numbers, width) {
    if (numbers.length !== NUMBERS) {
      throw new StreamError(`expected ${NUMBERS} numbers of the origin. Received: ${numbers.length}`);
    }
    const [offset, luma, blueOfU, greenOfU, greenOfV, redOfV] = numbers;
    const isValid = offset >= 0 && offset <= MAX_OFFSET
      && [luma, blueOfU, redOfV].every((factor) => factor >= LEAST_FACTOR && factor <= MAX_FACTOR);
    if (!isValid || Math.max(Math.abs(greenOfU), Math.abs(greenOfV)) > MAX_FACTOR) {
      throw new StreamError(`expected factors of an origin up to ${MAX_FACTOR}. Received: (${numbers.join(", ")})`);
    }
    this.width = width;
    /** The pixel format that is coded. */
    this.codedName = CODED_FORMAT;
    /** Without the chroma there is no gray either. */
    this.needsChroma = true;
    this.luma = products(luma, offset);
    const middle = 8 * (CODES / 2);
    this.redOfV = products(redOfV, middle);
    this.greenOfU = products(greenOfU, middle);
    this.greenOfV = products(greenOfV, middle);
    this.blueOfU = products(blueOfU, middle);
  }

  /**
   * The picture of R'G'B', as the gray, Co and Cg of YCoCg-R, that was made of one of 4:2:0.
   * @param {Picture} picture
   * @returns {Picture}
   */
  restored({ luma, chroma }) {
    const { width } = this, chromaWidth = Math.ceil(width / 2), count = luma.length;
    const [first, second] = /** @type {[Uint8Array, Uint8Array]} */ (chroma);
    const gray = new Uint8Array(count), orange = new Int16Array(count), green = new Int16Array(count);
    for (let start = 0, row = 0; start < count; start += width, row++) {
      const chromaStart = (row >> 1) * chromaWidth;
      for (let column = 0; column < width; column++) {
        const place = start + column, u = first[chromaStart + (column >> 1)], v = second[chromaStart + (column >> 1)];
        const own = this.luma[luma[place]];
        const red = clipped(own + this.redOfV[v]), blue = clipped(own + this.blueOfU[u]);
        const co = red - blue, middle = blue + (co >> 1);
        const cg = clipped(own + this.greenOfU[u] + this.greenOfV[v]) - middle;
        orange[place] = co;
        green[place] = cg;
        gray[place] = middle + (cg >> 1);
      }
    }
    return { luma: gray, chroma: [orange, green], alpha: null };
  }
}

/**
 * What each sample gives.
 * @param {number} factor
 * @param {number} offset is taken from 8 times the sample
 */
function products(factor, offset) {
  return Int16Array.from({ length: CODES }, (_, code) => ((8 * code - offset) * factor) >> 16);
}

/** @param {number} value */
function clipped(value) {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
