/**
 * Answers that each kernel must give: those of codec/native/known_answers.py, and of what the page alone has, those of its
 * tests. A library that gives others is not used.
 *
 * Of the kernels of motion search there are none: a receiver does not have them.
 */
import { adaptivePlanes } from "./adaptive_answer.js";
import { RunningCrc32 } from "./checksum.js";
import { fillRgba } from "./color.js";
import { Convolutions, Padded, TILE_KINDS, even } from "./convolution.js";
import { enlargeHint, fillInputs, gridOf, numInputs, numOutputs, yuvOfQuarters } from "./hints.js";
import { between, knownChannels, onLattice, remember, typesOfC } from "./known.js";
import { checksum, numbers } from "./made_up.js";
import { MotionCoder, move } from "./motion.js";
import { RangeReader, RangeWriter } from "./range_coder.js";
import { SampleCoder } from "./steps.js";

/** @typedef {import("./machine.js").Machine} Machine */

const ROOM = 65536;
/** The largest input and the largest weight for each kind of tiles: no sum reaches 2^24. */
const TILE_LIMITS = [[480, 180], [2047, 40], [8191, 10]];

/** @param {Machine} machine @param {Padded} picture @param {ArrayLike<number>} values @param {number} channels */
function fill(machine, picture, values, channels) {
  for (let row = 0; row < picture.height; row++) {
    for (let column = 0; column < picture.width; column++) {
      const into = machine.i16(picture.first + 2 * (row * picture.rowStride + column * picture.channels), channels);
      for (let k = 0; k < channels; k++) into[k] = values[(row * picture.width + column) * channels + k];
    }
  }
}

/** @param {Machine} machine @param {Padded} picture @param {number} channels */
function inside(machine, picture, channels) {
  const found = new Int16Array(picture.height * picture.width * channels);
  for (let row = 0; row < picture.height; row++) {
    for (let column = 0; column < picture.width; column++) {
      const from = machine.i16(picture.first + 2 * (row * picture.rowStride + column * picture.channels), channels);
      found.set(from, (row * picture.width + column) * channels);
    }
  }
  return found;
}

/** @param {Machine} machine */
function convolution(machine) {
  const inputs = [19, 3];
  /** @type {import("./convolution.js").Convolution[]} */
  const layers = [
    {
      shape: [3, 3, 22, 37], kernel: numbers(9 * 22 * 37, -60, 60), bias: numbers(37, -(2 ** 16), 2 ** 16, 3),
      shift: 9, minimum: 0, maximum: 2047,
    },
    {
      shape: [1, 1, 37, 5], kernel: numbers(37 * 5, -300, 300, 2), bias: numbers(5, -(2 ** 16), 2 ** 16, 4),
      shift: 10, minimum: -4095, maximum: 4095,
    },
  ];
  const network = new Convolutions(machine, layers, { channels: inputs, hasSign: [true, true], most: 2047 });
  const pictures = inputs.map((channels, k) => {
    const picture = new Padded(machine, 9, 17, channels, network.margin);
    fill(machine, picture, numbers(9 * 17 * channels, -2047, 2047, 5 + k), channels);
    return picture;
  });
  const results = new Padded(machine, 9, 17, 5, 0);
  network.run(pictures, results);
  return checksum(inside(machine, results, 5));
}

/**
 * A layer by each kind of tiles, of which codec/native has others; both signs of one picture are taken apart.
 * @param {Machine} machine
 */
function tiles(machine) {
  const found = [];
  for (const [place, kind] of TILE_KINDS.entries()) {
    const [most, weight] = TILE_LIMITS[place];
    const inputs = { channels: [16, 3], hasSign: [false, true], most };
    /** @type {import("./convolution.js").Convolution} */
    const layer = {
      shape: [3, 3, 19, 13], kernel: numbers(9 * 19 * 13, -weight, weight, 70), bias: numbers(13, -(2 ** 16), 2 ** 16, 71),
      shift: 7, minimum: -30000, maximum: 30000,
    };
    const network = new Convolutions(machine, [layer], inputs, [kind]);
    if (network.layers[0].kind !== kind) return 0;
    const pictures = inputs.channels.map((channels, k) => {
      const picture = new Padded(machine, 11, 39, channels, network.margin);
      fill(machine, picture, numbers(11 * 39 * channels, inputs.hasSign[k] ? -most : 0, most, 72 + k), channels);
      return picture;
    });
    const results = new Padded(machine, 11, 39, 13, 0);
    network.run(pictures, results);
    found.push(inside(machine, results, 13));
  }
  return checksum(...found);
}

