/** What the parts of a stream must agree on: a header with itself, and a segment with its header. */
import { COLORS_WITH_HINTS, LUMA_NETWORK } from "../generated/tables.js";
import { DamagedError } from "./errors.js";
import { checkSegmentPixels, hasChromaSamples } from "./limits.js";

/** @param {any} header @throws {DamagedError} its parts do not agree */
export function checkParts(header) {
  const { planes } = header;
  const isLossless = header.color === "lossless";
  const hasLuma = planes !== null && planes.lumaPredictor > 0, hasChroma = hasChromaSamples(header);
  const isPredicted = header.lumaCodec === LUMA_NETWORK;
  const received = `gray ${header.lumaCodec}, color ${header.color}`;
  if ((planes !== null) !== (hasLuma || hasChroma) || hasLuma !== isPredicted || (hasChroma && !isLossless)) {
    throw new DamagedError(
      `expected networks for the samples of gray and chroma exactly if they are coded so. Received: ${received}`,
    );
  }
  if (header.lumaHasChroma && (hasLuma || hasChroma || !(isLossless && header.lumaIsLossless))) {
    throw new DamagedError(
      "expected chroma in the gray's packets only where a video codec carries lossless gray and color. "
      + `Received: ${received}`,
    );
  }
  const needsHints = COLORS_WITH_HINTS.includes(header.color)
    || (isLossless && !hasChroma && !header.lumaHasChroma);
  if ((header.hints !== null) !== needsHints) {
    throw new DamagedError(`expected hints in a header exactly if its color needs them. Received: ${header.color}`);
  }
}

/**
 * Check that a segment has what its header says, and is not too large.
 * @param {any} header
 * @param {any} segment
 */
export function checkSegment(header, segment) {
  const name = `segment ${segment.index}`;
  const steps = segment.ptsSteps.reduce(
    (/** @type {number} */ sum, /** @type {any} */ run) => sum + Number(run[1]), 0);
  if (steps !== segment.numFrames - 1) {
    throw new DamagedError(`${name} has ${segment.numFrames} frames but ${steps + 1} times`);
  }
  if ((segment.hintPackets.length > 0) !== (header.hints !== null)) {
    throw new DamagedError(`${name} has hints where none may be, or none where they must be`);
  }
  if ((segment.chromaSamples.length > 0) !== hasChromaSamples(header)) {
    throw new DamagedError(`${name} has chroma samples where none may be, or none`);
  }
  if (segment.farDifferences.length && (header.color !== "lossless" || !segment.hintPackets.length)) {
    throw new DamagedError(`${name} has far differences where none may be`);
  }
  if (segment.motion.length && header.planes === null) {
    throw new DamagedError(`${name} has motion where none may be`);
  }
  if (segment.colorCrc32 !== null && header.color === "none") {
    throw new DamagedError(`${name} has a checksum of color where there is none`);
  }
  if (segment.colorCheckpoints.length && segment.colorCrc32 === null) {
    throw new DamagedError(`${name} has checkpoints of a checksum that it has not`);
  }
  if (segment.shotStarts.some((/** @type {number} */ start) => start >= segment.numFrames)) {
    throw new DamagedError(`${name} has ${segment.numFrames} frames, and shots that begin later`);
  }
  checkSegmentPixels(header, segment);
}

/** @param {any} header @param {any} record of packets @throws {DamagedError} one is of no stream */
export function checkCopy(header, record) {
  if (record.packets.some((/** @type {any} */ packet) => packet.stream >= header.copyStreams.length)) {
    throw new DamagedError("a packet belongs to a stream that the header does not list");
  }
}
