/** `zstd`: planes of differences to the row above or the frame before: codec/plane_codecs/zstd_planes.py. */
import { StreamError } from "../container/errors.js";
import { decompress } from "../container/compression.js";
import { sampleType } from "../video/pixel_formats.js";
import { checkPeak } from "./peak.js";

/** @typedef {import("../video/picture.js").Plane} Plane */

const NONE = 0, UP = 1, PREVIOUS = 2;

/**
 * @param {import("../video/description.js").PlaneParameters} parameters
 * @param {import("./registry.js").CodedRun} run
 * @returns {Generator<Plane>}
 */
export function* decodeZstd({ width, height, depth }, run) {
  const count = width * height, expected = count * (depth === 8 ? 1 : 2);
  /** @type {Plane} */
  let previous = new (sampleType(depth))(count);
  for (const packet of run.packets) {
    const filter = packet[0];
    if (filter !== NONE && filter !== UP && filter !== PREVIOUS) {
      throw new StreamError(`expected filter 0, 1 or 2 in a zstd gray packet. Received: ${filter}`);
    }
    const content = decompress(packet.subarray(1), expected);
    if (content.length !== expected) {
      throw new StreamError(`expected ${expected} bytes in a zstd gray packet. Received: ${content.length}`);
    }
    const plane = joined(content, count, depth);
    if (filter === UP) for (let k = width; k < count; k++) plane[k] += plane[k - width];
    if (filter === PREVIOUS) for (let k = 0; k < count; k++) plane[k] += previous[k];
    checkPeak(plane, depth);
    previous = plane.slice();
    yield plane;
  }
}

/**
 * The samples of their bytes: of two-byte samples, first all lower ones.
 * @param {Uint8Array} content
 * @param {number} count
 * @param {number} depth
 * @returns {Plane}
 */
function joined(content, count, depth) {
  if (depth === 8) return content;
  const plane = new Uint16Array(count);
  for (let k = 0; k < count; k++) plane[k] = content[k] | (content[count + k] << 8);
  return plane;
}
