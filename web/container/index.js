/**
 * Reads single segments of a stream: random access by the index at its end, with the checks of
 * container_format/index.py. Nothing that an index says is trusted.
 */
import { COLORS_WITH_NETWORK, MAX_MAP_BYTES } from "../generated/tables.js";
import {
  CHECKSUM_BYTES, CHUNK_HEADER_BYTES, FRAMING_BYTES, checkPayload, latin, unpackChunkHeader, unpackRecord,
} from "./chunks.js";
import { checkSegment } from "./consistency.js";
import { DamagedError, StreamError, TruncatedError, UnsupportedError, about } from "./errors.js";
import { maxNetworks } from "./limits.js";
import { StreamReader } from "./reader.js";

const TAIL_BYTES = 2 ** 16;
const MAX_INDEX_BYTES = MAX_MAP_BYTES + TAIL_BYTES;
const WRONG_INDEX = "the stream's index does not say where its segments are";

/**
 * Where a segment is: bytes, and frames.
 * @typedef {{offset: number, limit: number, firstFrame: number, numFrames: number}} SegmentPlace
 */

export class SeekingReader {
  /** @param {StreamReader} reader that has read the header */
  constructor(reader) {
    this.source = reader.source;
    this.header = reader.header;
    this.allowsUnknown = reader.allowsUnknown;
    this.body = reader.offset;
    /** @type {any[]} */
    this.networks = [];
    /** @type {SegmentPlace[]} */
    this.segments = [];
    this.numFrames = 0;
    this.hasIndex = false;
    /** @type {{index: number, firstFrame: number}[] | null} what segments say of themselves where some are left out */
    this.numbers = null;
  }

  /**
   * Read what is needed to find any segment.
   * @param {import("./byte_source.js").ByteSource} source
   * @param {(header: any) => void} [checkHeader] is given the header before anything else is read
   */
  static async open(source, checkHeader) {
    const front = await StreamReader.open(source);
    checkHeader?.(front.header);
    const reader = new SeekingReader(front);
    const end = await reader.findEnd();
    const index = end !== null && end.record.numSegments > 1 ? await reader.findIndex(end.offset) : null;
    reader.hasIndex = index !== null;
    if (end === null || (end.record.numSegments > 1 && index === null)) {
      await reader.scan(front);
      return reader;
    }
    reader.numFrames = end.record.numFrames;
    if (index === null) {
      await reader.findSingle(end.offset, end.record);
    } else {
      reader.segments = placesOf(index.record, index.offset, end.record, reader.body);
      await reader.readNetworks(reader.segments[0].offset);
    }
    if (COLORS_WITH_NETWORK.includes(reader.header.color) && !reader.networks.length) {
      throw new DamagedError("the stream has no network, which its color needs");
    }
    return reader;
  }

  /**
   * Read a segment.
   * @param {number} number
   * @returns {Promise<any>} its record
   */
  async read(number) {
    const place = this.segments[number];
    return about({ byteOffset: place.offset, segment: number }, async () => {
      const { record, value } = await this.readChunk(place.offset, place.limit);
      if (record !== "SegmentRecord") throw new DamagedError(WRONG_INDEX);
      checkSegment(this.header, value);
      const { index, firstFrame } = this.numbers?.[number] ?? { index: number, firstFrame: place.firstFrame };
      if (value.index !== index || value.firstFrame !== firstFrame || value.numFrames !== place.numFrames) {
        throw new DamagedError(
          `expected segment ${index} with ${place.numFrames} frames from frame ${firstFrame} on. `
          + `Received: segment ${value.index} with ${value.numFrames} from ${value.firstFrame} on`);
      }
      return value;
    });
  }

  /**
   * The network of a live stream that a segment names.
   * @param {number} index of the segment
   * @param {number} number that it names
   * @returns {Promise<any>} its record
   */
  async update(index, number) {
    for (let segment = index; segment >= 0; segment--) {
      const start = segment ? this.segments[segment - 1].offset : this.body, stop = this.segments[segment].offset;
      for await (const { offset, header } of this.chunks(start, stop)) {
        if (header.record !== "UpdateRecord") continue;
        const { value } = await about({ byteOffset: offset }, () => this.readChunk(offset, stop));
        if (value.number === number) return value;
      }
    }
    throw new DamagedError(`segment ${index} needs network ${number}, which is not there`);
  }

