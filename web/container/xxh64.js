/** XXH64 with seed 0: the checksum of zstd frames that have one. Those that gvc writes have none. */

const WHOLE = 64;
const P1 = 0x9e3779b185ebca87n, P2 = 0xc2b2ae3d27d4eb4fn, P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n, P5 = 0x27d4eb2f165667c5n;

/**
 * @param {Uint8Array} data
 * @returns {bigint}
 */
export function xxh64(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let place = 0, sum = P5;
  if (data.length >= 32) {
    const lanes = [wrap(P1 + P2), P2, 0n, wrap(-P1)];
    for (; place + 32 <= data.length; place += 32) {
      for (let k = 0; k < 4; k++) lanes[k] = round(lanes[k], view.getBigUint64(place + 8 * k, true));
    }
    sum = wrap(rotated(lanes[0], 1n) + rotated(lanes[1], 7n) + rotated(lanes[2], 12n) + rotated(lanes[3], 18n));
    for (const lane of lanes) sum = wrap((sum ^ round(0n, lane)) * P1 + P4);
  }
  sum = wrap(sum + BigInt(data.length));
  for (; place + 8 <= data.length; place += 8) {
    sum = wrap(rotated(sum ^ round(0n, view.getBigUint64(place, true)), 27n) * P1 + P4);
  }
  if (place + 4 <= data.length) {
    sum = wrap(rotated(sum ^ wrap(BigInt(view.getUint32(place, true)) * P1), 23n) * P2 + P3);
    place += 4;
  }
  for (; place < data.length; place++) sum = wrap(rotated(sum ^ wrap(BigInt(data[place]) * P5), 11n) * P1);
  sum = wrap((sum ^ (sum >> 33n)) * P2);
  sum = wrap((sum ^ (sum >> 29n)) * P3);
  return sum ^ (sum >> 32n);
}

/** @param {bigint} value */
function wrap(value) {
  return BigInt.asUintN(WHOLE, value);
}

/**
 * @param {bigint} value
 * @param {bigint} bits
 */
function rotated(value, bits) {
  return wrap((value << bits) | (value >> (64n - bits)));
}

/**
 * @param {bigint} lane
 * @param {bigint} input
 */
function round(lane, input) {
  return wrap(rotated(wrap(lane + input * P2), 31n) * P1);
}
