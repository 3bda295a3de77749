/** A track of sound: its samples from any moment on, at their places in the video's time. */
import { packetsFrom, segmentBefore } from "../container/copies.js";
import { StreamError } from "../container/errors.js";
import { BrowserDecoder } from "./decoder.js";
import { mixed, numChannels } from "./layouts.js";
import { isPcm, pcmSlices } from "./pcm.js";
import { Timeline } from "./timeline.js";

/** Decoders begin so much earlier: packets share samples, MP3 bits, and Opus and SBR settle (RFC 7845, 4.6: 80 ms). */
const LEAD_SECONDS = 0.25;
const PIECE_SECONDS = 0.2;
const MOST_SECONDS = 1e9;

/** @typedef {import("./configuration.js").Coding} Coding */
/** @typedef {import("./decoder.js").Decoded} Decoded */

/**
 * Samples that follow each other.
 * @typedef {object} Piece
 * @property {number} start the place of the first one, counted from time 0 of the video
 * @property {number} rate samples a second
 * @property {Float32Array<ArrayBuffer>[]} channels as Web Audio takes them
 */

export class SoundTrack {
  /**
   * @param {import("../container/index.js").SeekingReader} reader
   * @param {number} index into the header's copied streams
   * @param {Coding} coding
   */
  constructor(reader, index, coding) {
    this.reader = reader;
    this.index = index;
    this.coding = coding;
    const [numerator, denominator] = reader.header.copyStreams[index].timeBase;
    this.timeBase = numerator / denominator;
  }

  /**
   * The sound from a moment on, in pieces that are not much shorter than a fifth of a second unless there is a gap.
   * @param {number} seconds
   * @param {number} segment of the frame of this moment
   * @returns {AsyncGenerator<Piece>}
   * @throws {StreamError} a packet cannot be read or decoded
   */
  async *from(seconds, segment) {
    /** @type {Timeline | null} */
    let timeline = null;
    /** @type {Piece[]} */
    let parts = [];
    for await (const { seconds: time, rate, channels } of this.decoded(seconds, segment)) {
      timeline ??= new Timeline(rate);
      if (rate !== timeline.rate) {
        throw new StreamError(`expected sound of ${timeline.rate} samples a second. Received: ${rate}`);
      }
      const count = channels[0]?.length ?? 0, { start, skipped } = timeline.place(time, count);
      const late = Math.max(skipped, Math.min(count, Math.ceil(seconds * rate - 1e-6) - start + skipped));
      if (late >= count) continue;
      const piece = { start: start - skipped + late, rate, channels: channels.map((own) => own.subarray(late)) };
      if (parts.length && piece.start !== endOf(/** @type {Piece} */ (parts.at(-1)))) yield joined(parts.splice(0));
      parts.push(piece);
      if (endOf(piece) - parts[0].start >= PIECE_SECONDS * rate) yield joined(parts.splice(0));
    }
    if (parts.length) yield joined(parts);
  }

  /**
   * Samples as they come from the decoder.
   * @param {number} seconds
   * @param {number} segment
   * @returns {AsyncGenerator<Decoded>}
   */
  async *decoded(seconds, segment) {
    const { codec, layout, rate, config } = this.coding;
    const decoder = config && new BrowserDecoder(codec, config);
    const lead = isPcm(codec) ? 0 : LEAD_SECONDS;
    try {
      for await (const packet of this.packets(seconds - lead, segment)) {
        if (decoder) {
          for (const own of await decoder.push(packet.seconds, packet.data)) yield this.ready(own);
          continue;
        }
        let time = packet.seconds;
        for (const channels of pcmSlices(codec, numChannels(layout), packet.data)) {
          yield this.ready({ seconds: time, rate, channels });
          time += channels[0].length / rate;
        }
      }
      if (decoder) for (const own of await decoder.flush()) yield this.ready(own);
    } finally {
      decoder?.close();
    }
  }

  /** @param {Decoded} decoded */
  ready({ seconds, rate, channels }) {
    return { seconds, rate, channels: mixed(channels, this.coding.layout) };
  }

  /**
   * Packets from the last one on that begins at a moment or before.
   * @param {number} seconds
   * @param {number} segment
   */
  async *packets(seconds, segment) {
    const isEarly = (/** @type {any} */ packet) => this.timeOf(packet) <= seconds;
    const first = await segmentBefore(this.reader, this.index, segment, isEarly);
    /** @type {{seconds: number, data: Uint8Array} | null} */
    let last = null;
    for await (const packet of packetsFrom(this.reader, this.index, first)) {
      const own = { seconds: this.timeOf(packet), data: packet.data };
      if (!packet.data.length) continue;
      if (last !== null && own.seconds > seconds) yield last;
      last = own;
    }
    if (last !== null) yield last;
  }

  /** @param {any} packet @returns {number} seconds */
  timeOf(packet) {
    const time = packet.pts ?? packet.dts;
    const seconds = time === null ? NaN : Number(time) * this.timeBase;
    if (Math.abs(seconds) <= MOST_SECONDS) return seconds;
    throw new StreamError(`expected a packet with a time. Received: a ${this.coding.codec} packet ${
      time === null ? "without pts and dts" : `at ${seconds} s`}`);
  }
}

/** @param {Piece} piece @returns {number} the place behind its last sample */
export function endOf({ start, channels }) {
  return start + channels[0].length;
}

/** @param {Piece[]} parts that follow each other @returns {Piece} */
function joined(parts) {
  const { start, rate } = parts[0], count = endOf(/** @type {Piece} */ (parts.at(-1))) - start;
  const channels = parts[0].channels.map((_, number) => {
    const samples = new Float32Array(count);
    for (const part of parts) {
      // A decoder may say on the way that there are other channels: what is missing is silent.
      if (part.channels[number]) samples.set(part.channels[number], part.start - start);
    }
    return samples;
  });
  return { start, rate, channels };
}