  /** @returns {Promise<{record: any, offset: number} | null>} */
  async findEnd() {
    const start = Math.max(0, this.source.size - TAIL_BYTES);
    const offset = lastChunk(await this.source.read(start, this.source.size), "TEND");
    if (offset === null) return null;
    const { record, value } = await this.readChunk(start + offset, this.source.size);
    return record === "EndRecord" ? { record: value, offset: start + offset } : null;
  }

  /** @param {number} endOffset @returns {Promise<{record: any, offset: number} | null>} */
  async findIndex(endOffset) {
    for (let numBytes = TAIL_BYTES; ; numBytes = Math.min(MAX_INDEX_BYTES, numBytes * 8)) {
      const start = Math.max(0, endOffset - numBytes);
      const offset = lastChunk(await this.source.read(start, endOffset), "INDX");
      if (offset !== null) {
        const { record, value } = await about(
          { byteOffset: start + offset }, () => this.readChunk(start + offset, endOffset));
        return record === "IndexRecord" ? { record: value, offset: start + offset } : null;
      }
      if (start === 0 || numBytes >= MAX_INDEX_BYTES) return null;
    }
  }

  /**
   * The only segment of a stream without an index.
   * @param {number} stop
   * @param {any} end
   */
  async findSingle(stop, end) {
    for await (const { offset, header } of this.chunks(this.body, stop)) {
      if (header.record !== "SegmentRecord") continue;
      if (end.numSegments !== 1 || !end.numFrames) throw wrongEnd(end);
      await this.readNetworks(offset);
      this.segments = [{ offset, limit: stop, firstFrame: 0, numFrames: end.numFrames }];
      return;
    }
    if (end.numSegments || end.numFrames) throw wrongEnd(end);
    await this.readNetworks(stop);
  }

  /** @param {number} stop */
  async readNetworks(stop) {
    for await (const { offset, header } of this.chunks(this.body, stop)) {
      if (header.record === "SegmentRecord") throw new DamagedError(WRONG_INDEX, { byteOffset: offset });
      if (header.record !== "NetworkRecord") continue;
      if (this.networks.length >= maxNetworks(this.header)) {
        throw new DamagedError("the stream has a network where none may stand", { byteOffset: offset });
      }
      this.networks.push((await about({ byteOffset: offset }, () => this.readChunk(offset, stop))).value);
    }
  }

  /**
   * Read a stream without an index to its end. Frames are counted from 0, also where segments were left out.
   * @param {StreamReader} front
   */
  async scan(front) {
    const found = [];
    for await (const { record, value } of front.records()) {
      if (record === "NetworkRecord") this.networks.push(value);
      else if (record === "SegmentRecord") {
        found.push({ index: value.index, firstFrame: value.firstFrame, numFrames: value.numFrames });
      }
    }
    const places = front.places.filter((place) => place.id === "SEGM");
    for (const [number, { numFrames }] of found.entries()) {
      const { offset, numBytes } = places[number];
      this.segments.push({ offset, limit: offset + numBytes, firstFrame: this.numFrames, numFrames });
      this.numFrames += numFrames;
    }
    const isWhole = found.every((value, number) => (
      value.index === number && value.firstFrame === this.segments[number].firstFrame));
    this.numbers = isWhole ? null : found.map(({ index, firstFrame }) => ({ index, firstFrame }));
  }

  /**
   * Offsets and headers of the chunks between two offsets, which must fill the bytes between them.
   * @param {number} start
   * @param {number} stop
   */
  async *chunks(start, stop) {
    for (let offset = start; offset < stop;) {
      const header = await about({ byteOffset: offset }, async () => {
        const found = await this.chunkHeader(offset, stop);
        if (!found.record && !found.maySkip) {
          throw new UnsupportedError(`the stream needs a newer gvc: unknown chunk ${found.id}`);
        }
        if (["HEAD", "INDX", "TEND"].includes(found.id)) {
          throw new DamagedError(`the stream has a chunk ${found.id} where none may stand`);
        }
        return found;
      });
      yield { offset, header };
      offset += FRAMING_BYTES + header.payloadBytes;
    }
  }

