/** Codecs that browsers do not decode. */

const NOT_IN_BROWSERS = /** @type {Record<string, string>} */ ({ ffv1: "FFV1", hevc: "HEVC" });

/**
 * Why no browser decodes a stream's planes; null if one may.
 * @param {string} codec
 * @param {string} part such as `gray`
 */
export function whyNotPlayable(codec, part) {
  const name = NOT_IN_BROWSERS[codec];
  return name ? `the ${part} of this stream is ${name}, which browsers do not decode. gvc-decode takes it, and `
    + "gvc-encode --playable makes streams that play here" : null;
}
