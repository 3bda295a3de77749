/** CRC-32 of zlib and PNG (ISO 3309), eight bytes at a time. */

const NUM_TABLES = 16, NUM_USED = 8;

/** What a byte adds with 0 to 15 bytes of zero behind it. The library takes all of them: native/checksum.js. */
export const TABLES = makeTables();

function makeTables() {
  const tables = Array.from({ length: NUM_TABLES }, () => new Uint32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    tables[0][byte] = value;
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let k = 1; k < NUM_TABLES; k++) {
      const before = tables[k - 1][byte];
      tables[k][byte] = (before >>> 8) ^ tables[0][before & 255];
    }
  }
  return tables;
}

/**
 * The CRC-32 of bytes, which continues from that of the bytes before.
 * @param {Uint8Array} data
 * @param {number} [before]
 * @returns {number}
 */
export function crc32(data, before = 0) {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES.slice(0, NUM_USED);
  let crc = ~before;
  let place = 0;
  for (const whole = data.length - 7; place < whole; place += 8) {
    crc ^= data[place] | (data[place + 1] << 8) | (data[place + 2] << 16) | (data[place + 3] << 24);
    crc = t7[crc & 255] ^ t6[(crc >>> 8) & 255] ^ t5[(crc >>> 16) & 255] ^ t4[crc >>> 24]
      ^ t3[data[place + 4]] ^ t2[data[place + 5]] ^ t1[data[place + 6]] ^ t0[data[place + 7]];
  }
  for (; place < data.length; place++) crc = (crc >>> 8) ^ t0[(crc ^ data[place]) & 255];
  return ~crc >>> 0;
}
