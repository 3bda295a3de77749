/** The pixel formats that a header may name: color model, chroma shape, depth. */
import { PIXEL_FORMATS } from "../generated/tables.js";
import { UnsupportedError } from "../container/errors.js";

/**
 * @typedef {object} PixelFormat
 * @property {string} name
 * @property {"gray" | "yuv" | "rgb"} model of `rgb`, chroma is Co and Cg of YCoCg-R
 * @property {number} log2ChromaW
 * @property {number} log2ChromaH
 * @property {number} depth bits of a sample, 8 to 16
 * @property {boolean} hasAlpha
 */

/**
 * @param {string} name
 * @param {string} [stated] the name as the header has it
 * @returns {PixelFormat}
 * @throws {UnsupportedError} there is none of this name
 */
export function pixelFormat(name, stated = name) {
  if (!Object.hasOwn(PIXEL_FORMATS, name)) {
    throw new UnsupportedError(`the stream needs a newer gvc: unknown pixel format ${stated}`);
  }
  const [model, log2ChromaW, log2ChromaH, depth, hasAlpha] = PIXEL_FORMATS[name];
  return { name, model: /** @type {any} */ (model), log2ChromaW, log2ChromaH, depth, hasAlpha };
}

/**
 * Rows and columns of each chroma plane.
 * @param {PixelFormat} format
 * @param {number} width
 * @param {number} height
 * @returns {[number, number]}
 */
export function chromaShape(format, width, height) {
  return [Math.ceil(height / 2 ** format.log2ChromaH), Math.ceil(width / 2 ** format.log2ChromaW)];
}

/** @param {number} depth @returns {Uint8ArrayConstructor | Uint16ArrayConstructor} the type of samples */
export function sampleType(depth) {
  return depth === 8 ? Uint8Array : Uint16Array;
}

/** @param {number} depth of R, G and B @returns {Int16ArrayConstructor | Int32ArrayConstructor} of Co and Cg */
export function differenceType(depth) {
  return depth < 15 ? Int16Array : Int32Array;
}

/** @param {PixelFormat} format @returns the type of chroma samples */
export function chromaType(format) {
  return format.model === "rgb" ? differenceType(format.depth) : sampleType(format.depth);
}
