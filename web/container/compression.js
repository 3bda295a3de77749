/**
 * zstd for untrusted data: a frame is opened only if it states its content size, that size is acceptable, and nothing
 * follows it. Decompression is by fzstd, which checks none of this and no checksum; so it is done here.
 */
import { decompress as decompressFrame } from "../vendor/fzstd/index.js";
import { DamagedError, LimitError } from "./errors.js";
import { xxh64 } from "./xxh64.js";

const MAGIC = 0xfd2fb528;
const MAX_WINDOW = 2 ** 27;
const MAX_BLOCK = 2 ** 17;

/**
 * Decompress exactly one zstd frame.
 * @param {Uint8Array} frame
 * @param {number} maxBytes the largest content that is accepted
 * @returns {Uint8Array}
 * @throws {DamagedError} no valid frame, no stated size, a wrong size, or bytes behind the frame
 * @throws {LimitError} the stated size is over the limit
 */
export function decompress(frame, maxBytes) {
  const header = readHeader(frame);
  if (header.contentBytes === null) throw new DamagedError("expected a zstd frame that states its content size");
  const stated = header.contentBytes;
  if (stated > maxBytes) {
    throw new LimitError(`expected at most ${maxBytes} bytes in a zstd frame. Received: ${stated}`);
  }
  if (header.windowBytes > MAX_WINDOW) throw damaged("its window is too large");
  const end = findEnd(frame, header.blocks) + (header.hasChecksum ? 4 : 0);
  if (end !== frame.length) throw new DamagedError(`expected one zstd frame of ${stated} bytes. Received: others`);
  const content = opened(frame, Number(stated));
  if (header.hasChecksum && Number(xxh64(content) & 0xffffffffn) !== view(frame).getUint32(end - 4, true)) {
    throw damaged("its checksum does not hold");
  }
  return content;
}

/**
 * @param {Uint8Array} frame
 * @param {number} stated
 */
function opened(frame, stated) {
  let content;
  try {
    content = decompressFrame(frame, new Uint8Array(stated));
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
  if (content.length !== stated) {
    throw new DamagedError(`expected one zstd frame of ${stated} bytes. Received: ${content.length} bytes`);
  }
  return content;
}

/**
 * What a frame's header says (RFC 8878, 3.1.1.1).
 * @param {Uint8Array} frame
 */
function readHeader(frame) {
  const data = view(frame);
  if (frame.length < 6 || data.getUint32(0, true) !== MAGIC) throw damaged("it does not begin as one");
  const descriptor = frame[4];
  const isSingle = (descriptor & 32) !== 0;
  if (descriptor & 8) throw damaged("a reserved bit is set");
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6];
  const blocks = 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
  if (frame.length < blocks) throw damaged("it stops in its header");
  const dictionary = 5 + (isSingle ? 0 : 1);
  if (frame.subarray(dictionary, dictionary + dictionaryBytes).some((byte) => byte !== 0)) {
    throw damaged("it needs a dictionary");
  }
  const place = blocks - sizeBytes;
  /** @type {number | bigint | null} */
  const contentBytes = sizeBytes === 0 ? null : sizeBytes === 1 ? frame[place]
    : sizeBytes === 2 ? data.getUint16(place, true) + 256
      : sizeBytes === 4 ? data.getUint32(place, true) : data.getBigUint64(place, true);
  const base = 2 ** (10 + (frame[5] >> 3));
  const windowBytes = isSingle ? Number(contentBytes) : base + (base / 8) * (frame[5] & 7);
  return { contentBytes, windowBytes, blocks, hasChecksum: (descriptor & 4) !== 0 };
}

/**
 * Where the blocks of a frame end.
 * @param {Uint8Array} frame
 * @param {number} place of the first block
 */
function findEnd(frame, place) {
  for (;;) {
    if (place + 3 > frame.length) throw damaged("it stops before its last block");
    const header = frame[place] | (frame[place + 1] << 8) | (frame[place + 2] << 16);
    const kind = (header >> 1) & 3, size = header >> 3;
    if (kind === 3 || size > MAX_BLOCK) throw damaged("a block is none");
    place += 3 + (kind === 1 ? 1 : size);
    if (place > frame.length) throw damaged("it stops in a block");
    if (header & 1) return place;
  }
}

/** @param {string} reason */
function damaged(reason) {
  return new DamagedError(`a zstd frame is damaged (${reason})`);
}

/** @param {Uint8Array} data */
function view(data) {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}
