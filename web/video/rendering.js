/** A picture as a screen shows it: R, G, B and opacity of 8 bits, by the video's matrix and range. codec/video/color.py */
import { LUMA_SHARES } from "../generated/tables.js";
import { fillRgba } from "../native/color.js";
import { of8Bits, rounded } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./description.js").Description} Description */

const GRAY_LOW = 16, GRAY_SPAN = 219;

/**
 * @param {import("../native/machine.js").Machine} machine
 * @param {Description} description
 * @param {Picture} picture of the video's own depth
 * @returns {Uint8ClampedArray<ArrayBuffer>} (height, width, 4)
 */
export function rendered(machine, description, picture) {
  const { format } = description;
  const shown = of8Bits(picture, format);
  const rgba = new Uint8ClampedArray(4 * picture.luma.length);
  if (format.model === "yuv" && shown.chroma) fillYuv(machine, description, shown, rgba);
  else if (format.model === "rgb" && shown.chroma) fillRgb(shown, rgba);
  else fillGray(shown.luma, grayCodes(description), rgba);
  if (picture.alpha) {
    const alpha = rounded(picture.alpha, format.depth);
    for (let k = 0; k < alpha.length; k++) rgba[4 * k + 3] = alpha[k];
  }
  return rgba;
}

/**
 * The gray of a picture alone.
 * @param {Description} description
 * @param {import("./picture.js").Plane} luma
 * @returns {Uint8ClampedArray<ArrayBuffer>}
 */
export function renderedGray(description, luma) {
  const rgba = new Uint8ClampedArray(4 * luma.length);
  fillGray(rounded(luma, description.format.depth), grayCodes(description), rgba);
  return rgba;
}

/**
 * What is shown of each gray code value.
 * @param {Description} description
 */
function grayCodes({ format, fullRange }) {
  const isFull = fullRange || format.model === "rgb";
  return Uint8ClampedArray.from(
    { length: 256 }, (_, code) => (isFull ? code : ((code - GRAY_LOW) * 255) / GRAY_SPAN));
}

/** @param {ArrayLike<number>} luma @param {Uint8ClampedArray} codes @param {Uint8ClampedArray} rgba */
function fillGray(luma, codes, rgba) {
  const words = new Uint32Array(rgba.buffer);
  for (let k = 0; k < luma.length; k++) words[k] = (codes[luma[k]] * 0x010101) | 0xff000000;
}

/**
 * @param {import("../native/machine.js").Machine} machine
 * @param {Description} description
 * @param {Picture} picture
 * @param {Uint8ClampedArray} rgba
 */
function fillYuv(machine, { format, matrix, fullRange, width, height }, picture, rgba) {
  const [redShare, blueShare] = /** @type {Record<number, number[]>} */ (LUMA_SHARES)[matrix];
  const conversion = {
    fullRange, redShare, blueShare, stepDown: 1 << format.log2ChromaH, stepAcross: 1 << format.log2ChromaW,
  };
  const [first, second] = /** @type {[Uint8Array, Uint8Array]} */ (picture.chroma);
  const luma = /** @type {Uint8Array} */ (picture.luma);
  fillRgba(machine, conversion, [height, width], luma, first, second, rgba);
}

/** @param {Picture} picture @param {Uint8ClampedArray} rgba */
function fillRgb({ luma, chroma }, rgba) {
  const [orange, green] = /** @type {[Int16Array, Int16Array]} */ (chroma);
  for (let k = 0, place = 0; k < luma.length; k++, place += 4) {
    const middle = luma[k] - (green[k] >> 1), blue = middle - (orange[k] >> 1);
    rgba[place] = blue + orange[k];
    rgba[place + 1] = green[k] + middle;
    rgba[place + 2] = blue;
    rgba[place + 3] = 255;
  }
}
