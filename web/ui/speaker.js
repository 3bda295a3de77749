/**
 * The sound of a stream through Web Audio. While it plays, its clock is that of the pictures.
 *
 * A worker decodes a few seconds ahead. Its pieces are put on the clock of an AudioContext, to the sample, so that they
 * join without a seam.
 */
import { unpackError } from "../container/errors.js";
import { placed, rendered } from "../sound/rendering.js";

const AHEAD_SECONDS = 3;
const GRANT_SECONDS = 0.5; // leave is given in steps of so much
const READY_SECONDS = 0.4;
const START_SECONDS = 0.05; // from the call to the first sample
const PATIENCE_MS = 1500; // for a context that does not run, and for sound that does not come
const MOST_SECONDS = 60; // of samples for a program, at once

/** @typedef {{index: number, name: string, rate: number, isDefault: boolean}} Track */
/** @typedef {import("../sound/track.js").Piece} Piece */

/**
 * Sound that was asked for.
 * @typedef {object} Job
 * @property {number} id
 * @property {number} seconds the moment of the video at which it begins
 * @property {number} until leave that was given
 * @property {number} end the moment up to which pieces have come
 * @property {number} silentUpTo the moment up to which nothing else will come
 * @property {boolean} isEnded no more will come
 * @property {number} asked when it was asked for, in milliseconds
 * @property {Piece[]} pieces that are not on the clock yet
 * @property {number | null} begun when it begins, by the context's clock; null before
 * @property {() => void} wake is called when something has come, or nothing will
 */

export class Speaker {
  /**
   * @param {Worker} worker that has opened the stream
   * @param {Track[]} tracks that can be played
   * @param {string} note what cannot
   */
  constructor(worker, tracks, note) {
    this.worker = worker;
    this.tracks = tracks;
    this.track = tracks.find(({ isDefault }) => isDefault) ?? tracks[0];
    this.note = note;
    /** What to call where another clock is needed, or there is another note. */
    this.changed = () => {};
    this.volume = 1;
    this.isMuted = false;
    this.isBroken = !tracks.length;
    this.isClosed = false;
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {GainNode | null} */
    this.gain = null;
    /** @type {Job | null} */
    this.job = null;
    this.nextId = 1;
    /** @type {Set<AudioBufferSourceNode>} */
    this.sources = new Set();
    /** Until when a context that does not run is waited for, in milliseconds. */
    this.deadline = 0;
    this.lastMove = { seconds: 0, time: 0 };
    worker.onmessage = ({ data }) => this.receive(data);
  }

  /**
   * @param {Blob | string} file
   * @returns {Promise<Speaker>} of a stream that has sound
   */
  static open(file) {
    const worker = new Worker(new URL("../workers/sound_worker.js", import.meta.url), { type: "module" });
    return new Promise((resolve) => {
      const silent = (/** @type {string} */ reason) => (
        resolve(new Speaker(worker, [], `${reason}. The picture plays without sound`)));
      worker.onerror = (event) => silent(event.message || "expected a worker that starts. Received: none");
      worker.onmessage = ({ data }) => {
        if (data.type === "failed") return silent(unpackError(data.error).message);
        const { tracks, refused } = data;
        if (!tracks.length) return silent(refused.join("; "));
        return resolve(new Speaker(worker, tracks, refused.join("; ")));
      };
      worker.postMessage({ type: "open", file });
    });
  }

  /** Make the clock run: browsers want a click or a key before. */
  wake() {
    if (this.isBroken || this.isClosed) return;
    this.deadline = performance.now() + PATIENCE_MS;
    try {
      if (this.context?.sampleRate !== this.track.rate) this.makeContext();
      this.context?.resume().catch(() => {}); // one that stays silent is not waited for
    } catch (error) {
      this.fail(/** @type {Error} */ (error));
    }
  }

  /** Let the device go, until it is wanted again. */
  rest() {
    this.hold();
    this.context?.suspend().catch(() => {}); // it is closed
  }

  makeContext() {
    this.hold();
    this.context?.close();
    const context = new AudioContext({ sampleRate: this.track.rate, latencyHint: "playback" });
    this.gain = context.createGain();
    this.gain.connect(context.destination);
    this.context = context;
    this.setVolume(this.volume, this.isMuted);
    context.onstatechange = () => {
      if (context !== this.context || this.isClosed) return;
      this.deadline = performance.now() + PATIENCE_MS;
      this.changed();
    };
  }

  /** Whether it is the clock, or will be in a moment. */
  get isUsed() {
    if (this.isBroken || this.context === null) return false;
    return this.context.state === "running" || performance.now() < this.deadline;
  }

  /**
   * Ask for the sound from a moment on, unless it was asked for already.
   * @param {number} seconds
   * @param {number} segment of the frame of this moment
   * @returns {boolean} whether enough of it is there to begin, or it is not waited for any more
   */
  prepare(seconds, segment) {
    if (this.job === null || this.job.begun !== null || this.job.seconds !== seconds) {
      this.hold();
      this.job = this.ask(seconds, segment, seconds + AHEAD_SECONDS);
    }
    if (this.context?.state !== "running") return false;
    const { isEnded, end, silentUpTo, asked } = this.job;
    return isEnded || Math.max(end, silentUpTo) >= seconds + READY_SECONDS || performance.now() - asked > PATIENCE_MS;
  }

  /**
   * @param {number} seconds
   * @param {number} segment
   * @param {number} until
   * @returns {Job}
   */
  ask(seconds, segment, until) {
    const id = this.nextId++;
    this.worker.postMessage({ type: "play", id, track: this.track.index, seconds, segment, until });
    return {
      id, seconds, until, end: seconds, silentUpTo: seconds, isEnded: false, asked: performance.now(), pieces: [],
      begun: null, wake: () => {},
    };
  }

