/** Planes and whole pictures through the browser's own decoders of H.264 and AV1 (WebCodecs). */
import { StreamError, UnsupportedError } from "../container/errors.js";
import { chromaShape, sampleType } from "../video/pixel_formats.js";
import { av1Name, avcName } from "./codec_strings.js";
import { checkPeak } from "./peak.js";
import { whyNotPlayable } from "./support.js";

/** @typedef {import("../video/description.js").PlaneParameters} PlaneParameters */
/** @typedef {import("../video/picture.js").Picture} Picture */

const AHEAD = 8; // packets in the decoder's queue
const MICROSECONDS = 1000; // from one picture to the next; the container has the true times
const FORMATS = /^I(420|422|444)A?(P10|P12)?$|^NV12$/;

/**
 * Decode the pictures of a run whose decoder is the browser's.
 * @param {PlaneParameters} parameters
 * @param {import("./registry.js").CodedRun} run
 * @returns {AsyncGenerator<Picture>} in the order of display; their number is not checked here
 */
export async function* decodePictures(parameters, run) {
  const decoder = new Decoder(parameters);
  try {
    await decoder.open(run.packets[0]);
    for (const packet of run.packets) {
      yield* decoder.pictures(await decoder.push(packet));
    }
    yield* decoder.pictures(await decoder.flush());
  } finally {
    decoder.close();
  }
}

class Decoder {
  /** @param {PlaneParameters} parameters */
  constructor(parameters) {
    this.parameters = parameters;
    /** @type {VideoFrame[]} */
    this.frames = [];
    /** @type {Error | null} */
    this.failure = null;
    this.numPackets = 0;
    this.wake = () => {};
    /** @type {VideoDecoder | null} */
    this.decoder = null;
  }

  /** @param {Uint8Array} packet the first one */
  async open(packet) {
    const { codec, codedWidth, codedHeight, depth } = this.parameters;
    const reason = whyNotPlayable(codec, "video");
    if (reason) throw new UnsupportedError(reason);
    if (typeof VideoDecoder === "undefined") {
      throw new UnsupportedError(
        `this stream has ${codec.toUpperCase()}, and this browser has no WebCodecs here: it needs https or localhost`);
    }
    const name = codec === "av1" ? av1Name(packet, depth) : avcName(packet);
    /** @type {VideoDecoderConfig} */
    const config = { codec: name, codedWidth, codedHeight, hardwareAcceleration: "prefer-software" };
    if (!(await VideoDecoder.isConfigSupported(config)).supported) {
      throw new UnsupportedError(`this browser does not decode ${codec.toUpperCase()} as ${name}`);
    }
    this.decoder = new VideoDecoder({
      output: (frame) => { this.frames.push(frame); this.wake(); },
      error: (error) => { this.failure = error; this.wake(); },
    });
    this.decoder.ondequeue = () => this.wake();
    this.decoder.configure(config);
  }

  /**
   * Give the decoder a packet, once it has room.
   * @param {Uint8Array} data
   * @returns {Promise<VideoFrame[]>} what was decoded meanwhile
   */
  async push(data) {
    const decoder = /** @type {VideoDecoder} */ (this.decoder);
    while (!this.failure && decoder.decodeQueueSize >= AHEAD && !this.frames.length) await this.event();
    this.check();
    decoder.decode(new EncodedVideoChunk({
      type: this.numPackets ? "delta" : "key", timestamp: this.numPackets * MICROSECONDS, data,
    }));
    this.numPackets += 1;
    return this.frames.splice(0);
  }

  /** @returns {Promise<VideoFrame[]>} what is left */
  async flush() {
    try {
      await /** @type {VideoDecoder} */ (this.decoder).flush();
    } catch (error) {
      this.failure ??= /** @type {Error} */ (error);
    }
    this.check();
    return this.frames.splice(0);
  }

  /** @param {VideoFrame[]} frames */
  async *pictures(frames) {
    try {
      while (frames.length) {
        const picture = await this.picture(frames[0]);
        frames.shift()?.close();
        yield picture;
      }
    } finally {
      frames.forEach((frame) => frame.close());
    }
  }

  /** @returns {Promise<void>} when something has happened */
  event() {
    return new Promise((resolve) => { this.wake = resolve; });
  }

  check() {
    if (!this.failure) return;
    throw new StreamError(
      `expected a sound ${this.parameters.codec} packet in the gray stream. Received: ${this.failure.message}`);
  }

  close() {
    this.frames.splice(0).forEach((frame) => frame.close());
    if (this.decoder && this.decoder.state !== "closed") this.decoder.close();
  }

  /**
   * The planes of a frame, cropped.
   * @param {VideoFrame} frame
   * @returns {Promise<Picture>}
   */
  async picture(frame) {
    const { width, height, codedWidth, codedHeight, depth, wholeFormat } = this.parameters;
    const size = frame.visibleRect;
    const own = FORMATS.exec(frame.format ?? "");
    const frameDepth = own?.[2] ? Number(own[2].slice(1)) : 8;
    const subsampling = own?.[1] ?? "420";
    const fits = size !== null && size.width === codedWidth && size.height === codedHeight
      && own !== null && (depth === 8 ? frameDepth === 8 : frameDepth >= depth)
      && (wholeFormat === null ? true : subsampling === subsamplingOf(wholeFormat) && frameDepth === depth);
    if (!fits) {
      throw new StreamError(
        `expected a sound picture of ${codedWidth}x${codedHeight} and ${depth} bits from ${this.parameters.codec}. `
        + `Received: ${size?.width}x${size?.height} ${frame.format}`);
    }
    const data = new Uint8Array(frame.allocationSize());
    const layout = await frame.copyTo(data);
    const bytes = frameDepth === 8 ? 1 : 2;
    const cropped = (/** @type {number} */ plane, /** @type {[number, number]} */ shape) => (
      this.cropped(data, layout[plane], shape, bytes));
    const luma = cropped(0, [height, width]);
    if (wholeFormat === null) return { luma, chroma: null, alpha: null };
    const shape = chromaShape(wholeFormat, width, height);
    return { luma, chroma: [cropped(1, shape), cropped(2, shape)], alpha: null };
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} data
   * @param {PlaneLayout} layout
   * @param {[number, number]} shape
   * @param {number} bytes of a sample
   */
  cropped(data, { offset, stride }, [rows, columns], bytes) {
    const { depth } = this.parameters;
    const plane = new (sampleType(depth))(rows * columns);
    const samples = bytes === 1 ? data : new Uint16Array(data.buffer);
    for (let row = 0; row < rows; row++) {
      const start = (offset + row * stride) / bytes;
      plane.set(samples.subarray(start, start + columns), row * columns);
    }
    checkPeak(plane, depth);
    return plane;
  }
}

/** @param {import("../video/pixel_formats.js").PixelFormat} format */
function subsamplingOf({ log2ChromaW, log2ChromaH }) {
  return log2ChromaH ? "420" : log2ChromaW ? "422" : "444";
}
