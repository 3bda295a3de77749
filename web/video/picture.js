/** One picture: gray, chroma and alpha; and what is done to it without a network: codec/video/picture.py. */
import { chromaShape, chromaType, differenceType, sampleType } from "./pixel_formats.js";

/** @typedef {Uint8Array | Uint16Array} Plane */
/** @typedef {Plane | Int16Array | Int32Array} ChromaPlane */
/** @typedef {import("./pixel_formats.js").PixelFormat} PixelFormat */

/**
 * Samples in code values, row by row.
 * @typedef {object} Picture
 * @property {Plane} luma
 * @property {[ChromaPlane, ChromaPlane] | null} chroma U and V, or Co and Cg; null of gray video
 * @property {Plane | null} alpha
 */

/**
 * A picture without color.
 * @param {Plane} luma
 * @param {PixelFormat} format
 * @param {number} width
 * @param {number} height
 * @returns {Picture}
 */
export function neutral(luma, format, width, height) {
  if (format.model === "gray") return { luma, chroma: null, alpha: null };
  const [rows, columns] = chromaShape(format, width, height);
  const plane = new (chromaType(format))(rows * columns).fill(format.model === "rgb" ? 0 : 2 ** (format.depth - 1));
  return { luma, chroma: [plane, plane.slice()], alpha: null };
}

/**
 * The nearest Co and Cg with which this gray is a color that R, G and B can have. They are changed in place.
 * @param {Plane} luma
 * @param {[ChromaPlane, ChromaPlane]} chroma
 * @param {number} depth
 */
export function bringIntoGamut(luma, [orange, green], depth) {
  const most = 2 * (2 ** depth - 1);
  for (let k = 0; k < luma.length; k++) {
    const gray = luma[k];
    let room = Math.min(2 * gray + 1, most - 2 * gray);
    green[k] = Math.min(Math.max(green[k], -room), room);
    const middle = gray - (green[k] >> 1);
    room = Math.min(2 * middle + 1, most - 2 * middle);
    orange[k] = Math.min(Math.max(orange[k], -room), room);
  }
}

/**
 * Samples rounded to 8 bits.
 * @param {Plane} plane
 * @param {number} depth
 * @returns {Uint8Array}
 */
export function rounded(plane, depth) {
  if (plane instanceof Uint8Array) return plane;
  const shift = depth - 8, half = 1 << (shift - 1), found = new Uint8Array(plane.length);
  for (let k = 0; k < plane.length; k++) found[k] = Math.min((plane[k] + half) >> shift, 255);
  return found;
}

/**
 * A picture of 8 bits for display: the same as codec.video.picture.of_8_bits.
 * @param {Picture} picture
 * @param {PixelFormat} format
 * @returns {Picture}
 */
export function of8Bits(picture, format) {
  if (format.depth === 8) return picture;
  const luma = rounded(picture.luma, format.depth);
  if (picture.chroma === null) return { luma, chroma: null, alpha: null };
  if (format.model !== "rgb") {
    const [first, second] = /** @type {[Plane, Plane]} */ (picture.chroma);
    return { luma, chroma: [rounded(first, format.depth), rounded(second, format.depth)], alpha: null };
  }
  const shift = format.depth - 8, half = 1 << (shift - 1);
  const [orange, green] = picture.chroma.map((plane) => Int16Array.from(
    plane, (value) => Math.min(Math.max((value + half) >> shift, -255), 255)));
  bringIntoGamut(luma, [orange, green], 8);
  return { luma, chroma: [orange, green], alpha: null };
}

/**
 * A picture with this gray and the chroma of one of 8 bits.
 * @param {Plane} luma
 * @param {[ChromaPlane, ChromaPlane]} chroma of 8 bits
 * @param {PixelFormat} format of the picture
 * @returns {Picture}
 */
export function withColorOf(luma, chroma, format) {
  const { depth } = format;
  if (depth === 8) return { luma, chroma, alpha: null };
  const kind = format.model === "rgb" ? differenceType(depth) : sampleType(depth);
  const [first, second] = chroma.map((plane) => {
    const deeper = new kind(plane.length);
    for (let k = 0; k < plane.length; k++) deeper[k] = plane[k] << (depth - 8);
    return deeper;
  });
  if (format.model === "rgb") bringIntoGamut(luma, [first, second], depth);
  return { luma, chroma: [first, second], alpha: null };
}
