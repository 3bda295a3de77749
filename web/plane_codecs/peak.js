/** A check of decoded samples: none may have more bits than the video says. */
import { StreamError } from "../container/errors.js";

/**
 * Check that no sample has more bits than the video.
 * @param {import("../video/picture.js").Plane} plane
 * @param {number} depth
 */
export function checkPeak(plane, depth) {
  const peak = 2 ** depth - 1;
  if (plane instanceof Uint8Array || peak === 65535) return;
  for (const sample of plane) {
    if (sample > peak) throw new StreamError(`expected samples up to ${peak} in a gray plane. Received: ${sample}`);
  }
}
