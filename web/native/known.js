/** What is known of a picture before it is coded, in the C library: codec/native/known.py. */
import { MARGIN, Padded, even } from "./convolution.js";

/** @typedef {import("./machine.js").Machine} Machine */

const SIDE = 2;
const KNOWN = "plllplllplllplll" + "lllllll" + "p" + "ll" + "pp";
const SAMPLES = "plll";

/**
 * Planes in memory: an address, and how many samples it is to the next row, column and channel.
 * @typedef {{first: number, row: number, column: number, channel: number}} Strided
 */

/**
 * Planes that share a lattice, in quarters of a unit.
 * @typedef {object} KnownPlanes
 * @property {[number, number]} shape of the lattice
 * @property {number} components
 * @property {number} grays
 * @property {Strided} base
 * @property {Strided} average
 * @property {Strided} gray
 * @property {Strided} movedGray
 */

/**
 * The channels of a trunk's input, with the margin that the trunk needs.
 * @param {Machine} machine
 * @param {KnownPlanes} known
 * @param {number} neutral
 * @param {number} moved the value of the channel that says whether there is a previous picture
 * @param {number} levelShift
 * @returns {Padded}
 */
export function knownChannels(machine, known, neutral, moved, levelShift) {
  const { shape: [rows, columns], components, grays } = known;
  const width = Math.ceil(columns / SIDE);
  const channels = components + 2 * components * SIDE ** 2 + 1 + (grays ? 1 + 2 * grays * SIDE ** 2 : 0);
  const into = new Padded(machine, Math.ceil(rows / SIDE), width, channels, MARGIN);
  machine.scratch(() => {
    const scratch = (/** @type {number} */ isSums) => machine.call(
      "gvc_known_scratch", "lll", width, even(channels), isSums);
    const planes = [known.base, known.average, known.gray, known.movedGray].flatMap(
      (own) => [own.first, own.row, own.column, own.channel]);
    const samples = machine.take(2 * scratch(0)), sums = machine.take(4 * scratch(1));
    const structure = machine.struct(KNOWN, [
      ...planes, rows, columns, components, grays, neutral, moved, levelShift, into.first, into.rowStride,
      into.channels, samples, sums,
    ]);
    machine.call("gvc_known_channels", "p", structure);
  });
  return into;
}

/**
 * Interpolate a lattice from every other sample of every other row.
 * @param {Machine} machine
 * @param {Strided} corners of int32
 * @param {[number, number]} shape of the lattice
 * @param {number} channels
 * @param {number} unitBits
 * @param {number} results the address of (rows, columns, channels) int16
 */
export function between(machine, corners, [rows, columns], channels, unitBits, results) {
  machine.scratch(() => machine.call(
    "gvc_between", "pllllp",
    machine.struct(SAMPLES, [corners.first, corners.row, corners.column, corners.channel]),
    rows, columns, channels, unitBits, results));
}

/** The names of C for the types of planes. */
const TYPES = /** @type {Record<string, string>} */ ({
  Uint8Array: "uint8", Uint16Array: "uint16", Int16Array: "int16", Int32Array: "int32",
});

/**
 * Convert a plane to quarters of a unit, and update the running average.
 * @param {Machine} machine
 * @param {Uint8Array | Uint16Array | Int16Array | Int32Array} samples in code values
 * @param {number} unitBits
 * @param {number} moved the address of the average so far; 0 for the first picture
 * @param {number} before the address for the plane in quarters
 * @param {number} average the address for the new average
 */
export function remember(machine, samples, unitBits, moved, before, average) {
  machine.scratch(() => machine.call(
    `gvc_remember_${TYPES[samples.constructor.name]}`, "pllppp", machine.put(samples), samples.length, unitBits, moved,
    before, average));
}

/**
 * Put a gray plane on the lattice of the chroma.
 * @param {Machine} machine
 * @param {string} type of the samples: uint8, uint16, int32, or int16 for quarters of a unit
 * @param {number} gray the address of (height, width)
 * @param {[number, number]} size
 * @param {[number, number]} block gray samples for one point
 * @param {number} step
 * @param {number} unitBits 0 for quarters of a unit
 * @param {number} neutral
 * @returns {{planes: Strided, grays: number}} channels lie in memory as planes
 */
export function onLattice(machine, type, gray, [height, width], [down, across], step, unitBits, neutral) {
  const rows = Math.ceil(height / down), columns = Math.ceil(width / across);
  const grays = Math.ceil(down / step) * Math.ceil(across / step);
  const first = machine.take(2 * grays * rows * columns);
  machine.call(`gvc_on_lattice_${type}`, "plllllllp", gray, height, width, down, across, step, unitBits, neutral, first);
  return { planes: { first, row: columns, column: 1, channel: rows * columns }, grays };
}

export { TYPES as typesOfC };
