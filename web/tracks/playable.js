/** What of a stream a browser can play, said in one plain line before anything is decoded. */
import { whyNotPlayable } from "../plane_codecs/support.js";
import { FLOAT_NETWORKS } from "./networks.js";

/** @typedef {import("../video/description.js").Description} Description */

/**
 * Why the gray cannot be played, so that nothing can; null if it can.
 * @param {Description} description
 * @returns {string | null}
 */
export function whyNothing({ luma, stacked, recoding }) {
  const ofChroma = recoding?.needsChroma && stacked ? whyNotPlayable(stacked.codec, "color") : null;
  return whyNotPlayable(luma.codec, "gray") ?? ofChroma;
}

/**
 * Why the color cannot be played; null if it can, or if there is none.
 * @param {Description} description
 * @param {any[]} networks of the stream
 * @returns {string | null}
 */
export function whyNoColor({ hints, stacked, alpha }, networks) {
  const pictures = hints?.pictures ?? stacked;
  const reason = (pictures && whyNotPlayable(pictures.codec, "color"))
    ?? (alpha && whyNotPlayable(alpha.codec, "alpha"));
  if (reason) return `${reason}. The gray is shown`;
  const own = networks.find((record) => FLOAT_NETWORKS.includes(record.architecture));
  return own ? `the color of this stream is made by the network ${own.architecture}, which computes with floating point `
    + "and is not in this page. gvc-decode makes the color. The gray is shown" : null;
}
