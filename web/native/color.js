/** YUV to R'G'B' in the C library, with an opacity for the canvas: codec/native/color.py. */

/** @typedef {import("./machine.js").Machine} Machine */

const CONVERSION = "ffffffffii", SIZES = "lllll";
const CHANNELS = 4;

/**
 * How planes of YUV become R'G'B'.
 * @typedef {object} YuvConversion
 * @property {boolean} fullRange
 * @property {number} redShare Kr
 * @property {number} blueShare Kb
 * @property {number} stepDown gray samples for a chroma sample
 * @property {number} stepAcross
 */

/**
 * @param {Machine} machine
 * @param {YuvConversion} conversion
 * @param {[number, number]} size height and width
 * @param {Uint8Array} luma
 * @param {Uint8Array} first
 * @param {Uint8Array} second
 * @param {Uint8ClampedArray} into R, G, B and 255 for each sample
 */
export function fillRgba(machine, conversion, [height, width], luma, first, second, into) {
  const { fullRange, redShare, blueShare, stepDown, stepAcross } = conversion;
  const [offset, span, chroma] = fullRange ? [0, 255, 255] : [16, 219, 224];
  machine.scratch(() => {
    const structure = machine.struct(CONVERSION, [
      offset, span, 1 / chroma, 2 * (1 - redShare), 2 * (1 - blueShare), redShare, blueShare, 1 - redShare - blueShare,
      stepDown, stepAcross,
    ]);
    const sizes = machine.struct(
      SIZES, [height, width, Math.ceil(height / stepDown), Math.ceil(width / stepAcross), CHANNELS]);
    const results = machine.take(CHANNELS * height * width);
    machine.call("gvc_rgb_of_yuv", "pppppp", structure, sizes, machine.put(luma), machine.put(first),
      machine.put(second), results);
    into.set(machine.u8(results, CHANNELS * height * width));
  });
}
