/** Guided color around its network in the C library: codec/native/hints.py. */

/** @typedef {import("./machine.js").Machine} Machine */

const PLANES = "llllll";
const GRAY_SIDE = 2;

/**
 * How the planes of a picture lie on the network's grid.
 * @typedef {object} HintLayout
 * @property {[number, number]} gray height and width
 * @property {[number, number]} chroma rows and columns of each chroma plane
 * @property {[number, number]} block rows and columns of chroma samples in a point of the grid
 */

/** @param {HintLayout} layout @returns {[number, number]} */
export function gridOf(layout) {
  return [Math.ceil(layout.gray[0] / GRAY_SIDE), Math.ceil(layout.gray[1] / GRAY_SIDE)];
}

/** @param {HintLayout} layout @returns {number} values that the network gives for a point */
export function numOutputs(layout) {
  return 2 * layout.block[0] * layout.block[1];
}

/** @param {HintLayout} layout @returns {number} values that a point gives to the network */
export function numInputs(layout) {
  return GRAY_SIDE * GRAY_SIDE + numOutputs(layout);
}

/**
 * Enlarge a hint picture to the size of the chroma.
 * @param {Machine} machine
 * @param {Uint8Array} picture (2 x small rows, small columns)
 * @param {[number, number]} shape of each chroma plane
 * @param {number} scale
 * @param {number} results the address of (rows, columns, 2) int16, in quarters of a code value
 */
export function enlargeHint(machine, picture, [rows, columns], scale, results) {
  machine.scratch(() => {
    const scratch = machine.take(2 * machine.call("gvc_enlarge_scratch_size", "ll", rows, columns));
    machine.call("gvc_enlarge_hint", "plllpp", machine.put(picture), rows, columns, scale, results, scratch);
  });
}

/**
 * Put the network's inputs where it takes them.
 * @param {Machine} machine
 * @param {HintLayout} layout
 * @param {number} luma the address of the gray
 * @param {number} quarters the address of the enlarged hints
 * @param {import("./convolution.js").Padded} into
 */
export function fillInputs(machine, layout, luma, quarters, into) {
  machine.scratch(() => machine.call(
    "gvc_network_inputs", "ppppll", structOf(machine, layout), luma, quarters, into.first, into.rowStride,
    into.channels));
}

/**
 * U and V of hints and what a network adds.
 * @param {Machine} machine
 * @param {HintLayout} layout
 * @param {number} quarters
 * @param {number} residuals the address of what a network adds; 0 for nothing
 * @returns {[Uint8Array, Uint8Array]}
 */
export function yuvOfQuarters(machine, layout, quarters, residuals) {
  const count = layout.chroma[0] * layout.chroma[1];
  return machine.scratch(() => {
    const first = machine.take(count), second = machine.take(count);
    machine.call("gvc_yuv_of_quarters", "ppppp", structOf(machine, layout), quarters, residuals, first, second);
    return [machine.u8(first, count).slice(), machine.u8(second, count).slice()];
  });
}

/**
 * Co and Cg of hints and what a network adds.
 * @param {Machine} machine
 * @param {HintLayout} layout
 * @param {number} luma
 * @param {number} quarters
 * @param {number} residuals
 * @returns {[Int16Array, Int16Array]}
 */
export function ycocgOfQuarters(machine, layout, luma, quarters, residuals) {
  const count = layout.chroma[0] * layout.chroma[1];
  return machine.scratch(() => {
    const orange = machine.take(2 * count), green = machine.take(2 * count);
    machine.call(
      "gvc_ycocg_of_quarters", "pppppp", structOf(machine, layout), luma, quarters, residuals, orange, green);
    return [machine.i16(orange, count).slice(), machine.i16(green, count).slice()];
  });
}

/**
 * @param {Machine} machine
 * @param {HintLayout} layout
 */
function structOf(machine, layout) {
  return machine.struct(PLANES, [...layout.gray, ...layout.chroma, ...layout.block]);
}
