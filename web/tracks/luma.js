/** How the gray of a segment comes: codec/decoder/tracks/luma.py. */
import { StreamError } from "../container/errors.js";
import { AdaptiveLuma, adaptiveLevel } from "../lossless/adaptive.js";
import { PredictedLuma } from "../lossless/coder.js";
import { decodePlanes, decodeWholePictures } from "../plane_codecs/registry.js";

/** @typedef {import("../video/picture.js").Picture} Picture */
/** @typedef {import("./receiver.js").Receiver} Receiver */

/**
 * The gray of a segment, a picture at a time; with its chroma where both came in one picture.
 * @param {Receiver} receiver
 * @param {any} segment
 * @param {import("../lossless/fields.js").Fields | null} fields
 * @returns {AsyncGenerator<Picture>}
 */
export async function* lumaPictures(receiver, segment, fields) {
  const { luma, prediction } = receiver.description;
  if (luma.codec === "network" && prediction && fields) {
    yield* predicted(receiver, segment, fields);
    return;
  }
  const run = { extradata: segment.lumaExtradata, packets: segment.lumaPackets, numFrames: segment.numFrames };
  if (luma.wholeFormat !== null && receiver.wantsColor) {
    yield* decodeWholePictures(luma, run, segment.numFrames);
    return;
  }
  const single = { ...luma, wholeFormat: null };
  const planes = luma.wholeFormat === null ? decodePlanes(single, run, segment.numFrames)
    : lumasOf(decodeWholePictures(luma, run, segment.numFrames));
  for await (const plane of planes) yield { luma: plane, chroma: null, alpha: null };
}

/** @param {AsyncGenerator<Picture>} pictures */
async function* lumasOf(pictures) {
  for await (const picture of pictures) yield picture.luma;
}

/**
 * @param {Receiver} receiver
 * @param {any} segment
 * @param {import("../lossless/fields.js").Fields} fields
 */
function* predicted(receiver, segment, fields) {
  if (segment.lumaPackets.length !== 1) {
    throw new StreamError(
      `expected one packet of gray samples. Received: ${segment.lumaPackets.length}`, { segment: segment.index });
  }
  const { machine, networks, description } = receiver;
  const { width, height } = description, data = segment.lumaPackets[0];
  const prediction = /** @type {import("../video/description.js").Prediction} */ (description.prediction);
  const { lumaPredictor, lumaMaxError, scale } = prediction;
  const session = networks.luma === null
    ? new AdaptiveLuma(machine, data, [height, width], scale, adaptiveLevel(lumaPredictor, lumaMaxError))
    : new PredictedLuma(machine, data, [height, width], scale, networks.luma, lumaMaxError);
  for (let index = 0; index < segment.numFrames; index++) {
    yield { luma: session.decode(fields.before(index)), chroma: null, alpha: null };
  }
  session.finish();
}
