/**
 * Plays a stream: which frames are wanted, which are there, and which is shown when.
 *
 * Pictures come from the workers of a pool, each of which decodes one segment: that of the frame on show, and those
 * behind it. They wait in memory until they are shown; how many may is bounded by their bytes.
 */

/** @typedef {import("../workers/pool.js").Pool} Pool */
/** @typedef {import("../workers/pool.js").Frame} Frame */
/** @typedef {import("../workers/pool.js").Job} Job */

const MOST_BYTES = 192 * 2 ** 20;
const LEAST_FRAMES = 4, MOST_FRAMES = 600;
const KEPT_BEHIND = 8; // frames, for steps back
const DEFAULT_RATE = 25;

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
    /** @type {Map<number, Frame>} */
    this.frames = new Map();
    /** The frame that is wanted, and the one on show. */
    this.position = 0;
    /** @type {Frame | null} */
    this.shown = null;
    this.isPlaying = false;
    /** Segments that were decoded to their end, and agree with the sender's checksums. */
    this.verified = new Set();
    /** @type {Map<number, Error>} */
    this.broken = new Map();
    this.start = { pts: 0, time: 0 };
    /** @type {Map<number, {resolve: (frame: Frame) => void, reject: (error: Error) => void}[]>} */
    this.waiting = new Map();
    /** The clock of playing must begin anew, at the frame of the position. */
    this.isLate = true;
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
    this.isLate = true;
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
    this.isLate = true;
    this.view.changed();
    const turn = (/** @type {number} */ time) => {
      if (!this.isPlaying) return;
      this.advance(time);
      requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
  }

  pause() {
    this.isPlaying = false;
    this.view.changed();
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
      this.isLate = true; // time stands still until the frame is there: none is left out
      return;
    }
    if (this.isLate) {
      this.start = { pts: own.pts, time };
      this.isLate = false;
      if (this.shown !== own) this.show(own);
    }
    const due = this.start.pts + (time - this.start.time) / 1000 / this.facts.timeBase;
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
    if (this.position === this.facts.numFrames - 1) this.pause();
    else if (!this.frames.has(this.position + 1) && this.isDue(own, due)) this.stalled();
  }

  /** @param {Frame} own @param {number} due */
  isDue(own, due) {
    const duration = own.duration || 1 / (this.facts.frameRate ?? DEFAULT_RATE) / this.facts.timeBase;
    return own.pts + duration <= due;
  }

  /** The next frame is due, and not there. */
  stalled() {
    if (this.broken.has(this.segmentOf(this.position + 1))) this.pause();
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
      this.start = { pts: frame.pts, time: performance.now() };
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
    const share = Math.max(LEAST_FRAMES / 2, Math.floor(this.quota / this.pool.workers.length));
    for (let k = here; k < segments.length && wanted.length < this.pool.workers.length; k++) {
      const { firstFrame, numFrames } = segments[k];
      let from = Math.max(firstFrame, this.position);
      while (from < firstFrame + numFrames && this.frames.has(from)) from += 1;
      if (from < firstFrame + numFrames && !this.broken.has(k)) wanted.push({ segment: k, from });
      if (from - this.position > this.quota) break;
    }
    this.keepJobs(wanted);
    for (const { segment, from } of wanted) {
      const most = segment === here ? Math.max(this.position + share, from) : from + share;
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
    this.isPlaying = false;
    this.pool.close();
  }
}