/** @param {Machine} machine */
function crc32(machine) {
  const running = new RunningCrc32(machine);
  for (const count of [1000, 0, 7, 31]) running.add(Uint8Array.from(numbers(count, 0, 255, 80 + count)));
  return running.value;
}

/** @param {Machine} machine */
function hints(machine) {
  const scale = 4;
  /** @type {import("./hints.js").HintLayout} */
  const layout = { gray: [13, 41], chroma: [13, 21], block: [2, 1] };
  const count = 2 * 13 * 21, [rows, columns] = gridOf(layout);
  const quarters = machine.take(2 * count);
  enlargeHint(machine, Uint8Array.from(numbers(8 * 6, 0, 255, 20)), [13, 21], scale, quarters);
  const inputs = new Padded(machine, rows, columns, numInputs(layout), 1);
  const luma = machine.put(Uint8Array.from(numbers(13 * 41, 0, 255, 21)));
  fillInputs(machine, layout, luma, quarters, inputs);
  const residuals = machine.put(Int16Array.from(numbers(rows * columns * numOutputs(layout), -1023, 1023, 22)));
  const planes = yuvOfQuarters(machine, layout, quarters, residuals);
  const small = machine.take(7 * 11);
  machine.call("gvc_reduce_plane", "pllllp", machine.put(planes[0]), 0, 13, 21, 1, small);
  const given = inside(machine, inputs, even(numInputs(layout)));
  return checksum(machine.i16(quarters, count).slice(), given, ...planes, machine.u8(small, 7 * 11));
}

/** @param {Machine} machine */
function color(machine) {
  const sizes = [11 * 531, 6 * 266, 6 * 266];
  const [luma, first, second] = sizes.map((size, k) => Uint8Array.from(numbers(size, 0, 255, 30 + k)));
  const conversion = { fullRange: false, redShare: 0.2126, blueShare: 0.0722, stepDown: 2, stepAcross: 2 };
  const rgba = new Uint8ClampedArray(4 * luma.length);
  fillRgba(machine, conversion, [11, 531], luma, first, second, rgba);
  return checksum(Uint8Array.from(rgba).filter((_, k) => k % 4 < 3));
}

/** @param {Machine} machine */
function motion(machine) {
  let planes = Int16Array.from(numbers(2 * 27 * 35, -1023, 1023));
  const fields = [40, 41, 2 ** 13].map((reach) => Int16Array.from(numbers(4 * 9 * 2, -reach, reach, reach)));
  fields[0] = fields[0].map((value) => value & ~3);
  const found = [];
  for (const most of [1023, 16383]) {
    for (const field of fields) {
      const results = machine.take(2 * planes.length);
      move(machine, machine.put(planes), [2, 27, 35], field, [8, 4], most, results);
      found.push(machine.i16(results, planes.length).slice());
    }
    planes = planes.map((value) => value << 4);
  }
  return checksum(...found);
}

/** @param {number} bits */
function pictures(bits) {
  const plane = (/** @type {number} */ channels, /** @type {number} */ most, /** @type {number} */ seed) => (
    Int16Array.from(numbers(13 * 23 * channels, -most, channels === 4 ? 508 : most, seed), (value) => value << bits));
  return { gray: plane(4, 512, 1), movedGray: plane(4, 512, 2), base: plane(2, 1023, 3), average: plane(2, 1023, 4) };
}

/** @param {Machine} machine */
function known(machine) {
  const strided = (/** @type {Int16Array} */ values, /** @type {number} */ channels, grays = channels) => (
    { first: machine.put(values), row: 23 * channels, column: channels, channel: 1, grays });
  const channelsOf = (
    /** @type {ReturnType<typeof pictures>} */ own, /** @type {number} */ grays, /** @type {number[]} */ ...rest
  ) => {
    const planes = {
      shape: /** @type {[number, number]} */ ([13, 23]), components: 2, grays, base: strided(own.base, 2),
      average: strided(own.average, 2), gray: strided(own.gray, 4), movedGray: strided(own.movedGray, 4),
    };
    const found = knownChannels(machine, planes, rest[0], rest[1], rest[2]);
    return inside(machine, found, found.channels);
  };
  const found = [
    channelsOf(pictures(0), 4, 512, 256, 0), channelsOf(pictures(0), 0, 0, 0, 0), channelsOf(pictures(2), 4, 2048, 256, 2),
  ];
  for (const bits of [0, 6]) {
    const corners = Int32Array.from(pictures(0).base, (value) => value << bits);
    const results = machine.take(2 * 25 * 46 * 2);
    const first = machine.put(corners);
    between(machine, { first, row: 46, column: 2, channel: 1 }, [25, 46], 2, bits, results);
    found.push(machine.i16(results, 25 * 46 * 2).slice());
  }
  return checksum(...found);
}

