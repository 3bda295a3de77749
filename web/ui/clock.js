/** The time of a video while it plays: by the sound that is heard, or by the browser's clock where there is none. */

/** @typedef {import("./speaker.js").Speaker} Speaker */

export class Clock {
  constructor() {
    /** @type {Speaker | null} */
    this.speaker = null;
    /** Time stands still, and must begin anew. */
    this.isStopped = true;
    /** Sound is the clock. */
    this.isHeard = false;
    /** @type {number | null} the moment, in seconds, at which sound goes on; null for that of the frame on show */
    this.heardUpTo = null;
    /** A moment of the video in seconds, and when it is or was shown in milliseconds. */
    this.origin = { seconds: 0, time: 0 };
  }

  /**
   * Time stands still, until it begins anew.
   * @param {number | null} heardUpTo where sound goes on, in seconds; null for the time of the frame on show
   */
  stop(heardUpTo = null) {
    this.isStopped = true;
    this.isHeard = false;
    this.heardUpTo = heardUpTo;
    this.speaker?.hold();
  }

  /**
   * Begin time anew, by the sound if it is to be heard.
   * @param {number} seconds the time of the frame on show
   * @param {number} segment of this frame
   * @param {number} time in milliseconds
   * @param {() => boolean} isBuffered whether so many pictures are there that sound does not stop again at once
   * @returns {boolean} whether it has begun
   */
  begin(seconds, segment, time, isBuffered) {
    const { speaker } = this;
    if (speaker?.isUsed) {
      if (!speaker.prepare(this.heardUpTo ?? seconds, segment) || !isBuffered()) return false;
      speaker.begin();
      this.isHeard = true;
    }
    this.goOn(seconds, time);
    this.isStopped = false;
    return true;
  }

  /**
   * Count from here, where sound is not the clock.
   * @param {number} seconds
   * @param {number} time in milliseconds at which this moment is shown
   */
  goOn(seconds, time) {
    this.origin = { seconds, time };
  }

  /**
   * The moment of the video that is to be seen.
   * @param {number} time in milliseconds
   * @returns {number} in seconds
   */
  seconds(time) {
    if (this.isHeard && this.speaker) return this.speaker.seconds();
    return this.origin.seconds + (time - this.origin.time) / 1000;
  }

  /** @param {number} seconds @returns {boolean} whether something is heard after this moment, as far as is known */
  isHeardAfter(seconds) {
    return this.isHeard && this.speaker !== null && this.speaker.goesOnAfter(seconds);
  }
}
