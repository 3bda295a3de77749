/** A track through the browser's own decoder, packet by packet. */
import { StreamError } from "../container/errors.js";

const AHEAD = 8; // packets in the decoder's queue
const MICROSECONDS = 1e6;

/**
 * Samples as they were decoded.
 * @typedef {object} Decoded
 * @property {number | null} seconds the time of their packet; null if that is not known
 * @property {number} rate samples a second
 * @property {Float32Array<ArrayBuffer>[]} channels
 */

export class BrowserDecoder {
  /**
   * @param {string} codec FFmpeg's name
   * @param {AudioDecoderConfig} config that the browser has said it supports
   */
  constructor(codec, config) {
    this.codec = codec;
    /** @type {Decoded[]} */
    this.decoded = [];
    /** @type {number[]} of packets whose samples have not come, in microseconds */
    this.times = [];
    /** @type {Error | null} */
    this.failure = null;
    /** Packets at the start that give no samples. */
    this.numSilent = codec === "vorbis" ? 1 : 0; // Vorbis I, 4.3.8
    this.wake = () => {};
    this.decoder = new AudioDecoder({
      output: (data) => { this.take(data); this.wake(); },
      error: (error) => { this.failure = error; this.wake(); },
    });
    this.decoder.ondequeue = () => this.wake();
    this.decoder.configure(config);
  }

  /**
   * Give the decoder a packet, once it has room.
   * @param {number} seconds
   * @param {Uint8Array} data
   * @returns {Promise<Decoded[]>} what was decoded meanwhile
   */
  async push(seconds, data) {
    while (!this.failure && this.decoder.decodeQueueSize >= AHEAD && !this.decoded.length) {
      await new Promise((resolve) => { this.wake = () => resolve(undefined); });
    }
    this.check();
    const timestamp = Math.round(seconds * MICROSECONDS);
    if (this.numSilent) this.numSilent -= 1;
    else this.times.push(timestamp);
    this.decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data: /** @type {any} */ (data) }));
    return this.decoded.splice(0);
  }

  /** @returns {Promise<Decoded[]>} what is left */
  async flush() {
    try {
      await this.decoder.flush();
    } catch (error) {
      this.failure ??= /** @type {Error} */ (error);
    }
    this.check();
    return this.decoded.splice(0);
  }

  /** @param {AudioData} data */
  take(data) {
    // Chromium counts samples from the first packet's time on, also across a gap. So each output takes the time of its
    // packet, of which there is one for each.
    const time = this.times.shift();
    try {
      const channels = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex, format: "f32-planar" });
        return samples;
      });
      this.decoded.push({ seconds: time === undefined ? null : time / MICROSECONDS, rate: data.sampleRate, channels });
    } catch (error) {
      this.failure ??= /** @type {Error} */ (error);
    } finally {
      data.close();
    }
  }

  check() {
    if (!this.failure) return;
    const reason = this.failure.message.replace(/\s+/g, " ").replace(/[. ]+$/, "");
    throw new StreamError(`expected sound packets of ${this.codec} that this browser decodes. Received: ${reason}`);
  }

  close() {
    if (this.decoder.state !== "closed") this.decoder.close();
  }
}
