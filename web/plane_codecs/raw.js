/** `raw`: planes without compression. */
import { StreamError } from "../container/errors.js";
import { checkPeak } from "./peak.js";

/**
 * @param {import("../video/description.js").PlaneParameters} parameters
 * @param {import("./registry.js").CodedRun} run
 * @returns {Generator<import("../video/picture.js").Plane>}
 */
export function* decodeRaw({ width, height, depth }, run) {
  const expected = width * height * (depth === 8 ? 1 : 2);
  for (const packet of run.packets) {
    if (packet.length !== expected) {
      throw new StreamError(`expected ${expected} bytes for a raw gray plane. Received: ${packet.length}`);
    }
    const bytes = packet.slice();
    const plane = depth === 8 ? bytes : new Uint16Array(bytes.buffer); // every browser is little-endian
    checkPeak(plane, depth);
    yield plane;
  }
}
