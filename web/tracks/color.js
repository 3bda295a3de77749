/** How the color of a segment comes, or how it is made from the gray: codec/decoder/tracks/color.py. */
import { AdaptiveChroma, adaptiveLevel } from "../lossless/adaptive.js";
import { PredictedChroma } from "../lossless/coder.js";
import { decodePlanes } from "../plane_codecs/registry.js";
import { neutral } from "../video/picture.js";
import { decodeHints } from "./hints.js";
import { SegmentColor } from "./segment_color.js";
import { FarDifferences, unstack } from "./stacked.js";

/** @typedef {import("../video/picture.js").Picture} Picture */
/** @typedef {import("./receiver.js").Receiver} Receiver */

/**
 * The pictures of a segment from its gray ones.
 * @param {Receiver} receiver
 * @param {any} segment
 * @param {AsyncGenerator<Picture>} grays
 * @param {import("../lossless/fields.js").Fields | null} fields
 * @returns {AsyncGenerator<Picture>}
 */
export function colorPictures(receiver, segment, grays, fields) {
  const { description, wantsColor } = receiver;
  if (!wantsColor) return withoutColor(receiver, grays);
  if (description.color !== "lossless") return colored(receiver, segment, grays);
  if (description.luma.wholeFormat !== null) return grays;
  if (description.stacked !== null) return stackedChroma(receiver, segment, grays, description.stacked);
  return predictedChroma(receiver, segment, grays, /** @type {any} */ (fields));
}

/**
 * @param {Receiver} receiver
 * @param {AsyncGenerator<Picture>} grays
 */
async function* withoutColor({ description }, grays) {
  const { codedFormat, width, height } = description;
  for await (const { luma } of grays) yield neutral(luma, codedFormat, width, height);
}

/**
 * @param {Receiver} receiver
 * @param {any} segment
 * @param {AsyncGenerator<Picture>} grays
 * @param {import("../video/description.js").PlaneParameters} parameters
 */
async function* stackedChroma({ description }, segment, grays, parameters) {
  const packets = segment.hintPackets;
  const run = { extradata: segment.hintExtradata, packets, numFrames: packets.length };
  const stacks = decodePlanes(parameters, run, segment.numFrames);
  try {
    /** @type {FarDifferences | null} */
    let far = null;
    let index = 0;
    for await (const { luma } of grays) {
      const { value: stack, done } = await stacks.next();
      if (done) throw unequal("chroma");
      far ??= new FarDifferences(segment.farDifferences, segment.numFrames, stack.length);
      yield { luma, chroma: unstack(stack, index, far, description.codedFormat), alpha: null };
      index += 1;
    }
    if (!(await stacks.next()).done) throw unequal("chroma");
  } finally {
    await stacks.return(undefined);
  }
}

/**
 * @param {Receiver} receiver
 * @param {any} segment
 * @param {AsyncGenerator<Picture>} grays
 * @param {import("../lossless/fields.js").Fields} fields
 */
async function* predictedChroma({ machine, description, networks }, segment, grays, fields) {
  const { codedFormat: format, width, height } = description;
  const prediction = /** @type {import("../video/description.js").Prediction} */ (description.prediction);
  const { chromaPredictor, maxError, chromaScale } = prediction, size = /** @type {[number, number]} */ ([height, width]);
  const data = segment.chromaSamples;
  const session = networks.chroma === null
    ? new AdaptiveChroma(machine, data, format, size, chromaScale, adaptiveLevel(chromaPredictor, maxError))
    : new PredictedChroma(machine, data, format, size, chromaScale, networks.chroma, maxError);
  let index = 0;
  for await (const { luma } of grays) {
    yield session.decode(luma, fields.before(index));
    index += 1;
  }
  session.finish();
}

/**
 * @param {Receiver} receiver
 * @param {any} segment
 * @param {AsyncGenerator<Picture>} grays
 */
async function* colored(receiver, segment, grays) {
  const { machine, description } = receiver;
  const color = new SegmentColor(machine, description, receiver.layersFor(segment));
  const hints = description.hints === null ? null : decodeHints(segment, description.hints);
  try {
    for await (const { luma } of grays) {
      const hint = hints === null ? null : await hints.next();
      if (hint?.done) throw unequal("hints");
      yield color.picture(luma, hint?.value ?? null);
    }
    if (hints !== null && !(await hints.next()).done) throw unequal("hints");
  } finally {
    await hints?.return(undefined);
  }
}

/** @param {string} part */
function unequal(part) {
  return new Error(`expected as many pictures of ${part} as of gray`);
}
