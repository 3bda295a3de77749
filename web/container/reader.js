/** Reads a stream front to back, with the checks of container_format/reader.py. */
import { COLORS_WITH_NETWORK, VERSION_MINOR } from "../generated/tables.js";
import {
  CHECKSUM_BYTES, CHUNK_HEADER_BYTES, PRELUDE_BYTES, checkPayload, unpackChunkHeader, unpackPayload, unpackPrelude,
  unpackRecord,
} from "./chunks.js";
import { checkCopy, checkParts, checkSegment } from "./consistency.js";
import { sameRecord } from "./equality.js";
import { DamagedError, StreamError, TruncatedError, UnsupportedError, about } from "./errors.js";
import { checkHeaderSizes, maxNetworks, mayHaveUpdates } from "./limits.js";

const YIELDED = ["NetworkRecord", "SegmentRecord", "CopyRecord", "UpdateRecord"];

/**
 * A chunk that was read, framing included, in bytes.
 * @typedef {{id: string, offset: number, numBytes: number}} ChunkPlace
 */

export class StreamReader {
  /** @param {import("./byte_source.js").ByteSource} source */
  constructor(source) {
    this.source = source;
    this.offset = 0;
    this.minor = 0;
    /** @type {any} */
    this.header = null;
    /** @type {any} */
    this.end = null;
    /** @type {ChunkPlace[]} */
    this.places = [];
    this.numSegments = 0;
    this.numFrames = 0;
    this.numCopyPackets = 0;
    this.numNetworks = 0;
    /** @type {number[]} */
    this.firstFrames = [];
    this.hasIndex = false;
    /** @type {any} the last network that came between segments */
    this.update = null;
    /** Nothing was left out on purpose. */
    this.isWhole = true;
  }

  /**
   * Read prelude and header.
   * @param {import("./byte_source.js").ByteSource} source
   */
  static async open(source) {
    const reader = new StreamReader(source);
    await about({ byteOffset: 0 }, async () => {
      const prelude = await reader.take(PRELUDE_BYTES);
      if (!prelude.length) throw new TruncatedError("expected a .gvc stream. Received: no bytes at all");
      reader.minor = unpackPrelude(prelude);
    });
    await about({ byteOffset: PRELUDE_BYTES }, async () => {
      const first = await reader.readChunk();
      if (first?.record !== "HeaderRecord") {
        throw new DamagedError("expected the header as the first chunk of the stream");
      }
      reader.header = first.value;
      checkParts(reader.header);
      checkHeaderSizes(reader.header);
    });
    return reader;
  }

  /** Whether fields with unknown numbers are skipped, since a newer minor version wrote the stream. */
  get allowsUnknown() {
    return this.minor > VERSION_MINOR;
  }

  /** @param {number} numBytes */
  async take(numBytes) {
    const data = await this.source.read(this.offset, Math.min(this.offset + numBytes, this.source.size));
    this.offset += data.length;
    return data;
  }

  /** The records behind the header, in order, up to the end chunk. */
  async *records() {
    while (this.end === null) {
      const record = await about({ byteOffset: this.offset }, async () => {
        const found = await this.readChunk();
        if (found !== null) this.checkOrder(found);
        if (this.end !== null) await this.checkNothingFollows();
        return found;
      });
      if (record !== null && YIELDED.includes(record.record)) yield record;
    }
  }

  /** The next chunk's record; null for an unknown chunk that may be skipped. */
  async readChunk() {
    const offset = this.offset;
    const raw = await this.take(CHUNK_HEADER_BYTES);
    if (raw.length < CHUNK_HEADER_BYTES) {
      throw new TruncatedError(`the stream stops at byte ${offset + raw.length}, before its end chunk`);
    }
    const { header, payload } = await this.readPayload(raw, offset);
    this.places.push({ id: header.id, offset, numBytes: this.offset - offset });
    if (header.record) return { record: header.record, value: unpackRecord(header, payload, this.allowsUnknown) };
    if (header.maySkip) return null;
    throw new UnsupportedError(`the stream needs a newer gvc: unknown chunk ${header.id}`);
  }

  /**
   * @param {Uint8Array} raw the chunk's header
   * @param {number} offset of the chunk
   */
  async readPayload(raw, offset) {
    try {
      const header = unpackChunkHeader(raw);
      const payload = await this.take(header.payloadBytes);
      const checksum = await this.take(CHECKSUM_BYTES);
      if (payload.length < header.payloadBytes || checksum.length < CHECKSUM_BYTES) {
        throw new TruncatedError(
          `the stream stops inside chunk ${header.id}, after ${payload.length + checksum.length} of its bytes`);
      }
      checkPayload(header, payload, checksum);
      return { header, payload };
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      throw error.withMessage(`${error.message} (at byte ${offset})`);
    }
  }

