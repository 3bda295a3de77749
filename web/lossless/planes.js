/** Decoding of the planes of one picture with a predictor: codec/lossless/planes.py and steps.py. */
import { MARGIN, Padded } from "../native/convolution.js";
import { between, knownChannels } from "../native/known.js";
import { scalesOfError } from "../native/steps.js";
import { NO_PLANES } from "./history.js";
import { NUM_STEPS } from "./predictor.js";

/** @typedef {import("../native/machine.js").Machine} Machine */
/** @typedef {import("../native/known.js").Strided} Strided */
/** @typedef {import("../native/known.js").KnownPlanes} KnownPlanes */

const SMALLEST = 64, MOVED = 256, PHASES = 4;
const MEAN_BITS = 3, NUM_SCALES = 44, SCALES_PER_OCTAVE = 4, FARTHEST = 1 << 17;

export class PlaneDecoder {
  /**
   * @param {Machine} machine
   * @param {import("./predictor.js").RunningPredictor} predictor
   * @param {import("../native/steps.js").SampleCoder} samples
   * @param {import("../native/range_coder.js").RangeReader} reader
   * @param {{low: number, high: number}} range of the samples, in code values
   * @param {number[]} maxErrors of each component
   * @param {import("./parameters.js").SampleScale} scale
   * @param {number} origin the code value that counts as 0
   */
  constructor(machine, predictor, samples, reader, { low, high }, maxErrors, scale, origin) {
    this.machine = machine;
    this.predictor = predictor;
    this.samples = samples;
    this.reader = reader;
    /** @type {[number, number]} */
    this.bounds = [low - origin, high - origin];
    const neutral = 2 * (low + high + 1);
    this.middle = neutral - 4 * origin;
    this.neutral = neutral ? scale.neutral : 0;
    this.maxErrors = maxErrors;
    this.scale = scale;
  }

  /**
   * Decode the planes of a picture that has a previous one.
   * @param {KnownPlanes} known
   * @returns {number} the address of (rows, columns, c) int32, in code values from the origin on
   */
  decode(known) {
    const decoded = this.machine.zeros(4 * known.shape[0] * known.shape[1] * known.components);
    this.steps(0, known, MOVED, decoded);
    return decoded;
  }

  /**
   * Decode the planes of a picture that has no previous one: first every other sample of every other row.
   * @param {[number, number]} shape
   * @param {number} components
   * @param {{planes: Strided, grays: number}} gray
   * @returns {number} as {@link decode}
   */
  decodeAlone(shape, components, gray) {
    const { machine } = this, [rows, columns] = shape;
    if (rows * columns <= SMALLEST) return this.plainly(shape, components);
    const half = /** @type {[number, number]} */ ([Math.ceil(rows / 2), Math.ceil(columns / 2)]);
    const { planes } = gray;
    const corners = this.decodeAlone(
      half, components, { ...gray, planes: { ...planes, row: 2 * planes.row, column: 2 * planes.column } });
    const base = machine.take(2 * rows * columns * components);
    const strides = { row: half[1] * components, column: components, channel: 1 };
    between(machine, { first: corners, ...strides }, shape, components, this.scale.unitBits, base);
    const decoded = machine.zeros(4 * rows * columns * components);
    const from = machine.i32(corners, half[0] * half[1] * components);
    const into = machine.i32(decoded, rows * columns * components);
    for (let row = 0, k = 0; row < half[0]; row++) {
      for (let column = 0; column < half[1]; column++) {
        for (let c = 0; c < components; c++, k++) into[(2 * row * columns + 2 * column) * components + c] = from[k];
      }
    }
    const own = { first: base, row: columns * components, column: components, channel: 1 };
    const known = { shape, components, grays: gray.grays, base: own, average: own, gray: planes, movedGray: planes };
    this.steps(2, known, 0, decoded);
    return decoded;
  }

