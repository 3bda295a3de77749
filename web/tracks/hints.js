/** The coarse chroma stream: one picture for each frame. codec/hints/coder.py and intervals.py. */
import { StreamError } from "../container/errors.js";
import { decodePlanes } from "../plane_codecs/registry.js";

/**
 * The frames of a segment that have hints of their own.
 * @param {number} numFrames
 * @param {number} interval
 */
export function hintedFrames(numFrames, interval) {
  const frames = [];
  for (let frame = 0; frame < numFrames; frame += interval) frames.push(frame);
  if (frames[frames.length - 1] !== numFrames - 1) frames.push(numFrames - 1);
  return frames;
}

/**
 * Decode the hints of a segment, a picture for each frame, as they are asked for.
 * @param {any} segment
 * @param {import("../video/description.js").HintParameters} parameters
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* decodeHints(segment, { interval, pictures }) {
  const packets = segment.hintPackets;
  const frames = hintedFrames(segment.numFrames, interval);
  if (packets.length !== frames.length) {
    throw new StreamError(`expected ${frames.length} pictures of hints. Received: ${packets.length}`);
  }
  const run = { extradata: segment.hintExtradata, packets, numFrames: packets.length };
  let before = null, k = 0;
  for await (const plane of decodePlanes(pictures, run, frames.length)) {
    const picture = /** @type {Uint8Array} */ (plane);
    if (before !== null) yield* between(before, picture, frames[k] - frames[k - 1]);
    yield picture;
    before = picture;
    k += 1;
  }
}

/**
 * Pictures between two of them, linearly in time; halves are rounded up.
 * @param {Uint8Array} before
 * @param {Uint8Array} after
 * @param {number} distance
 */
function* between(before, after, distance) {
  for (let step = 1; step < distance; step++) {
    yield before.map((value, k) => Math.floor(
      (2 * ((distance - step) * value + step * after[k]) + distance) / (2 * distance)));
  }
}
