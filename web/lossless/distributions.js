/** Adaptive probability tables for every mean and scale: codec/lossless/distributions.py and symbols.py. */

const NUM_SCALES = 44, SCALES_PER_OCTAVE = 4, FIRST_LOG2_SCALE = -4.5, MEAN_BITS = 3;
const STEPS_PER_SCALE = 256, CURVE_END = 24, CURVE_BITS = 40n, PRIOR_BITS = 30n;
const TAIL_HUNDREDTHS = 10n, TAIL_WIDTH = 3;
const TOTAL = 2 ** 16, WHOLE = 2 ** 24, NUM_BEYOND = 2 ** 12;
/** e to the power of -1/256, in 10^-60. */
const RATIO = 996101369470117490062864661945169044286403107955107543733343n;
const DECIMAL_ONE = 10n ** 60n;

/** @type {import("../native/steps.js").TableLayout | null} */
let made = null;

/** What all sets of tables have in common, made once. */
export function tableLayout() {
  made ??= makeLayout();
  return made;
}

function makeLayout() {
  const firstTable = [], fractionShift = [], reach = [], offsets = [0], prior = [];
  const curve = halfCurve();
  for (let index = 0; index < NUM_SCALES; index++) {
    const octaves = FIRST_LOG2_SCALE + index / SCALES_PER_OCTAVE;
    const shift = octaves < 0.5 ? 0 : octaves < 2.5 ? 2 : 3;
    const scale = Math.round(2 ** octaves * 256);
    const ownReach = Math.min(4 + ((scale * 9) >> 8), 255);
    firstTable.push(reach.length);
    fractionShift.push(shift);
    for (let part = 0; part < 1 << (MEAN_BITS - shift); part++) {
      reach.push(ownReach);
      offsets.push(offsets[offsets.length - 1] + 2 * ownReach + 1);
      prior.push(...priorOf(curve, scale, ownReach, 2 * (part << shift) + (1 << shift) - 1));
    }
  }
  return {
    firstTable: Int32Array.from(firstTable), fractionShift: Int32Array.from(fractionShift),
    reach: Int32Array.from(reach), offsets: Int32Array.from(offsets), prior: BigInt64Array.from(prior),
    beyond: beyond(),
  };
}

/**
 * The initial weights of one table.
 * @param {bigint[]} curve
 * @param {number} scale in 256ths of a code value
 * @param {number} reach
 * @param {number} mean in sixteenths
 */
function priorOf(curve, scale, reach, mean) {
  /** @type {bigint[]} */
  const cumulated = [];
  for (let edge = -reach; edge <= reach + 1; edge++) {
    const place = 16 * edge - 8 - mean;
    const narrow = curveAt(curve, place, scale), wide = curveAt(curve, place, TAIL_WIDTH * scale);
    cumulated.push((narrow * (100n - TAIL_HUNDREDTHS) + wide * TAIL_HUNDREDTHS) / 100n);
  }
  cumulated[0] = 0n;
  cumulated[cumulated.length - 1] = 1n << CURVE_BITS;
  return cumulated.slice(1).map((value, k) => (value - cumulated[k]) >> (CURVE_BITS - PRIOR_BITS));
}

/**
 * The cumulative logistic distribution, in 2^-40.
 * @param {bigint[]} curve
 * @param {number} sixteenths from the mean
 * @param {number} scale
 */
function curveAt(curve, sixteenths, scale) {
  const steps = Math.floor((sixteenths * 16 * STEPS_PER_SCALE) / scale);
  const half = curve[Math.min(Math.abs(steps), CURVE_END * STEPS_PER_SCALE)];
  return steps < 0 ? (1n << CURVE_BITS) - half : half;
}

/** 1 / (1 + exp(-x)) for x from 0 on, in 2^-40. */
function halfCurve() {
  const values = [];
  for (let k = 0, power = DECIMAL_ONE; k <= CURVE_END * STEPS_PER_SCALE; k++) {
    values.push((DECIMAL_ONE << CURVE_BITS) / (DECIMAL_ONE + power));
    power = (power * RATIO) / DECIMAL_ONE;
  }
  return values;
}

/** The model of how far a value lies beyond its table's reach. */
function beyond() {
  const weights = Array.from({ length: NUM_BEYOND }, (_, k) => Math.floor(2 ** 30 / ((k + 2) * (k + 3))));
  return startsOf(normalizeCounts(weights));
}

/**
 * Turn counts into frequencies that sum to 2^16: codec/entropy/tables.py.
 * @param {number[]} counts above 0
 * @returns {number[]}
 */
export function normalizeCounts(counts) {
  const free = TOTAL - counts.length, total = counts.reduce((sum, count) => sum + count, 0);
  const frequencies = counts.map((count) => Math.floor((count * free) / total) + 1);
  const missing = TOTAL - frequencies.reduce((sum, frequency) => sum + frequency, 0);
  const order = counts.map((count, k) => [(count * free) % total, k]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  for (const [, k] of order.slice(0, missing)) frequencies[k] += 1;
  return frequencies;
}

/**
 * A model of the range coder from frequencies that sum to 2^16.
 * @param {number[]} frequencies
 * @returns {Uint32Array}
 */
export function startsOf(frequencies) {
  const size = frequencies.length, starts = new Uint32Array(size + 1);
  for (let k = 0, before = 0; k < size; before += frequencies[k], k++) {
    starts[k] = Math.floor((before * (WHOLE - size)) / TOTAL) + k;
  }
  starts[size] = WHOLE;
  return starts;
}
