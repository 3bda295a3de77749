/** Entropy-coded weights of a network, as differences to known ones: codec/weights/packing.py. */
import { StreamError } from "../container/errors.js";
import { startsOf } from "../lossless/distributions.js";
import { RangeReader } from "../native/range_coder.js";

/** @typedef {import("../native/machine.js").Machine} Machine */

const NUM_CONTEXTS = 8, MIN_SIZE_FOR_CONTEXTS = 1 << 14;
const MAX_LEVEL = 4000, SMALLEST_STEP = 2 ** -126, LARGEST_STEP = (2 - 2 ** -23) * 2 ** 127 / (4 * MAX_LEVEL);
const TOTAL = 2 ** 16, MAX_SYMBOLS = 1 << 14, MAX_MAGNITUDE = 1 << 24, MAX_NUMBER_BYTES = 5;

/**
 * Decode the tensors of a network.
 * @param {Machine} machine
 * @param {any[]} records of the tensors
 * @param {Record<string, Float64Array>} start the weights that are known, by tensor, all of one dimension
 * @returns {Record<string, {step: number, values: Int32Array}>}
 */
export function unpackWeights(machine, records, start) {
  const names = Object.keys(start);
  if (records.length !== names.length || records.some((record, k) => record.name !== names[k])) {
    throw new StreamError(
      `expected the ${names.length} weight tensors of the network in order. Received: ${records.length}, or others`);
  }
  return Object.fromEntries(records.map((record) => [
    record.name,
    { step: record.step, values: machine.scratch(() => unpackTensor(machine, record, start[record.name])) },
  ]));
}

/**
 * @param {Machine} machine
 * @param {any} record
 * @param {Float64Array} start
 */
function unpackTensor(machine, record, start) {
  if (record.shape.length !== 1 || record.shape[0] !== start.length) {
    throw new StreamError(`expected shape (${start.length},) for ${record.name}. Received: (${record.shape})`);
  }
  const largest = start.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const fits = record.step >= SMALLEST_STEP && record.step <= LARGEST_STEP && largest / record.step < 2 * MAX_LEVEL;
  if (!fits) {
    throw new StreamError(
      `expected a finite step that fits the weights of ${record.name}. Received: ${record.step}`);
  }
  const { levels, members } = levelsAndContexts(start, record.step);
  const tables = unpackTables(record.table, members.length);
  const limit = 4 * MAX_LEVEL;
  if (tables.some((table) => table.minimum < -limit || table.minimum + table.frequencies.length - 1 > limit)) {
    throw new StreamError(`expected differences within +-${limit} for ${record.name}. Received: more`);
  }
  const reader = new RangeReader(machine, record.payload);
  let isCoded = false;
  members.forEach((where, k) => {
    const { minimum, frequencies } = tables[k];
    if (frequencies.length === 1 || !where.length) {
      for (const place of where) levels[place] += minimum;
      return;
    }
    isCoded = true;
    const symbols = reader.read(where.length, startsOf(frequencies));
    where.forEach((place, j) => { levels[place] += symbols[j] + minimum; });
  });
  reader.finish();
  if (record.payload.length && !isCoded) {
    throw new StreamError("expected no entropy-coded data. Received: data for more symbols");
  }
  return levels;
}

/**
 * @param {Float64Array} start
 * @param {number} step
 */
function levelsAndContexts(start, step) {
  const levels = new Int32Array(start.length);
  const hasContexts = start.length >= MIN_SIZE_FOR_CONTEXTS;
  /** @type {number[][]} */
  const members = Array.from({ length: hasContexts ? NUM_CONTEXTS : 1 }, () => []);
  for (let k = 0; k < start.length; k++) {
    const position = start[k] / step, level = roundedEven(position);
    levels[k] = level;
    const context = Math.floor((position - level + 0.5) * NUM_CONTEXTS);
    members[hasContexts ? Math.min(Math.max(context, 0), NUM_CONTEXTS - 1) : 0].push(k);
  }
  return { levels, members };
}

/** @param {number} value @returns {number} the nearest whole number; of two, the even one */
function roundedEven(value) {
  const floor = Math.floor(value), rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Read consecutive probability tables: codec/entropy/tables.py.
 * @param {Uint8Array} data
 * @param {number} count
 */
function unpackTables(data, count) {
  const numbers = new NumberReader(data);
  const tables = Array.from({ length: count }, () => readTable(numbers));
  if (numbers.place !== data.length) {
    throw new StreamError("expected the end of a probability table. Received: further bytes");
  }
  return tables;
}

/** @param {NumberReader} numbers */
function readTable(numbers) {
  const zigzag = numbers.next();
  const minimum = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  const count = numbers.next();
  if (count < 1 || count > MAX_SYMBOLS) {
    throw new StreamError(`expected 1 to ${MAX_SYMBOLS} symbols in a probability table. Received: ${count}`);
  }
  /** @type {number[]} */
  const frequencies = [];
  while (frequencies.length < count) {
    const frequency = numbers.next();
    const zeros = frequency === 0 ? numbers.next() : 0;
    if (zeros >= count - frequencies.length) {
      throw new StreamError(`expected ${count} frequencies in a probability table. Received: more`);
    }
    frequencies.push(frequency);
    for (let k = 0; k < zeros; k++) frequencies.push(0);
  }
  const sum = frequencies.reduce((total, frequency) => total + frequency, 0);
  const isSound = minimum >= -MAX_MAGNITUDE && minimum + count - 1 <= MAX_MAGNITUDE && frequencies[0] > 0
    && frequencies[count - 1] > 0 && sum === TOTAL;
  if (!isSound) throw new StreamError("unusable probability table: expected frequencies that sum to 65536");
  return { minimum, frequencies };
}

/** Reads numbers of seven bits a byte. */
class NumberReader {
  /** @param {Uint8Array} data */
  constructor(data) {
    this.data = data;
    this.place = 0;
  }

  next() {
    let value = 0;
    for (let k = 0; k < MAX_NUMBER_BYTES; k++) {
      if (this.place === this.data.length) {
        throw new StreamError("expected a further number in a probability table. Received: the end");
      }
      const byte = this.data[this.place++];
      value += (byte & 127) * 2 ** (7 * k);
      if (byte < 128) return value;
    }
    throw new StreamError(`expected numbers of at most ${MAX_NUMBER_BYTES} bytes in a probability table`);
  }
}
