/** The predictor: its sizes, weights and layers. codec/lossless/predictor_weights.py and predictor.py. */
import { StreamError, UnsupportedError } from "../container/errors.js";
import { Convolutions, MARGIN, Padded } from "../native/convolution.js";
import { shifted } from "../networks/compact.js";
import { checkExact, countsOf, split } from "../networks/exact.js";
import { unpackWeights } from "../networks/weights.js";

/** @typedef {import("../native/machine.js").Machine} Machine */
/** @typedef {import("../networks/exact.js").KernelShape} KernelShape */
/** @typedef {import("../native/convolution.js").Convolution} Convolution */

const HIDDEN_BITS = 8, RESULT_BITS = 6;
const HIDDEN_MAX = 2047, RESULT_MAX = 4095, INPUT_MAX = 2047;
const STEP_BITS = 7, LAST_STEP_BITS = 9;
const MIN_WIDTH = 4, MAX_WIDTH = 64;
const DECODED_PHASES = [0, 1, 1, 2, 3];
export const NUM_STEPS = 5;

/**
 * A predictor's sizes and its layers: those of the trunk, then those of each step.
 * @typedef {object} Predictor
 * @property {number} components
 * @property {number} grayChannels
 * @property {number} width
 * @property {Convolution[][]} parts
 */

/**
 * @param {number} components
 * @param {number} grayChannels
 * @param {number} width
 * @returns {KernelShape[][]}
 */
function partShapes(components, grayChannels, width) {
  const known = 4 * (2 * grayChannels + 2 * components) + components + 1 + (grayChannels ? 1 : 0);
  const last = /** @type {KernelShape} */ ([1, 1, width, components === 1 ? 2 : 5]);
  const square = /** @type {KernelShape} */ ([3, 3, width, width]);
  return [
    [[3, 3, known, width], square],
    ...DECODED_PHASES.map((phases) => (
      phases ? [/** @type {KernelShape} */ ([3, 3, width + phases * components, width]), square, last] : [last])),
  ];
}

/**
 * A predictor with the weights that gvc ships, or with those that a stream sends.
 * @param {Machine} machine
 * @param {number} number
 * @param {import("../networks/shipped.js").Shipped} shipped
 * @param {any[] | null} tensors of the stream's network; null for the shipped weights
 * @returns {Promise<Predictor>}
 */
export async function loadPredictor(machine, number, shipped, tensors) {
  const arrays = await shipped.predictor(number);
  const [components, grayChannels, width] = checkedSizes(arrays.sizes);
  const shapes = partShapes(components, grayChannels, width), counts = countsOf(shapes.flat());
  let { kernels, biases } = arrays;
  if (tensors !== null) {
    const start = { kernels: Float64Array.from(kernels), biases: Float64Array.from(biases) };
    const sent = unpackWeights(machine, tensors, start);
    if (sent.kernels.step !== 1 || sent.biases.step !== 1) {
      throw new StreamError("expected weights in steps of 1 in a network predictor. Received: another step");
    }
    kernels = sent.kernels.values;
    biases = sent.biases.values;
  }
  if (kernels.length !== counts.kernels || biases.length !== counts.biases) {
    throw new StreamError("expected kernels and biases of a predictor's sizes. Received: others");
  }
  const layers = split(shapes.flat(), kernels, biases).map((own) => {
    const isLast = own.shape[0] === 1;
    const shift = isLast ? LAST_STEP_BITS + HIDDEN_BITS - RESULT_BITS : STEP_BITS;
    const [minimum, maximum] = isLast ? [-RESULT_MAX, RESULT_MAX] : [0, HIDDEN_MAX];
    return { ...own, bias: shifted(own.bias, shift), shift, minimum, maximum };
  });
  const parts = shapes.map((part) => layers.splice(0, part.length));
  parts.forEach((part, k) => checkExact(part, new Array(part[0].shape[2]).fill(k ? HIDDEN_MAX : INPUT_MAX)));
  return { components, grayChannels, width, parts };
}

/** @param {Int32Array} sizes @returns {[number, number, number]} */
function checkedSizes(sizes) {
  const [components, grayChannels, width] = sizes;
  const isKnown = (components === 1 && grayChannels === 0) || (components === 2 && [1, 2, 4].includes(grayChannels));
  if (!isKnown || width < MIN_WIDTH || width > MAX_WIDTH) {
    throw new UnsupportedError(`expected a predictor of known sizes. Received: ${sizes}`);
  }
  return [components, grayChannels, width];
}

/** A predictor at work in one machine. */
export class RunningPredictor {
  /**
   * @param {Machine} machine
   * @param {Predictor} predictor
   * @param {[number, number]} shape of most pictures' planes
   */
  constructor(machine, predictor, shape) {
    this.machine = machine;
    this.predictor = predictor;
    const { components, width, parts: [trunk, ...steps] } = predictor;
    this.trunk = new Convolutions(
      machine, trunk, { channels: [trunk[0].shape[2]], hasSign: [true], most: INPUT_MAX });
    this.numDecoded = DECODED_PHASES.map((phases) => phases * components);
    this.steps = steps.map((layers, step) => {
      const count = this.numDecoded[step];
      const [channels, hasSign] = count ? [[width, count], [false, true]] : [[width], [false]];
      return new Convolutions(machine, layers, { channels, hasSign, most: HIDDEN_MAX });
    });
    const [rows, columns] = shape.map((count) => Math.ceil(count / 2));
    const between = { height: rows, width: columns, pictures: [] };
    for (const part of [this.trunk, ...this.steps]) part.prepare(between);
    /** Only its margin must stay 0. */
    this.kept = new Padded(machine, rows, columns, width, MARGIN);
  }

  /**
   * Run the trunk.
   * @param {Padded} known
   * @returns {Padded} which the next picture may overwrite
   */
  features(known) {
    const isKept = known.height === this.kept.height && known.width === this.kept.width;
    const found = isKept ? this.kept
      : new Padded(this.machine, known.height, known.width, this.predictor.width, MARGIN);
    this.trunk.run([known], found);
    return found;
  }

  /**
   * Run a step.
   * @param {number} step
   * @param {Padded} features
   * @param {Padded} missed
   */
  results(step, features, missed) {
    const found = new Padded(
      this.machine, features.height, features.width, this.predictor.components === 1 ? 2 : 5, 0);
    this.steps[step].run(this.numDecoded[step] ? [features, missed] : [features], found);
    return found;
  }
}
