/**
 * Plays a stream: which frames are wanted, which are there, and which is shown when.
 *
 * Pictures come from the workers of a pool, each of which decodes one segment: that of the frame on show, and those
 * behind it. They wait in memory until they are shown; how many may is bounded by their bytes.
 *
 * Where there is sound, its clock is that of the pictures. One that comes late is left out. Where the next one is due
 * and not decoded, the sound waits with the picture until a second of pictures is there.
 */

import { Clock } from "./clock.js";

/** @typedef {import("../workers/pool.js").Pool} Pool */
/** @typedef {import("../workers/pool.js").Frame} Frame */
/** @typedef {import("../workers/pool.js").Job} Job */
/** @typedef {import("./speaker.js").Speaker} Speaker */

const MOST_BYTES = 192 * 2 ** 20;
const LEAST_FRAMES = 4, MOST_FRAMES = 600;
const KEPT_BEHIND = 8; // frames, for steps back
const DEFAULT_RATE = 25;
const BUFFERED_SECONDS = 1; // of pictures, before sound goes on
const HIDDEN_MS = 250; // from one look at the clock to the next, where the page is not seen

/**
 * Who shows what a player plays.
 * @typedef {object} View
 * @property {(frame: Frame) => void} show
 * @property {() => void} changed
 * @property {(error: Error) => void} failed
 */

export class Player {
  /**
   * @param {Pool} pool
   * @param {View} view
   */
  constructor(pool, view) {
    this.pool = pool;
    this.view = view;
    this.facts = pool.facts;
    const { width, height } = pool.facts.description;
    const frames = Math.floor(MOST_BYTES / (width * height * 7));
    this.quota = Math.max(LEAST_FRAMES, Math.min(MOST_FRAMES, frames));
    /** Frames of it that a segment has. */
    this.share = Math.max(LEAST_FRAMES / 2, Math.floor(this.quota / pool.workers.length));
    this.clock = new Clock();
    /** @type {Promise<Speaker | null>} */
    this.opening = Promise.resolve(null);
    /** @type {Map<number, Frame>} */
    this.frames = new Map();
    /** The frame that is wanted, and the one on show. */
    this.position = 0;
    /** @type {Frame | null} */
    this.shown = null;
    this.isPlaying = false;
    this.isClosed = false;
    /** Segments that were decoded to their end, and agree with the sender's checksums. */
    this.verified = new Set();
    /** @type {Map<number, Error>} */
    this.broken = new Map();
    /** @type {Map<number, {resolve: (frame: Frame) => void, reject: (error: Error) => void}[]>} */
    this.waiting = new Map();
    /** The next frame is due and not there. */
    this.isWaiting = false;
    pool.listener = {
      frame: (frame) => this.arrived(frame),
      verified: (segment) => this.ended(segment),
      failed: (error, segment) => this.broke(error, segment),
    };
    this.fill();
  }