/** @param {Machine} machine */
function history(machine) {
  const count = 13 * 23;
  const average = Int16Array.from(pictures(0).average.filter((_, k) => k % 2 === 0));
  /** @type {[Uint8Array | Int16Array | Uint16Array | Int32Array, number, number][]} */
  const planes = [
    [Uint8Array.from(numbers(count, 0, 255)), 0, 512],
    [Int16Array.from(numbers(count, -256, 255)), 0, 512],
    [Uint16Array.from(numbers(count, 0, 2 ** 16 - 1)), 7, 1024],
    [numbers(count, -(2 ** 16), 2 ** 16 - 1), 5, 4096],
  ];
  const found = [];
  for (const [plane, unitBits, neutral] of planes) {
    const before = machine.take(2 * count), after = machine.take(2 * count);
    remember(machine, plane, unitBits, machine.put(average), before, after);
    const isUnsigned = plane instanceof Uint8Array || plane instanceof Uint16Array;
    const gray = isUnsigned ? machine.put(plane) : before;
    const type = isUnsigned ? typesOfC[plane.constructor.name] : "int16";
    found.push(machine.i16(before, count).slice(), machine.i16(after, count).slice());
    for (const [side, step] of [[2, 1], [4, 2]]) {
      const bits = isUnsigned ? unitBits : 0;
      const { planes: own, grays } = onLattice(machine, type, gray, [13, 23], [side, side], step, bits, neutral);
      const points = own.channel, all = machine.i16(own.first, points * grays);
      // As NumPy has them: the channels of a point together.
      found.push(Int16Array.from({ length: points * grays }, (_, k) => all[(k % grays) * points + Math.floor(k / grays)]));
    }
  }
  return checksum(...found);
}

/** @param {number} size */
function rangeStarts(size) {
  const widths = numbers(size, 1, 5000, size);
  widths[size >> 1] += 2 ** 24 - widths.reduce((sum, width) => sum + width, 0);
  const starts = new Uint32Array(size + 1);
  widths.forEach((width, k) => { starts[k + 1] = starts[k] + width; });
  return starts;
}

/** @param {Machine} machine */
function rangeCoder(machine) {
  const sizes = [2, 3, 97];
  const writer = new RangeWriter(machine, ROOM);
  for (const size of sizes) {
    const isLikely = numbers(300, 0, 3);
    writer.write(numbers(300, 0, size - 1, size).map((symbol, k) => (isLikely[k] > 0 ? size >> 1 : symbol)),
      rangeStarts(size));
  }
  const bits = numbers(100, 0, 24, 8);
  writer.writeBits(numbers(100, 0, 2 ** 24 - 1, 9).map((value, k) => value & ((1 << bits[k]) - 1)), bits);
  const words = writer.seal();
  const reader = new RangeReader(machine, new Uint8Array(words.buffer));
  return checksum(words, ...sizes.map((size) => reader.read(300, rangeStarts(size))), reader.readBits(bits));
}

function tableLayout() {
  const shifts = Int32Array.from({ length: 44 }, (_, k) => 3 - (k % 4));
  const counts = shifts.map((shift) => 8 >> shift);
  let numTables = 0;
  const firstTable = counts.map((count) => (numTables += count) - count);
  const reach = Int32Array.from({ length: numTables }, (_, k) => 4 + (k % 9));
  const offsets = new Int32Array(numTables + 1);
  reach.forEach((own, k) => { offsets[k + 1] = offsets[k] + 2 * own + 1; });
  const prior = BigInt64Array.from(numbers(offsets[numTables], 1, 2 ** 26, 11), BigInt);
  return { firstTable, fractionShift: shifts, reach, offsets, prior, beyond: rangeStarts(2 ** 12) };
}

/**
 * @param {Machine} machine
 * @param {{depth: number, unitBits: number, maxErrors: number[]}} scale
 * @param {boolean} isSent
 */
