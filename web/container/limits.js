/** What a stream may cost: the limits of container_format/limits.py, checked before a picture is made. */
import {
  COLORS_WITH_NETWORK, LUMA_NETWORK, MAX_PADDING, MAX_PIXELS, MAX_SEGMENT_PIXELS, NETWORK_COST,
} from "../generated/tables.js";
import { LimitError } from "./errors.js";

/** @param {any} header @returns {boolean} whether the chroma is coded sample by sample */
export function hasChromaSamples(header) {
  return header.planes !== null && header.planes.chromaPredictor > 0;
}

/** @param {any} header @returns {boolean} whether networks may come between the segments */
export function mayHaveUpdates(header) {
  return header.isLive && header.color === "coded";
}

/** @param {any} header @returns {number} the most networks that the stream may have */
export function maxNetworks(header) {
  const planes = header.planes;
  const predictors = planes ? [planes.lumaPredictor, planes.chromaPredictor] : [];
  return Number(COLORS_WITH_NETWORK.includes(header.color)) + predictors.filter((number) => number > 0).length;
}

/**
 * Check the sizes that a header states.
 * @param {any} header
 * @throws {LimitError} a picture is too large, or much larger than what is to be seen of it
 */
export function checkHeaderSizes(header) {
  const { width, height } = header;
  const hasNetwork = header.lumaCodec === LUMA_NETWORK || COLORS_WITH_NETWORK.includes(header.color)
    || hasChromaSamples(header) || mayHaveUpdates(header);
  if (width * height * (hasNetwork ? NETWORK_COST : 1) > MAX_PIXELS) {
    const through = hasNetwork ? `, counted ${NETWORK_COST} times where a network is used` : "";
    throw new LimitError(
      `expected pictures of at most ${MAX_PIXELS} pixels${through}. Received: ${width}x${height}; gvc-decode takes them`,
    );
  }
  if (header.codedWidth > width + MAX_PADDING || header.codedHeight > height + MAX_PADDING) {
    throw new LimitError(
      `expected coded sides up to ${MAX_PADDING} longer than ${width}x${height}. `
      + `Received: ${header.codedWidth}x${header.codedHeight}`,
    );
  }
  if (header.hints !== null) {
    const { codedWidth, codedHeight } = header.hints;
    if (codedWidth > width + MAX_PADDING || codedHeight > 2 * height + MAX_PADDING) {
      throw new LimitError(
        `expected coded chroma up to ${width + MAX_PADDING}x${2 * height + MAX_PADDING}. `
        + `Received: ${codedWidth}x${codedHeight}`,
      );
    }
  }
}

/**
 * Check the pictures of a segment.
 * @param {any} header
 * @param {any} segment
 */
export function checkSegmentPixels(header, segment) {
  const pixels = header.width * header.height * segment.numFrames;
  if (segment.numFrames > 1 && pixels > MAX_SEGMENT_PIXELS) {
    throw new LimitError(
      `expected one picture or at most ${grouped(MAX_SEGMENT_PIXELS)} pixels in segment ${segment.index}. `
      + `Received: ${grouped(pixels)} in ${segment.numFrames} pictures`,
    );
  }
}

/** @param {number} count */
function grouped(count) {
  return count.toLocaleString("en-US");
}
