/** Networks of whole numbers: the proof that no sum is rounded (codec/exact/layers.py), and their flat weights. */
import { StreamError, UnsupportedError } from "../container/errors.js";

/** @typedef {import("../native/convolution.js").Convolution} Convolution */
/** @typedef {[number, number, number, number]} KernelShape rows, columns, inputs, outputs */

const LIMIT = 2 ** 24, INT16_MAX = 2 ** 15 - 1;

/**
 * Prove that layers are exact.
 * @param {Convolution[]} layers
 * @param {number[]} inputMagnitudes of each channel of the first layer
 */
export function checkExact(layers, inputMagnitudes) {
  let magnitudes = inputMagnitudes;
  layers.forEach((layer, index) => {
    const largest = largestSum(layer, magnitudes);
    const most = Math.max(Math.abs(layer.minimum), Math.abs(layer.maximum));
    if (largest >= LIMIT) {
      throw new StreamError(
        `expected sums below 2^24 in layer ${index} of an exact network. Received: up to ${largest}`);
    }
    magnitudes = new Array(layer.shape[3]).fill(most);
  });
  if (layers.some((layer) => layer.kernel.some((weight) => Math.abs(weight) > INT16_MAX))) {
    throw new UnsupportedError("the network has weights of more than 16 bits, which gvc-decode takes and this page does not");
  }
}

/**
 * @param {Convolution} layer
 * @param {number[]} magnitudes
 */
function largestSum({ shape: [rows, columns, inputs, outputs], kernel, bias, shift }, magnitudes) {
  const sums = new Float64Array(outputs);
  for (let tap = 0, place = 0; tap < rows * columns; tap++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++, place++) {
        sums[output] += Math.abs(kernel[place]) * magnitudes[input];
      }
    }
  }
  const half = shift ? 2 ** (shift - 1) : 0;
  return sums.reduce((most, sum, output) => Math.max(most, sum + Math.abs(bias[output]) + half), 0);
}

/** @param {KernelShape[]} shapes @returns {{kernels: number, biases: number}} how many weights there are */
export function countsOf(shapes) {
  return {
    kernels: shapes.reduce((sum, shape) => sum + shape[0] * shape[1] * shape[2] * shape[3], 0),
    biases: shapes.reduce((sum, shape) => sum + shape[3], 0),
  };
}

/**
 * Split flat weights into those of each convolution.
 * @param {KernelShape[]} shapes
 * @param {Int32Array} kernels
 * @param {Int32Array} biases
 */
export function split(shapes, kernels, biases) {
  let kernelStart = 0, biasStart = 0;
  return shapes.map((shape) => {
    const size = shape[0] * shape[1] * shape[2] * shape[3];
    const kernel = kernels.subarray(kernelStart, kernelStart += size);
    return { shape, kernel, bias: biases.subarray(biasStart, biasStart += shape[3]) };
  });
}