  /** @param {number} frame @returns {number} the segment that it is in */
  segmentOf(frame) {
    const { segments } = this.facts;
    let low = 0;
    for (let high = segments.length - 1; low < high;) {
      const middle = Math.ceil((low + high) / 2);
      if (segments[middle].firstFrame <= frame) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * Want another frame on show.
   * @param {number} frame
   */
  seek(frame) {
    const { numFrames } = this.facts;
    this.position = Math.min(Math.max(Math.round(frame), 0), numFrames - 1);
    this.stopClock();
    this.fill();
    this.showIfThere();
    this.view.changed();
  }

  /** @param {number} count of frames, to either side */
  step(count) {
    this.pause();
    this.seek(this.position + count);
  }

  play() {
    if (this.isPlaying) return;
    if (this.position >= this.facts.numFrames - 1) this.seek(0);
    this.isPlaying = true;
    this.stopClock();
    this.speaker?.wake();
    this.view.changed();
    const turn = (/** @type {number} */ time) => {
      if (!this.isPlaying) return;
      this.advance(time);
      requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
    // A page that is not seen gets no animation frames, and is heard.
    const timer = setInterval(() => {
      if (!this.isPlaying) clearInterval(timer);
      else if (document.hidden && this.clock.isHeard) this.advance(performance.now());
    }, HIDDEN_MS);
  }

  pause() {
    this.isPlaying = false;
    this.stopClock();
    this.speaker?.rest();
    this.view.changed();
  }

  /** @param {Promise<Speaker>} opening of this stream's sound */
  takeSound(opening) {
    this.opening = opening.then((speaker) => {
      if (this.isClosed) speaker.close();
      else this.takeSpeaker(speaker);
      return speaker;
    });
  }

  /** @param {Speaker} speaker */
  takeSpeaker(speaker) {
    this.clock.speaker = speaker;
    speaker.changed = () => {
      if (this.isPlaying) this.stopClock();
      this.view.changed();
    };
    if (this.isPlaying) speaker.wake();
    speaker.changed();
  }

  /** @returns {Speaker | null} null where there is no sound, or not yet */
  get speaker() {
    return this.clock.speaker;
  }

  /** @param {number | null} [heardUpTo] where sound goes on, in seconds; without it, at the frame on show */
  stopClock(heardUpTo = null) {
    this.isWaiting = false;
    this.clock.stop(heardUpTo);
  }

  /**
   * What is heard from a frame on, as samples.
   * @param {number} frame
   * @param {number} length in seconds, at most a minute
   * @returns {Promise<{sampleRate: number, channels: Float32Array[]}>}
   */
  async sound(frame, length) {
    const { pts } = await this.frame(frame), speaker = await this.opening;
    if (speaker === null) throw new Error("expected a stream with sound. Received: none");
    return speaker.samples(pts * this.facts.timeBase, length, this.segmentOf(frame));
  }

  /**
   * A frame, as soon as it is decoded. It is shown, too.
   * @param {number} frame
   * @returns {Promise<Frame>}
   */
  frame(frame) {
    if (!(frame >= 0 && frame < this.facts.numFrames)) {
      return Promise.reject(new RangeError(`expected a frame from 0 to ${this.facts.numFrames - 1}. Received: ${frame}`));
    }
    this.pause();
    this.seek(frame);
    const own = this.frames.get(frame), error = this.broken.get(this.segmentOf(frame));
    if (own) return Promise.resolve(own);
    if (error) return Promise.reject(error);
    return new Promise((resolve, reject) => {
      this.waiting.set(frame, [...(this.waiting.get(frame) ?? []), { resolve, reject }]);
    });
  }

  /**
   * Show what is due.
   * @param {number} time in milliseconds
   */
  advance(time) {
    const own = this.frames.get(this.position);
    if (!own) {
      if (!this.clock.isStopped) this.stopClock(); // time stands still until the frame is there
      return;
    }
    const { timeBase } = this.facts;
    if (this.clock.isStopped) {
      if (this.shown !== own) this.show(own);
      const hasBegun = this.clock.begin(own.pts * timeBase, this.segmentOf(own.index), time, () => this.isBuffered());
      if (!hasBegun) return;
    }
    const due = this.clock.seconds(time) / timeBase;
    let next = this.frames.get(this.position + 1);
    let last = own;
    while (next && next.pts <= due) {
      last = next;
      next = this.frames.get(last.index + 1);
    }
    if (last !== own) {
      this.position = last.index;
      this.show(last);
      this.fill();
    }
    if (this.position === this.facts.numFrames - 1) this.endIfOver(last, due);
    else if (!this.frames.has(this.position + 1) && this.isDue(last, due)) this.stalled(due);
  }

  /** Whether so many pictures are there that sound does not stop again at once. */
  isBuffered() {
    const { numFrames, frameRate } = this.facts;
    const wanted = Math.min(Math.ceil(BUFFERED_SECONDS * (frameRate ?? DEFAULT_RATE)), this.share - 1);
    const stop = Math.min(this.position + wanted, numFrames - 1);
    for (let index = this.position + 1; index <= stop; index++) {
      if (!this.frames.has(index)) return this.broken.has(this.segmentOf(index));
    }
    return true;
  }

  /** @param {Frame} own @param {number} due */
  isDue(own, due) {
    const duration = own.duration || 1 / (this.facts.frameRate ?? DEFAULT_RATE) / this.facts.timeBase;
    return own.pts + duration <= due;
  }

  /**
   * The last frame is on show: playing ends, with sound when that frame and the sound are over.
   * @param {Frame} own
   * @param {number} due
   */
  endIfOver(own, due) {
    if (this.clock.isHeard && (!this.isDue(own, due) || this.clock.isHeardAfter(due * this.facts.timeBase))) return;
    this.pause();
  }

  /**
   * The next frame is due, and not there.
   * @param {number} due
   */
  stalled(due) {
    if (this.broken.has(this.segmentOf(this.position + 1))) this.pause();
    else if (this.clock.isHeard) this.stopClock(due * this.facts.timeBase);
    else this.isWaiting = true;
  }

  /** @param {Frame} frame */
  arrived(frame) {
    this.frames.set(frame.index, frame);
    for (const { resolve } of this.waiting.get(frame.index) ?? []) resolve(frame);
    this.waiting.delete(frame.index);
    if (this.isWaiting && frame.index === this.position + 1) {
      // Go on from here, not from where time would be.
      this.isWaiting = false;
      this.clock.goOn(frame.pts * this.facts.timeBase, performance.now());
    }
    this.showIfThere();
    this.forget();
    this.fill();
  }

  /** @param {number} segment */
  ended(segment) {
    this.verified.add(segment);
    this.fill();
    this.view.changed();
  }

  /**
   * @param {Error} error
   * @param {number} segment
   */
  broke(error, segment) {
    this.broken.set(segment, error);
    for (const [number, own] of this.waiting) {
      if (this.segmentOf(number) !== segment) continue;
      this.waiting.delete(number);
      for (const { reject } of own) reject(error);
    }
    this.fill();
    this.view.failed(error);
    this.view.changed();
  }

  showIfThere() {
    const frame = this.frames.get(this.position);
    if (frame && this.shown !== frame && !this.isPlaying) this.show(frame);
  }

  /** @param {Frame} frame */
  show(frame) {
    this.shown = frame;
    this.view.show(frame);
  }

  /** Drop frames that are behind, or not near. */
  forget() {
    for (const index of this.frames.keys()) {
      if (index < this.position - KEPT_BEHIND || index > this.position + 2 * this.quota) this.frames.delete(index);
    }
  }

  /** Keep the workers at what is wanted: the segment of the position from there on, then those behind it. */
  fill() {
    const { segments } = this.facts;
    if (!segments.length) return;
    this.forget();
    const here = this.segmentOf(this.position);
    const wanted = [];
    for (let k = here; k < segments.length && wanted.length < this.pool.workers.length; k++) {
      const { firstFrame, numFrames } = segments[k];
      let from = Math.max(firstFrame, this.position);
      while (from < firstFrame + numFrames && this.frames.has(from)) from += 1;
      if (from < firstFrame + numFrames && !this.broken.has(k)) wanted.push({ segment: k, from });
      if (from - this.position > this.quota) break;
    }
    this.keepJobs(wanted);
    for (const { segment, from } of wanted) {
      const most = segment === here ? Math.max(this.position + this.share, from) : from + this.share;
      const job = this.pool.jobOf(segment, from);
      if (job) {
        const more = most - (job.from + job.granted);
        if (more > 0 && segment === here) this.pool.grant(job, more);
      } else {
        this.pool.start(segment, from, Math.max(most - from, 1), wanted.length === 1);
      }
    }
  }

  /**
   * Cancel jobs whose pictures nobody waits for.
   * @param {{segment: number, from: number}[]} wanted
   */
  keepJobs(wanted) {
    for (const job of [...this.pool.jobs.values()]) {
      const own = wanted.find(({ segment }) => segment === job.segment);
      const next = job.from + job.received, { firstFrame, numFrames } = this.facts.segments[job.segment];
      // One that has sent all of its segment still compares checksums. One that is behind what is wanted gets there; one
      // that is further has to begin again.
      const isThrough = next >= firstFrame + numFrames;
      if (!isThrough && (own ? own.from < next : !this.isSoon(job.segment))) this.pool.cancel(job);
    }
  }

  /** @param {number} segment @returns {boolean} whether it is among those that come next */
  isSoon(segment) {
    const here = this.segmentOf(this.position);
    return segment >= here && segment < here + this.pool.workers.length;
  }

  close() {
    this.isClosed = true;
    this.isPlaying = false;
    this.speaker?.close();
    this.pool.close();
  }
}