  /**
   * @param {number} offset
   * @param {number} limit
   */
  async chunkHeader(offset, limit) {
    const raw = await this.source.read(offset, Math.min(limit, offset + CHUNK_HEADER_BYTES));
    if (raw.length < CHUNK_HEADER_BYTES) {
      throw new DamagedError(`expected the header of a chunk at byte ${offset}. Received: ${raw.length} bytes`);
    }
    const header = unpackChunkHeader(raw);
    if (offset + FRAMING_BYTES + header.payloadBytes > limit) {
      throw new DamagedError(`chunk ${header.id} goes on where the next one begins (at byte ${offset})`);
    }
    return header;
  }

  /**
   * The record of a chunk of a known kind.
   * @param {number} offset
   * @param {number} limit
   * @returns {Promise<{record: string, value: any}>}
   */
  async readChunk(offset, limit) {
    const header = await this.chunkHeader(offset, limit);
    if (!header.record) throw new DamagedError(WRONG_INDEX);
    const begin = offset + CHUNK_HEADER_BYTES;
    const data = await this.source.read(begin, begin + header.payloadBytes + CHECKSUM_BYTES);
    if (data.length < header.payloadBytes + CHECKSUM_BYTES) {
      throw new TruncatedError(`the stream stops inside chunk ${header.id}`);
    }
    const payload = data.subarray(0, header.payloadBytes);
    try {
      checkPayload(header, payload, data.subarray(header.payloadBytes));
      return { record: header.record, value: unpackRecord(header, payload, this.allowsUnknown) };
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      throw error.withMessage(`${error.message} (at byte ${offset})`);
    }
  }
}

/** @param {any} end */
function wrongEnd(end) {
  return new DamagedError(
    `expected ${end.numSegments} segments with ${end.numFrames} frames, as the end says. Received: others`);
}

/**
 * Where the chunk of this kind starts that ends where the bytes end; null if there is none.
 * @param {Uint8Array} tail
 * @param {string} id
 */
function lastChunk(tail, id) {
  for (let place = tail.length - CHUNK_HEADER_BYTES; place >= 0; place--) {
    if (tail[place] !== id.charCodeAt(0) || latin(tail.subarray(place, place + 4)) !== id) continue;
    try {
      const header = unpackChunkHeader(tail.subarray(place, place + CHUNK_HEADER_BYTES));
      if (place + FRAMING_BYTES + header.payloadBytes === tail.length) return place;
    } catch (error) {
      if (!(error instanceof StreamError)) throw error; // these bytes only look like an id
    }
  }
  return null;
}

/**
 * The places of segments that an index states, as far as they can be.
 * @param {any} index
 * @param {number} indexOffset
 * @param {any} end
 * @param {number} body
 * @returns {SegmentPlace[]}
 */
function placesOf(index, indexOffset, end, body) {
  const { offsets, firstFrames } = index;
  const limits = [...offsets.slice(1), indexOffset], stops = [...firstFrames.slice(1), end.numFrames];
  const isSound = offsets.length === end.numSegments && firstFrames.length === end.numSegments
    && offsets[0] >= body && firstFrames[0] === 0
    && offsets.every((/** @type {number} */ offset, /** @type {number} */ k) => offset < limits[k])
    && firstFrames.every((/** @type {number} */ first, /** @type {number} */ k) => first < stops[k]);
  if (!isSound) throw new DamagedError(WRONG_INDEX, { byteOffset: indexOffset });
  return offsets.map((/** @type {number} */ offset, /** @type {number} */ k) => (
    { offset, limit: limits[k], firstFrame: firstFrames[k], numFrames: stops[k] - firstFrames[k] }));
}
