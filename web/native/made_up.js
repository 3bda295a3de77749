/** Questions for kernels, with inputs that are made by a formula: codec/native/made_up.py. */
import { crc32 } from "../container/crc32.js";

const MASK = (1n << 64n) - 1n;

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
  const span = BigInt(high - low + 1), start = BigInt(seed) * 1_000_003n;
  for (let k = 0; k < count; k++) {
    let mixed = ((BigInt(k) + start) * 0x9e3779b97f4a7c15n) & MASK;
    mixed ^= mixed >> 29n;
    mixed = (mixed * 0xbf58476d1ce4e5b9n) & MASK;
    found[k] = low + Number((mixed >> 33n) % span);
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
    const words = Int32Array.from(array, (value) => value | 0);
    total = crc32(new Uint8Array(words.buffer), total);
  }
  return total;
}
