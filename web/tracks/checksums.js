/** Checksums of decoded pictures, compared with the sender's at checkpoints and at the end: codec/checksums.py. */
import { StreamError } from "../container/errors.js";
import { RunningCrc32 } from "../native/checksum.js";

const CHECKPOINT_FACTOR = 8;

/** The bytes of a plane, samples in little-endian order: every browser's own. */
/** @param {import("../video/picture.js").ChromaPlane} plane */
export function bytesOf(plane) {
  return new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength);
}

export class Checksum {
  /**
   * @param {import("../native/machine.js").Machine} machine whose memory holds what is added, meanwhile
   * @param {string} part `gray`, `color` or `alpha`
   * @param {any} segment
   * @param {number} expected after the last picture
   * @param {number[]} checkpoints after 1, 8, 64 and 512 pictures
   */
  constructor(machine, part, segment, expected, checkpoints) {
    this.part = part;
    this.segment = segment.index;
    this.expected = expected;
    this.checkpoints = checkpoints;
    this.crc32 = new RunningCrc32(machine);
    this.numPictures = 0;
    this.numCheckpoints = 0;
    this.next = 1;
  }

  /**
   * Add the planes of the next picture.
   * @param {import("../video/picture.js").ChromaPlane[]} planes
   */
  add(planes) {
    for (const plane of planes) this.crc32.add(bytesOf(plane));
    this.numPictures += 1;
    if (this.numPictures !== this.next) return;
    const sent = this.checkpoints[this.numCheckpoints];
    if (sent !== undefined && sent !== this.crc32.value) throw this.error();
    this.numCheckpoints += 1;
    this.next *= CHECKPOINT_FACTOR;
  }

  /** Compare with the sender's checksum after the last picture. */
  finish() {
    if (this.crc32.value !== this.expected) throw this.error();
  }

  error() {
    return new StreamError(
      `the ${this.part} of segment ${this.segment} was not decoded as the sender did: the stream is damaged, or this `
      + "browser computes wrongly", { segment: this.segment });
  }
}
