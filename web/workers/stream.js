/** A stream that is opened in a worker: what is in it, and its segments decoded. */
import { blobSource, urlSource } from "../container/byte_source.js";
import { UnsupportedError, StreamError } from "../container/errors.js";
import { SeekingReader } from "../container/index.js";
import { failedKernel } from "../native/known_answers.js";
import { Machine } from "../native/machine.js";
import { Shipped } from "../networks/shipped.js";
import { whyNoColor, whyNothing } from "../tracks/playable.js";
import { Receiver } from "../tracks/receiver.js";
import { describe, timesOf } from "../video/description.js";
import { receivedGrays } from "./grays.js";

const BUILT = new URL("../built/", import.meta.url);

/** @type {Promise<WebAssembly.Module> | null} */
let compiled = null;

/**
 * The library of C.
 * @param {boolean} isTested whether it has to give its known answers; once in a page is enough
 */
function library(isTested) {
  compiled ??= (async () => {
    const answer = await fetch(new URL("gvc.wasm", BUILT));
    if (!answer.ok) throw new StreamError("expected gvc.wasm beside this page: build it with `make web`. Received: nothing");
    const module = await WebAssembly.compile(await answer.arrayBuffer());
    const wrong = isTested ? failedKernel(new Machine(module)) : null;
    if (wrong) throw new StreamError(`this browser computes wrongly: ${wrong} gave another answer than is known`);
    return module;
  })();
  return compiled;
}

const shipped = new Shipped(async (path) => {
  const answer = await fetch(new URL(path, BUILT));
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
});

export class OpenStream {
  /**
   * @param {SeekingReader} reader
   * @param {import("../video/description.js").Description} description
   * @param {Receiver} receiver
   * @param {string | null} note what cannot be shown
   */
  constructor(reader, description, receiver, note) {
    this.reader = reader;
    this.description = description;
    this.receiver = receiver;
    this.note = note;
  }

  /**
   * @param {Blob | string} file or its address
   * @param {boolean} isFirst whether no other worker of this page tests the library
   * @returns {Promise<OpenStream>}
   */
  static async open(file, isFirst) {
    const source = typeof file === "string" ? await urlSource(file) : blobSource(file);
    /** @type {import("../video/description.js").Description | null} */
    let description = null;
    const reader = await SeekingReader.open(source, (header) => { description = describe(header); });
    const own = /** @type {import("../video/description.js").Description} */ (/** @type {unknown} */ (description));
    const nothing = whyNothing(own);
    if (nothing) throw new UnsupportedError(nothing);
    const note = own.color === "none" ? null : whyNoColor(own, reader.networks);
    const machine = new Machine(await library(isFirst));
    const receiver = await Receiver.of(machine, own, reader.networks, shipped, note === null);
    return new OpenStream(reader, own, receiver, note);
  }

  /** What the page must know, as plain values. */
  facts() {
    const { header, segments, numFrames } = this.reader;
    const { recoding, ...description } = this.description;
    return {
      description: { ...description, prediction: null },
      segments: segments.map(({ firstFrame, numFrames: count }) => ({ firstFrame, numFrames: count })),
      numFrames,
      note: this.note,
      hasColor: this.receiver.wantsColor,
      hasGrayApart: this.receiver.hasGrayApart,
      timeBase: header.timeBase[0] / header.timeBase[1],
      frameRate: header.frameRate ? header.frameRate[0] / header.frameRate[1] : null,
      sampleAspectRatio: header.sampleAspectRatio ? header.sampleAspectRatio[0] / header.sampleAspectRatio[1] : 1,
      displayMatrix: header.displayMatrix,
      title: typeof header.tags.title === "string" ? header.tags.title : "",
      encoder: header.encoder,
      sounds: header.copyStreams.filter((/** @type {any} */ { kind }) => kind === "audio")
        .map((/** @type {any} */ { codec }) => codec),
    };
  }

  /**
   * The pictures of a segment with their numbers and times, as those of the video itself.
   * @param {number} number
   * @param {MessagePort | null} port where the gray comes from; null if it is decoded here
   */
  async *pictures(number, port) {
    const segment = await this.reader.read(number);
    await this.receiver.prepare(segment, (network) => this.reader.update(number, network));
    const { firstFrame } = this.reader.segments[number]; // its own is another one where segments were left out
    const times = timesOf(segment), { recoding } = this.description;
    let place = 0;
    for await (const coded of this.receiver.pictures(segment, port && receivedGrays(port))) {
      const picture = recoding === null ? coded : recoding.restored(coded);
      const next = times[place + 1];
      const duration = next === undefined ? Number(segment.lastDuration ?? 0) : next - times[place];
      yield { picture, index: firstFrame + place, pts: times[place], duration };
      place += 1;
    }
  }

  /**
   * The gray of a segment, for the worker that makes its color.
   * @param {number} number
   */
  async *grays(number) {
    yield* this.receiver.graysAlone(await this.reader.read(number));
  }
}
