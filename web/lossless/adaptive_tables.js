/** Tables of whole numbers that adaptive planes are coded with: codec/lossless/adaptive/tables.py. */

const NUM_STRETCHED = 4096, COUNTS = 128;
const ENERGY_STEPS = [
  2, 4, 6, 8, 11, 14, 18, 22, 28, 34, 42, 52, 64, 80, 100, 128, 160, 200, 256, 330, 440, 600, 900, 1500, 3000,
];
const LEAST_PROBABILITY = 16, PROBABILITY_BITS = 16n, WHOLE = 1 << 16;
const ONE = 1n << 32n;
/** e to the power of -1/256, in 2^-32. */
const DECAY = 4278222805n;

/** The table of survival: its length, its steps in a unit of scale. */
const NUM_SURVIVALS = 2560, SURVIVAL_STEPS = 64n;

/** @type {import("../native/adaptive.js").AdaptiveTables | null} */
let made = null;

/** The tables, made once. */
export function adaptiveTables() {
  made ??= makeTables();
  return made;
}

function makeTables() {
  const squash = makeSquash();
  const stretch = new Int16Array(NUM_STRETCHED);
  for (let i = 0, place = 0; i < NUM_STRETCHED; i++) {
    // The log odds whose probability comes nearest from below.
    while (place < squash.length && squash[place] <= 16 * i + 8) place++;
    stretch[i] = Math.min(Math.max(place - 1 - NUM_STRETCHED / 2, -2047), 2047);
  }
  return {
    stretch, squash,
    rate: Int32Array.from({ length: COUNTS }, (_, count) => Math.floor(40960 / (10 * count + 16))),
    energyWeight: Int32Array.from({ length: ENERGY_STEPS.length + 1 }, (_, energy) => energyWeight(energy)),
    survival: makeSurvival(),
  };
}

/** Quotients of whole numbers, of 56 binary places; then float32. */
function makeSurvival() {
  const one = 1n << 96n, quotientBits = 56n;
  let decay = 0n; // e to the power of -1/64
  for (let k = 0n, divisor = 1n; k < 24n; k++, divisor *= SURVIVAL_STEPS * k) {
    decay += (k % 2n ? -1n : 1n) * (one / divisor);
  }
  const half = [];
  for (let k = 0, power = one; k <= NUM_SURVIVALS / 2; k++, power = (power * decay) / one) half.push(power);
  const shares = [
    ...half.slice(1).reverse().map((power) => [power, one + power]),
    ...half.slice(0, -1).map((power) => [one, one + power]),
  ];
  return Float32Array.from(shares, ([part, whole]) => Number((part << quotientBits) / whole) / 2 ** 56);
}

function makeSquash() {
  const half = [];
  for (let k = 0, power = ONE; k <= NUM_STRETCHED / 2; k++, power = (power * DECAY) >> 32n) {
    half.push(Number((power << PROBABILITY_BITS) / (ONE + power)));
  }
  const values = [...half.slice(1).reverse(), ...half.slice(0, -1).map((value) => WHOLE - value)];
  return Uint16Array.from(
    values, (value) => Math.min(Math.max(value, LEAST_PROBABILITY), WHOLE - LEAST_PROBABILITY));
}

/** @param {number} energy */
function energyWeight(energy) {
  const distance = 3 * (energy ? ENERGY_STEPS[energy - 1] : 0);
  return Math.min(Math.max(Math.floor((64 * 1600) / (1600 + distance * distance)), 1), 32);
}