  /** @param {{record: string, value: any}} found */
  checkOrder({ record, value }) {
    if (record === "HeaderRecord") throw new DamagedError("the stream has a second header");
    if (this.hasIndex && record !== "EndRecord") throw new DamagedError("the stream goes on behind its index");
    if (record === "NetworkRecord") {
      if (this.numNetworks >= maxNetworks(this.header) || this.numSegments) {
        throw new DamagedError("the stream has a network where none may stand");
      }
      this.numNetworks += 1;
    } else if (record === "IndexRecord") {
      this.hasIndex = true;
      this.checkIndex(value);
    } else if (record === "CopyRecord") {
      this.numCopyPackets += value.packets.length;
      checkCopy(this.header, value);
    } else if (record === "UpdateRecord") {
      this.checkUpdate(value);
    } else if (record === "JoinRecord") {
      this.checkJoin(value);
    } else if (record === "SegmentRecord") {
      this.checkSegment(value);
    } else if (record === "EndRecord") {
      this.end = value;
      this.checkEnd(value);
    }
  }

  get lacksNetwork() {
    return COLORS_WITH_NETWORK.includes(this.header.color) && !this.numNetworks;
  }

  /** @param {any} segment */
  checkSegment(segment) {
    if (this.lacksNetwork) throw new DamagedError("expected the network before the first segment");
    checkSegment(this.header, segment);
    if (segment.index !== this.numSegments || segment.firstFrame !== this.numFrames) {
      throw new DamagedError(
        `expected segment ${this.numSegments}. Received: segment ${segment.index}`, { segment: segment.index });
    }
    if (segment.network && this.update?.number !== segment.network) {
      throw new DamagedError(
        `segment ${segment.index} needs network ${segment.network}, which is not there`, { segment: segment.index });
    }
    this.firstFrames.push(segment.firstFrame);
    this.numSegments += 1;
    this.numFrames += segment.numFrames;
  }

  /** @param {any} update */
  checkUpdate(update) {
    if (!mayHaveUpdates(this.header)) throw new DamagedError("the stream has a network where none may stand");
    const last = this.update;
    const isLater = last === null || update.number > last.number;
    if (!isLater && !(update.number === last.number && sameRecord("UpdateRecord", update, last))) {
      throw new DamagedError(`expected network ${last.number} again, or a later one. Received: ${update.number}`);
    }
    this.update = update;
  }

  /**
   * Check that a place where others may join is the one where this reader is.
   * @param {any} join
   */
  checkJoin(join) {
    const isLive = this.header.isLive;
    if (!isLive || !sameRecord("HeaderRecord", this.headerOf(join), this.header)) {
      throw new DamagedError("the stream has another header where one may join it");
    }
    const place = [join.segment, join.frame, join.numCopyPackets];
    const counted = [this.numSegments, this.numFrames, this.numCopyPackets];
    if (sameNumbers(place, counted)) return;
    if (!join.leavesOut || place.some((count, k) => count < counted[k])) {
      throw new DamagedError(
        `expected segment ${counted[0]}, frame ${counted[1]}. Received: ${place[0]}, ${place[1]}`);
    }
    this.isWhole = false;
    [this.numSegments, this.numFrames, this.numCopyPackets] = place;
  }

  /** @param {any} join */
  headerOf(join) {
    return unpackPayload("HeaderRecord", join.header, join.minor > VERSION_MINOR);
  }

  /** @param {any} index */
  checkIndex(index) {
    const places = this.places.filter((place) => place.id === "SEGM").map((place) => place.offset);
    const isRight = sameNumbers(index.offsets, places) && sameNumbers(index.firstFrames, this.firstFrames);
    if (this.isWhole && !isRight) {
      throw new DamagedError("the stream's index does not say where its segments are");
    }
  }

  /** @param {any} end */
  checkEnd(end) {
    if (this.lacksNetwork) throw new DamagedError("the stream has no network, which its color needs");
    const counted = [this.numSegments, this.numFrames, this.numCopyPackets];
    if (!sameNumbers([end.numSegments, end.numFrames, end.numCopyPackets], counted)) {
      throw new DamagedError(
        `expected ${end.numSegments} segments, ${end.numFrames} frames and ${end.numCopyPackets} audio and subtitle `
        + `packets. Received: ${counted[0]}, ${counted[1]} and ${counted[2]}`);
    }
  }

  async checkNothingFollows() {
    const offset = this.offset;
    if ((await this.take(1)).length) {
      throw new DamagedError(`bytes follow the end of the stream (at byte ${offset})`);
    }
  }
}

/**
 * @param {number[]} one
 * @param {number[]} other
 */
function sameNumbers(one, other) {
  return one.length === other.length && one.every((value, place) => value === other[place]);
}
