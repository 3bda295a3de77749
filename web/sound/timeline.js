/** Where decoded samples belong, counted from time 0 of the video. */

/** Times of packets are rounded, in some containers to 1 ms. What is further off is a gap, or comes twice. */
const TOLERANCE_SECONDS = 0.02;

export class Timeline {
  /** @param {number} rate samples a second */
  constructor(rate) {
    this.rate = rate;
    /** @type {number | null} the place behind the last sample; null before the first */
    this.next = null;
  }

  /**
   * The place of samples. They follow those before, unless their packet is clearly of another time.
   * @param {number | null} seconds the time of their packet; null if that is not known
   * @param {number} count
   * @returns {{start: number, skipped: number}} the first one's place, and how many before it have had their time
   */
  place(seconds, count) {
    const stated = seconds === null ? null : Math.round(seconds * this.rate);
    if (this.next === null) this.next = stated ?? 0;
    const isOff = stated !== null && Math.abs(stated - this.next) > TOLERANCE_SECONDS * this.rate;
    const start = isOff ? stated : this.next, skipped = Math.min(count, Math.max(0, this.next - start));
    this.next = Math.max(this.next, start + count);
    return { start: start + skipped, skipped };
  }
}