function pictureStep(machine, { depth, unitBits, maxErrors }, isSent) {
  const rows = 17, columns = 14, count = rows * columns * 2, low = -1 << depth, high = (1 << depth) - 1;
  const base = numbers(count, (4 * low) >> unitBits, (4 * high) >> unitBits, 12);
  const rare = numbers(count, 0, 15, 14), deep = numbers(count, -1 << unitBits, 1 << unitBits, 19);
  const misses = numbers(count, -3, 3, 13).map(
    (miss, k) => ((miss * (rare[k] === 0 ? 90 : 1)) << unitBits) + (depth > 8 ? deep[k] : 0));
  const planes = base.map(
    (value, k) => Math.min(Math.max(Math.floor((value * 2 ** unitBits) / 4) + misses[k], low), high));
  const results = new Padded(machine, 9, 7, 5, 0), missed = new Padded(machine, 9, 7, 8, 0);
  fill(machine, results, numbers(9 * 7 * 5, -450, 450, 15), 5);
  return {
    number: 0, shape: /** @type {[number, number, number]} */ ([rows, columns, 2]),
    range: /** @type {[number, number]} */ ([low, high]), maxErrors, planes: isSent ? machine.put(planes) : 0,
    base: machine.put(Int16Array.from(base)), decoded: machine.zeros(4 * count), results, missed, unitBits,
    rawBits: depth - 8,
  };
}

/** @param {SampleCoder} coder @param {import("./steps.js").Step} step */
function codePictures(coder, step) {
  for (let turn = 0; turn < 2; turn++) {
    for (let number = 0; number < 5; number++) coder.codeStep({ ...step, number });
    coder.learn();
  }
}

/** @param {Machine} machine */
function steps(machine) {
  const scales = [
    { depth: 8, unitBits: 0, maxErrors: [0, 2] }, { depth: 16, unitBits: 6, maxErrors: [0, 0] },
    { depth: 14, unitBits: 2, maxErrors: [0, 300] },
  ];
  const found = [];
  for (const scale of scales) {
    const writer = new RangeWriter(machine, ROOM), sent = pictureStep(machine, scale, true);
    codePictures(new SampleCoder(machine, tableLayout(), 2, { writer }), sent);
    const words = writer.seal(), received = pictureStep(machine, scale, false);
    const reader = new RangeReader(machine, new Uint8Array(words.buffer));
    codePictures(new SampleCoder(machine, tableLayout(), 2, { reader }), received);
    found.push(words);
    for (const step of [sent, received]) {
      found.push(machine.i32(step.decoded, 17 * 14 * 2).slice(), inside(machine, step.missed, 8));
    }
  }
  return checksum(...found);
}

/** @param {Machine} machine */
function motionCode(machine) {
  const rare = numbers(2 * 63, 0, 5, 16), flags = numbers(2 * 63, 0, 1, 17);
  const all = Int16Array.from(
    numbers(4 * 63, -9, 9, 18), (value, k) => value * (rare[k >> 1] === 0 ? 60 : 1) * flags[k >> 1]);
  const writer = new RangeWriter(machine, ROOM), sender = new MotionCoder(machine, { writer });
  for (const k of [0, 1]) sender.write(all.subarray(126 * k, 126 * (k + 1)), 7, 9);
  const words = writer.seal();
  const receiver = new MotionCoder(machine, { reader: new RangeReader(machine, new Uint8Array(words.buffer)) });
  return checksum(words, receiver.read(7, 9), receiver.read(7, 9));
}

/** @type {Record<string, {compute: (machine: Machine) => number, crc32: number}>} */
export const KNOWN_ANSWERS = {
  "adaptive planes": { compute: adaptivePlanes, crc32: 2353684692 },
  convolution: { compute: convolution, crc32: 1059779959 },
  tiles: { compute: tiles, crc32: 405177601 },
  hints: { compute: hints, crc32: 768453013 },
  color: { compute: color, crc32: 2572575025 },
  motion: { compute: motion, crc32: 86058339 },
  "known channels": { compute: known, crc32: 3727401986 },
  history: { compute: history, crc32: 4107769294 },
  "range coder": { compute: rangeCoder, crc32: 2643933562 },
  steps: { compute: steps, crc32: 3203519184 },
  "motion code": { compute: motionCode, crc32: 2686606595 },
  checksum: { compute: crc32, crc32: 3677185352 },
};

/**
 * Compute all known answers.
 * @param {Machine} machine
 * @returns {string | null} null if all are right, else which kernel is wrong
 */
export function failedKernel(machine) {
  for (const [name, { compute, crc32 }] of Object.entries(KNOWN_ANSWERS)) {
    if (machine.scratch(() => compute(machine)) !== crc32) return name;
  }
  return null;
}
