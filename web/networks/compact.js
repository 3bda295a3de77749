/** The network `compact`: codec/networks/compact.py and compact_weights.py. */
import { StreamError, UnsupportedError } from "../container/errors.js";
import { checkExact, countsOf, split } from "./exact.js";
import { unpackWeights } from "./weights.js";

/** @typedef {import("./exact.js").KernelShape} KernelShape */

const GRAY_INPUTS = 4;
const INPUT_BITS = 7, HIDDEN_BITS = 6, RESULT_BITS = 5;
const HIDDEN_MAX = 255, RESULT_MAX = 1023;
const MIN_STEP_BITS = 1, MAX_STEP_BITS = 12;
const SIZES = /** @type {const} */ (["chroma", "depth", "width", "base"]);
export const INPUT_MAGNITUDE = 128;

/** @typedef {{chroma: number, depth: number, width: number}} CompactShape */

/**
 * @param {CompactShape} shape
 * @returns {KernelShape[]}
 */
function kernelShapes({ chroma, depth, width }) {
  /** @type {KernelShape[]} */
  const shapes = Array.from({ length: depth }, (_, k) => [3, 3, k ? width : GRAY_INPUTS + chroma, width]);
  return [...shapes, [1, 1, width, chroma]];
}

/** @param {number} chroma @param {number} depth @param {number} width @returns {CompactShape} */
function checkedShape(chroma, depth, width) {
  if (![2, 4, 8].includes(chroma)) {
    throw new UnsupportedError(`expected 2, 4 or 8 values of chroma at a point. Received: ${chroma}`);
  }
  for (const [name, value, low, high] of /** @type {const} */ ([["depth", depth, 1, 6], ["width", width, 4, 64]])) {
    if (value < low || value > high) {
      throw new UnsupportedError(`expected a ${name} from ${low} to ${high}. Received: ${value}`);
    }
  }
  return { chroma, depth, width };
}

/**
 * The layers of a stream's network.
 * @param {import("../native/machine.js").Machine} machine
 * @param {any} record of the network
 * @param {import("../video/pixel_formats.js").PixelFormat} format
 * @param {import("./shipped.js").Shipped} shipped
 * @returns {Promise<import("../native/convolution.js").Convolution[]>}
 */
export async function loadCompact(machine, record, format, shipped) {
  const { shape, stepBits, base } = unpackSpec(record.parameters);
  const shapes = kernelShapes(shape);
  const start = await startOf(shape, stepBits, base, shipped);
  const { kernels, biases } = unpackWeights(machine, record.tensors, start);
  if (kernels.step !== 1 || biases.step !== 1) {
    throw new StreamError("expected weights in steps of 1 in a network compact. Received: another step");
  }
  if (shape.chroma !== 2 * (2 >> format.log2ChromaH) * (2 >> format.log2ChromaW)) {
    throw new StreamError(`expected a network for ${format.name}. Received: ${shape.chroma} values a point`);
  }
  const last = shape.depth;
  const layers = split(shapes, kernels.values, biases.values).map((own, k) => {
    const shift = stepBits[k] + (k ? HIDDEN_BITS : INPUT_BITS) - (k === last ? RESULT_BITS : HIDDEN_BITS);
    const [minimum, maximum] = k === last ? [-RESULT_MAX, RESULT_MAX] : [0, HIDDEN_MAX];
    return { ...own, bias: shifted(own.bias, shift), shift, minimum, maximum };
  });
  checkExact(layers, new Array(GRAY_INPUTS + shape.chroma).fill(INPUT_MAGNITUDE));
  return layers;
}

/**
 * Biases times a power of two. Those that do not fit 32 bits cannot be exact.
 * @param {Int32Array} bias
 * @param {number} shift
 */
export function shifted(bias, shift) {
  return bias.map((value) => {
    const wide = value * 2 ** shift;
    if (Math.abs(wide) >= 2 ** 31) {
      throw new StreamError(`expected sums below 2^24 of an exact network. Received: up to ${Math.abs(wide)}`);
    }
    return wide;
  });
}

/** @param {Record<string, number>} parameters */
function unpackSpec(parameters) {
  const names = Object.keys(parameters);
  if (!SIZES.every((name) => names.includes(name))) {
    throw new UnsupportedError(`expected a network compact with its sizes. Received: ${names.join(", ")}`);
  }
  if ((parameters.keep_luma ?? 1) !== 1) {
    throw new UnsupportedError("expected a network that leaves the gray as it is. Received: one with keep_luma 0");
  }
  const shape = checkedShape(parameters.chroma, parameters.depth, parameters.width);
  const expected = Array.from({ length: shape.depth + 1 }, (_, k) => `step_bits_${k}`);
  const received = names.filter((name) => !(/** @type {readonly string[]} */ (SIZES).includes(name))).sort();
  if (received.join() !== [...expected].sort().join()) {
    throw new UnsupportedError(`expected the parameters ${expected.join(", ")}. Received: ${received.join(", ")}`);
  }
  const stepBits = expected.map((name) => parameters[name]);
  if (stepBits.some((bits) => bits < MIN_STEP_BITS || bits > MAX_STEP_BITS)) {
    throw new StreamError(`expected ${MIN_STEP_BITS} to ${MAX_STEP_BITS} binary places. Received: (${stepBits})`);
  }
  return { shape, stepBits, base: parameters.base };
}

/**
 * The weights of the base network in the steps of this one; zeros without one.
 * @param {CompactShape} shape
 * @param {number[]} stepBits
 * @param {number} number
 * @param {import("./shipped.js").Shipped} shipped
 */
async function startOf(shape, stepBits, number, shipped) {
  const shapes = kernelShapes(shape), counts = countsOf(shapes);
  if (number === 0) return { kernels: new Float64Array(counts.kernels), biases: new Float64Array(counts.biases) };
  const arrays = await shipped.base(number);
  const own = [...arrays.sizes];
  if (own.join() !== [shape.chroma, shape.depth, shape.width].join()) {
    throw new StreamError(
      `expected sizes ${own} of base network ${number}. Received: ${shape.chroma},${shape.depth},${shape.width}`);
  }
  const kernels = split(shapes, arrays.kernels, arrays.biases).flatMap(
    ({ kernel }, k) => Array.from(kernel, (weight) => weight * 2 ** (stepBits[k] - arrays.step_bits[k])));
  return { kernels: Float64Array.from(kernels), biases: Float64Array.from(arrays.biases) };
}
