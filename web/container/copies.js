/** The packets of one copied stream, from any segment on, without reading segments. */
import { FRAMING_BYTES } from "./chunks.js";
import { checkCopy } from "./consistency.js";
import { UnsupportedError, about } from "./errors.js";

/** Senders end a portion of packets at 4 MiB. One that is larger holds an attached file. */
const MOST_PORTION_BYTES = 2 ** 26;

/** @typedef {import("./index.js").SeekingReader} SeekingReader */

/**
 * Packets of a stream in order, from a segment on. Chunks of other kinds are passed over.
 * @param {SeekingReader} reader
 * @param {number} stream index of the copied stream
 * @param {number} segment from whose chunk on; -1 for all of them
 * @param {number} [stop] the segment at whose chunk to end; without it, at the end of the file
 * @returns {AsyncGenerator<any>} records of packets
 * @throws {import("./errors.js").StreamError} a chunk on the way is damaged
 */
export async function* packetsFrom(reader, stream, segment, stop) {
  const { source, segments } = reader;
  const end = stop === undefined || stop >= segments.length ? source.size : segments[stop].offset;
  for (let offset = segment < 0 ? reader.body : segments[segment].offset; offset < end;) {
    const header = await about({ byteOffset: offset }, () => reader.chunkHeader(offset, end));
    if (!header.record && !header.maySkip) {
      throw new UnsupportedError(`the stream needs a newer gvc: unknown chunk ${header.id}`);
    }
    if (header.id === "INDX" || header.id === "TEND") return;
    if (header.record === "CopyRecord" && header.payloadBytes <= MOST_PORTION_BYTES) {
      const { value } = await about({ byteOffset: offset }, () => reader.readChunk(offset, end));
      checkCopy(reader.header, value);
      for (const packet of value.packets) if (packet.stream === stream) yield packet;
    }
    offset += FRAMING_BYTES + header.payloadBytes;
  }
}

/**
 * The segment from whose chunk on the packets of a moment stand: mostly the one before that of its frame.
 * @param {SeekingReader} reader
 * @param {number} stream index of the copied stream
 * @param {number} segment of the frame
 * @param {(packet: any) => boolean} isEarly whether a packet is as early as is needed
 * @returns {Promise<number>} -1 for the start of the stream
 */
export async function segmentBefore(reader, stream, segment, isEarly) {
  for (let first = segment - 1, stop = segment, back = 1; first >= 0; stop = first, first -= back, back *= 2) {
    for await (const packet of packetsFrom(reader, stream, first, stop)) {
      if (isEarly(packet)) return first;
      break; // the first one is the earliest
    }
  }
  return -1;
}
