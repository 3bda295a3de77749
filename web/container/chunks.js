/** Framing: a prelude, then chunks. The same checks as container_format/chunks.py. */
import {
  CHUNK_RECORDS, MAGIC, MAX_MAP_BYTES, MAX_PAYLOAD_BYTES, VERSION_MAJOR,
} from "../generated/tables.js";
import { decompress } from "./compression.js";
import { crc32 } from "./crc32.js";
import { DamagedError, LimitError, NotGvcError, TruncatedError, UnsupportedError } from "./errors.js";
import { Body, unpackFields } from "./fields.js";
import { unpack } from "./msgpack.js";

export const PRELUDE_BYTES = 16;
export const CHUNK_HEADER_BYTES = 20;
export const CHECKSUM_BYTES = 4;
export const FRAMING_BYTES = CHUNK_HEADER_BYTES + CHECKSUM_BYTES;
const FLAG_MAY_SKIP = 1, FLAG_ZSTD = 2;

/**
 * The header of a chunk, whose checksum holds.
 * @typedef {object} ChunkHeader
 * @property {string} id
 * @property {string | undefined} record the name of its record; undefined of an unknown chunk
 * @property {boolean} maySkip
 * @property {boolean} isZstd
 * @property {number} payloadBytes
 * @property {Uint8Array} raw
 */

/**
 * Check the first bytes of a stream.
 * @param {Uint8Array} data
 * @returns {number} the minor version
 */
export function unpackPrelude(data) {
  const begins = MAGIC.every((byte, place) => place >= data.length || data[place] === byte);
  if (begins && data.length <= MAGIC.length) throw new TruncatedError(`the stream stops after ${data.length} bytes`);
  if (!begins) {
    if (latin(data.subarray(1, 4)) === "GVC") {
      throw new DamagedError("the first bytes of the stream are damaged (a text-mode transfer does this)");
    }
    throw new NotGvcError("expected a .gvc stream. Received: something that starts with other bytes");
  }
  if (data.length < PRELUDE_BYTES) {
    throw new DamagedError(`expected ${PRELUDE_BYTES} bytes before the first chunk. Received: ${data.length}`);
  }
  const view = viewOf(data);
  if (crc32(data.subarray(0, 12)) !== view.getUint32(12, true) || view.getUint16(10, true) !== 0) {
    throw new DamagedError("the version bytes of the stream are damaged");
  }
  if (data[8] !== VERSION_MAJOR) {
    throw new UnsupportedError(`expected format version ${VERSION_MAJOR}. Received: version ${data[8]}.${data[9]}`);
  }
  return data[9];
}

/**
 * Unpack and check the header of a chunk.
 * @param {Uint8Array} raw
 * @returns {ChunkHeader}
 */
export function unpackChunkHeader(raw) {
  const view = viewOf(raw);
  if (crc32(raw.subarray(0, 16)) !== view.getUint32(16, true) || raw[5] || raw[6] || raw[7]) {
    throw new DamagedError("the header of a chunk is damaged");
  }
  const payloadBytes = view.getBigUint64(8, true);
  if (payloadBytes > MAX_PAYLOAD_BYTES) {
    throw new LimitError(`expected a chunk of at most ${MAX_PAYLOAD_BYTES} bytes. Received: ${payloadBytes}`);
  }
  const id = latin(raw.subarray(0, 4)), flags = raw[4];
  if (flags & ~(FLAG_MAY_SKIP | FLAG_ZSTD)) {
    throw new UnsupportedError(`chunk ${id} has flags 0x${flags.toString(16)} that this version does not know`);
  }
  const record = new Map(Object.entries(CHUNK_RECORDS)).get(id);
  return {
    id, record, maySkip: (flags & FLAG_MAY_SKIP) !== 0, isZstd: (flags & FLAG_ZSTD) !== 0,
    payloadBytes: Number(payloadBytes), raw,
  };
}

/**
 * Compare a chunk with its checksum.
 * @param {ChunkHeader} header
 * @param {Uint8Array} payload
 * @param {Uint8Array} checksum
 */
export function checkPayload(header, payload, checksum) {
  if (crc32(payload, crc32(header.raw)) !== viewOf(checksum).getUint32(0, true)) {
    throw new DamagedError(`chunk ${header.id} is damaged: its checksum does not hold`);
  }
}

/**
 * Unpack the record in a payload whose checksum holds.
 * @param {ChunkHeader} header of a known chunk
 * @param {Uint8Array} payload
 * @param {boolean} allowUnknown skip fields with unknown numbers
 * @returns {any}
 */
export function unpackRecord(header, payload, allowUnknown) {
  const content = header.isZstd ? decompress(payload, MAX_MAP_BYTES * 4) : payload;
  try {
    return unpackPayload(/** @type {string} */ (header.record), content, allowUnknown);
  } catch (error) {
    if (!(error instanceof DamagedError || error instanceof LimitError)) throw error;
    throw error.withMessage(`chunk ${header.id}: ${error.message}`);
  }
}

/**
 * @param {string} record
 * @param {Uint8Array} payload
 * @param {boolean} allowUnknown
 * @returns {any}
 */
export function unpackPayload(record, payload, allowUnknown) {
  if (payload.length < 4) throw new DamagedError(`${payload.length} bytes are too few for a record`);
  const mapBytes = viewOf(payload).getUint32(0, true);
  if (mapBytes > MAX_MAP_BYTES) {
    throw new LimitError(`expected a record map of at most ${MAX_MAP_BYTES} bytes. Received: ${mapBytes}`);
  }
  if (mapBytes > payload.length - 4) throw new DamagedError("a record ends inside its map");
  const body = new Body(payload.subarray(4 + mapBytes), allowUnknown);
  const fields = unpackFields(record, unpack(payload.subarray(4, 4 + mapBytes)), body);
  body.checkEmpty();
  return fields;
}

/** @param {Uint8Array} data */
export function viewOf(data) {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

/** @param {Uint8Array} data */
export function latin(data) {
  return String.fromCharCode(...data);
}
