/** The question for the kernels of adaptive planes: codec/native/adaptive_answer.py. */
import { AdaptivePlanes, Bits, Level, isSymbols } from "./adaptive.js";
import { checksum, numbers } from "./made_up.js";

/** @typedef {import("./machine.js").Machine} Machine */
/** @typedef {import("./adaptive.js").AdaptiveLayout} AdaptiveLayout */

const NUM_PICTURES = 4;
const ROOM = 65536;
/** @type {AdaptiveLayout[]} */
const LAYOUTS = [
  layout(13, 19, 1, [8, 8], 0, 255),
  layout(10, 17, 2, [4, 4], 0, 255),
  layout(9, 11, 2, [8, 8], -4096, 4095, 2),
  layout(13, 19, 1, [8, 8], 0, 255, 0, Level.STANDARD),
  layout(9, 11, 2, [8, 8], -4096, 4095, 2, Level.STANDARD),
  layout(11, 15, 1, [8, 8], 0, 65535, 3, Level.FIRST_SWIFT),
  layout(10, 17, 2, [4, 4], 0, 255, 0, Level.FIRST_SWIFT),
  layout(14, 19, 1, [8, 8], 0, 255, 0, Level.MAX),
  layout(9, 11, 2, [8, 8], -4096, 4095, 2, Level.MAX),
  layout(11, 15, 1, [8, 8], 0, 65535, 3, Level.SWIFT),
  layout(9, 11, 2, [8, 8], -4096, 4095, 2, Level.SWIFT),
  layout(10, 17, 2, [4, 4], 0, 255, 0, Level.SWIFT),
];

/**
 * @param {number} rows
 * @param {number} columns
 * @param {number} components
 * @param {[number, number]} block
 * @param {number} low
 * @param {number} high
 * @param {number} unit
 * @param {number} level
 */
function layout(rows, columns, components, block, low, high, unit = 0, level = Level.FIRST) {
  return { rows, columns, components, block, low, high, unit, level };
}

function tables() {
  const places = Array.from({ length: 4096 }, (_, k) => k);
  return {
    stretch: Int16Array.from(places, (k) => clip(k - 2048, -2047, 2047)),
    squash: Uint16Array.from(places, (k) => clip(16 * k, 16, 65520)),
    rate: Int32Array.from(places.slice(0, 128), (k) => Math.floor(40960 / (10 * k + 16))),
    energyWeight: Int32Array.from(places.slice(0, 26), (k) => 32 >> Math.floor(k / 5)),
    survival: Float32Array.from({ length: 2560 }, (_, k) => (2 * k + 1) / 5120),
  };
}

/** @param {number} value @param {number} low @param {number} high */
function clip(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** @param {AdaptiveLayout} own @param {number} seed @param {number} picture */
function slopes(own, seed, picture) {
  const { rows, columns, low, high } = own, step = 1 << own.unit, wide = columns + 8;
  const steps = numbers((rows + 8) * wide, -3, 3, 50 + seed);
  const noise = numbers(rows * columns, -2, 2, 60 + 10 * seed + picture);
  const middle = Math.floor((low + high) / 2);
  const found = new Int32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns + picture; column++) {
      sum += step * steps[(row + picture) * wide + column];
      const own_column = column - picture;
      if (own_column < 0) continue;
      found[row * columns + own_column] = clip(middle + sum + step * noise[row * columns + own_column], low, high);
    }
  }
  return found;
}

/** @param {AdaptiveLayout} own @param {number} picture */
function vectors(own, picture) {
  if (picture === 0) return null;
  const count = Math.ceil(own.rows / own.block[0]) * Math.ceil(own.columns / own.block[1]);
  const far = numbers(count, 0, 4, 30 + picture), near = numbers(2 * count, -1, 2, 40 + picture);
  return Int16Array.from(near, (value, k) => value * (far[k >> 1] === 0 ? 40 : 1));
}

/**
 * @param {Machine} machine
 * @param {AdaptiveLayout} own
 * @param {ReturnType<typeof tables>} shared
 * @param {Uint8Array | null} data
 */
function coded(machine, own, shared, data) {
  const planes = new AdaptivePlanes(machine, own, shared);
  const bits = new Bits(machine, data, isSymbols(own.level), ROOM);
  const decoded = [], count = own.rows * own.columns;
  for (let picture = 0; picture < NUM_PICTURES; picture++) {
    planes.beginPicture(vectors(own, picture), own.components > 1 ? slopes(own, 0, picture) : null);
    for (let component = 0; component < own.components; component++) {
      const given = data === null ? slopes(own, 1 + component, picture) : new Int32Array(count);
      decoded.push(machine.scratch(() => {
        const samples = machine.put(given);
        planes.code(bits, component, samples);
        if (data === null) bits.endComponent();
        return machine.i32(samples, count).slice();
      }));
    }
  }
  return { written: data === null ? bits.end() : new Uint8Array(0), decoded };
}

/** @param {Machine} machine */
export function adaptivePlanes(machine) {
  const found = [];
  const shared = tables();
  for (const own of LAYOUTS) {
    const { written } = machine.scratch(() => coded(machine, own, shared, null));
    found.push(written, ...machine.scratch(() => coded(machine, own, shared, written)).decoded);
  }
  return checksum(...found);
}
