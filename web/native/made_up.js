/** Questions for kernels, with inputs that are made by a formula: codec/native/made_up.py. */
import { crc32 } from "../container/crc32.js";

/**
 * The product of two numbers of 64 bits, without what exceeds 64 bits. They come in halves: BigInt takes ten times as long.
 * @param {number} high
 * @param {number} low
 * @param {number} otherHigh
 * @param {number} otherLow
 * @returns {[number, number]} its halves
 */
function product(high, low, otherHigh, otherLow) {
  const a = low >>> 16, b = low & 0xffff, c = otherLow >>> 16, d = otherLow & 0xffff;
  const first = b * d, second = a * d + (first >>> 16), third = b * c + (second % 65536);
  const carried = a * c + Math.floor(second / 65536) + Math.floor(third / 65536);
  return [
    (carried + Math.imul(high, otherLow) + Math.imul(low, otherHigh)) >>> 0,
    ((third % 65536) * 65536 + (first & 0xffff)) >>> 0,
  ];
}

/**
 * Whole numbers that look random, the same on every machine.
 * @param {number} count
 * @param {number} low
 * @param {number} high
 * @param {number} [seed]
 * @returns {Int32Array}
 */
export function numbers(count, low, high, seed = 1) {
  const found = new Int32Array(count);
  const span = high - low + 1, start = seed * 1_000_003;
  for (let k = 0; k < count; k++) {
    const place = k + start;
    const [upper, lower] = product(Math.floor(place / 2 ** 32), place >>> 0, 0x9e3779b9, 0x7f4a7c15);
    // Xor itself shifted down by 29 bits, times another number, of which the bits from 33 on are taken.
    const [mixed] = product(
      upper ^ (upper >>> 29), lower ^ ((upper << 3) | (lower >>> 29)), 0xbf58476d, 0x1ce4e5b9);
    found[k] = low + ((mixed >>> 1) % span);
  }
  return found;
}

/**
 * The CRC-32 of arrays, as little-endian int32.
 * @param {...ArrayLike<number>} arrays
 * @returns {number}
 */
export function checksum(...arrays) {
  let total = 0;
  for (const array of arrays) {
    const words = new Int32Array(array.length);
    for (let k = 0; k < words.length; k++) words[k] = array[k];
    total = crc32(new Uint8Array(words.buffer), total);
  }
  return total;
}