  /**
   * Decode a small lattice without the network.
   * @param {[number, number]} shape
   * @param {number} components
   */
  plainly([rows, columns], components) {
    const { machine } = this, count = rows * columns;
    const decoded = machine.zeros(4 * count * components);
    const mean = this.middle << (MEAN_BITS - 2);
    const scale = NUM_SCALES - 1 + SCALES_PER_OCTAVE * this.scale.rawBits;
    for (let component = 0; component < components; component++) {
      const found = this.component(count, mean, scale, component);
      const into = machine.i32(decoded, count * components);
      for (let k = 0; k < count; k++) into[k * components + component] = found[k];
    }
    return decoded;
  }

  /**
   * Decode samples that have one mean and one scale.
   * @param {number} count
   * @param {number} mean in eighths of a code value
   * @param {number} scale
   * @param {number} component
   */
  component(count, mean, scale, component) {
    const [low, high] = this.bounds, maxError = this.maxErrors[component];
    const within = (/** @type {number} */ value) => Math.min(Math.max(value, low), high);
    mean = Math.min(Math.max(mean, low << MEAN_BITS), high << MEAN_BITS);
    if (!maxError) return this.upperAndLow(count, mean, scale, component).map(within);
    const step = 2 * maxError + 1, middle = (mean + (1 << (MEAN_BITS - 1))) >> MEAN_BITS;
    const offset = Math.floor((2 * (mean - (middle << MEAN_BITS)) + step) / (2 * step));
    const found = this.upperAndLow(count, offset, Math.max(scale - scalesOfError(maxError), 0), component);
    return found.map((value) => within(middle + value * step));
  }

  /**
   * The upper bits of samples come with tables, and as many low bits without as the tables are too narrow for.
   * @param {number} count
   * @param {number} mean
   * @param {number} scale
   * @param {number} kind
   */
  upperAndLow(count, mean, scale, kind) {
    const excess = scale - (NUM_SCALES - 1);
    const bits = Math.floor(Math.max(excess + SCALES_PER_OCTAVE - 1, 0) / SCALES_PER_OCTAVE);
    const means = new Int32Array(count).fill(mean >> bits);
    const found = this.samples.read(means, new Int32Array(count).fill(scale - SCALES_PER_OCTAVE * bits), kind);
    if (!bits) return found;
    const low = this.reader.readBits(new Int32Array(count).fill(bits));
    const limited = (/** @type {number} */ value) => Math.min(Math.max(value, -FARTHEST), FARTHEST);
    return found.map((value, k) => limited((limited(value) << bits) | low[k]));
  }

  /**
   * Run the steps of the network from one on.
   * @param {number} first
   * @param {KnownPlanes} known
   * @param {number} moved
   * @param {number} decoded
   */
  steps(first, known, moved, decoded) {
    const { machine, scale } = this, [rows, columns] = known.shape;
    machine.scratch(() => {
      const own = known.grays ? known : { ...known, gray: NO_PLANES, movedGray: NO_PLANES };
      const features = this.predictor.features(knownChannels(machine, own, this.neutral, moved, scale.rangeBits));
      const missed = new Padded(
        machine, Math.ceil(rows / 2), Math.ceil(columns / 2), PHASES * known.components, MARGIN);
      const base = interleaved(machine, known);
      for (let number = first; number < NUM_STEPS; number++) {
        machine.scratch(() => this.samples.codeStep({
          number, shape: [rows, columns, known.components], range: this.bounds, maxErrors: this.maxErrors, planes: 0,
          base, decoded, results: this.predictor.results(number, features, missed), missed,
          unitBits: scale.unitBits, rawBits: scale.rawBits,
        }));
      }
    });
  }
}

/**
 * The base with the components of a sample together.
 * @param {Machine} machine
 * @param {KnownPlanes} known
 * @returns {number}
 */
function interleaved(machine, { shape: [rows, columns], components, base }) {
  if (components === 1 || base.channel === 1) return base.first;
  const count = rows * columns, address = machine.take(2 * count * components);
  const into = machine.i16(address, count * components), from = machine.i16(base.first, count * components);
  for (let c = 0; c < components; c++) {
    for (let k = 0; k < count; k++) into[k * components + c] = from[c * base.channel + k];
  }
  return address;
}