  /** Let what was prepared be heard. */
  begin() {
    const { job, context } = this;
    if (job === null || context === null) return;
    // A whole sample of the clock, so that pieces of its rate are not interpolated.
    job.begun = Math.ceil((context.currentTime + START_SECONDS) * context.sampleRate) / context.sampleRate;
    this.lastMove = { seconds: -Infinity, time: performance.now() };
    this.put();
  }

  /** Put pieces on the clock. */
  put() {
    const { job, context, gain } = this;
    if (job === null || job.begun === null || context === null || gain === null) return;
    try {
      for (const piece of job.pieces.splice(0)) {
        const source = placed(piece, context, gain, job.begun, job.seconds);
        if (source === null) continue;
        this.sources.add(source);
        source.onended = () => this.sources.delete(source);
      }
    } catch (error) {
      this.fail(/** @type {Error} */ (error));
    }
  }

  /**
   * The moment of the video that is heard now.
   * @returns {number} in seconds
   */
  seconds() {
    const { job, context } = this;
    if (job === null || job.begun === null || context === null) return 0;
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    const heard = performanceTime && contextTime !== undefined
      ? Math.min(contextTime + (performance.now() - performanceTime) / 1000, context.currentTime)
      : context.currentTime - (context.outputLatency || context.baseLatency || 0);
    const seconds = job.seconds + heard - job.begun;
    if (seconds + AHEAD_SECONDS > job.until + GRANT_SECONDS) {
      job.until = seconds + AHEAD_SECONDS;
      this.worker.postMessage({ type: "grant", id: job.id, until: job.until });
    }
    this.watch(seconds);
    return seconds;
  }

  /** @param {number} seconds must grow: the clock of a broken device stands still */
  watch(seconds) {
    const time = performance.now();
    if (seconds > this.lastMove.seconds) this.lastMove = { seconds, time };
    else if (time - this.lastMove.time > PATIENCE_MS) {
      this.fail(new Error("expected a clock of sound that runs. Received: one that stands still"));
    }
  }

  /** @param {number} seconds @returns {boolean} whether something is heard after this moment, as far as is known */
  goesOnAfter(seconds) {
    return this.job !== null && this.job.end > seconds;
  }

  /** Be silent at once; what was asked for is given up. */
  hold() {
    const { job } = this;
    this.job = null;
    if (job !== null) {
      this.worker.postMessage({ type: "stop", id: job.id });
      job.wake();
    }
    for (const source of this.sources) {
      source.onended = null;
      source.stop();
      source.disconnect();
    }
    this.sources.clear();
  }

  /**
   * @param {number} volume from 0 to 1
   * @param {boolean} isMuted
   */
  setVolume(volume, isMuted) {
    this.volume = volume;
    this.isMuted = isMuted;
    if (this.gain !== null && this.context !== null) {
      // As loud as it seems: half of the way is a quarter of the amplitude. In 10 ms, so that nothing clicks.
      this.gain.gain.setTargetAtTime(isMuted ? 0 : volume ** 2, this.context.currentTime, 0.01);
    }
  }

  /** @param {number} index of another track */
  choose(index) {
    this.hold();
    this.track = this.tracks.find((track) => track.index === index) ?? this.track;
    this.wake();
    this.changed();
  }

  /** @param {any} data */
  receive(data) {
    const { job } = this;
    if (data.type === "failed" && (job === null || data.id === job.id)) {
      this.fail(unpackError(data.error));
    } else if (job !== null && data.id === job.id) {
      if (data.type === "ended") {
        job.isEnded = true;
      } else if (data.type === "silence") {
        job.silentUpTo = data.seconds;
      } else {
        job.end = data.end / data.rate;
        job.pieces.push(data);
        this.put();
      }
      job.wake();
    }
  }

  /** @param {Error} error that ends all sound */
  fail(error) {
    if (this.isBroken) return;
    this.note = `${error.message}. The picture plays on without sound`;
    this.isBroken = true;
    this.hold();
    this.changed();
  }

  /**
   * What would be heard from a moment on, at full volume. Nothing else may be asked for meanwhile.
   * @param {number} seconds
   * @param {number} length in seconds, at most a minute
   * @param {number} segment of the frame of this moment
   * @returns {Promise<{sampleRate: number, channels: Float32Array[]}>}
   */
  async samples(seconds, length, segment) {
    if (!(length > 0 && length <= MOST_SECONDS)) {
      throw new RangeError(`expected a length of at most ${MOST_SECONDS} seconds. Received: ${length}`);
    }
    if (this.isBroken) throw new Error(`expected sound that plays. Received: ${this.note}`);
    this.hold();
    const job = this.ask(seconds, segment, seconds + length);
    this.job = job;
    while (this.job === job && !job.isEnded && Math.max(job.end, job.silentUpTo) < seconds + length) {
      await new Promise((resolve) => { job.wake = () => resolve(undefined); });
    }
    if (this.job !== job) {
      throw new Error(`expected sound from ${seconds} s on. Received: ${this.note || "something else was played"}`);
    }
    this.hold();
    const { rate } = job.pieces[0] ?? this.track;
    return { sampleRate: rate, channels: await rendered(job.pieces, rate, seconds, length) };
  }

  close() {
    this.hold();
    this.isClosed = true;
    this.worker.terminate();
    this.context?.close().catch(() => {});
    this.context = null;
  }
}
