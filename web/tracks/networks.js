/** The networks of a stream, loaded before its first segment: codec/decoder/networks.py. */
import { StreamError, UnsupportedError } from "../container/errors.js";
import { checkSizes, grayChannels } from "../lossless/coder.js";
import { adaptiveLevel } from "../lossless/adaptive.js";
import { loadPredictor } from "../lossless/predictor.js";
import { loadCompact } from "../networks/compact.js";
import { isAdaptive } from "../video/description.js";

/** @typedef {import("../video/description.js").Description} Description */

/** Networks of floats, which need Keras. */
export const FLOAT_NETWORKS = [
  "singh2020", "chaudhri_fang_alexnet", "chaudhri_fang_vgg16", "colornn", "colornn_consistent",
];

/**
 * What the tracks of a stream need.
 * @typedef {object} StreamNetworks
 * @property {import("../native/convolution.js").Convolution[] | null} color the layers of `compact`
 * @property {import("../lossless/predictor.js").Predictor | null} luma null of adaptive planes
 * @property {import("../lossless/predictor.js").Predictor | null} chroma
 */

/**
 * @param {import("../native/machine.js").Machine} machine
 * @param {Description} description
 * @param {any[]} records of the stream's networks
 * @param {import("../networks/shipped.js").Shipped} shipped
 * @param {boolean} wantsColor
 * @returns {Promise<StreamNetworks>}
 */
export async function loadNetworks(machine, description, records, shipped, wantsColor) {
  const { prediction, color, codedFormat: format } = description;
  /** @type {Map<number, any[]>} */
  const sent = new Map();
  for (const record of records) {
    if (record.architecture !== "predictor") continue;
    const names = Object.keys(record.parameters);
    if (names.join() !== "predictor") {
      throw new UnsupportedError(`expected a network predictor and its number. Received: ${names.join(", ")}`);
    }
    sent.set(record.parameters.predictor, record.tensors);
  }
  const predictor = async (/** @type {number} */ number) => (isAdaptive(number) ? null
    : loadPredictor(machine, number, shipped, sent.get(number) ?? null));
  for (const number of sent.keys()) await predictor(number); // a wrong one is refused, whether it is used or not
  const luma = prediction?.lumaPredictor ? await predictor(prediction.lumaPredictor) : null;
  if (luma) checkSizes(luma, 1, 0);
  if (prediction && isAdaptive(prediction.lumaPredictor)) {
    adaptiveLevel(prediction.lumaPredictor, prediction.lumaMaxError);
  }
  let chroma = null, layers = null;
  if (wantsColor && prediction?.chromaPredictor) {
    chroma = await predictor(prediction.chromaPredictor);
    if (chroma) checkSizes(chroma, 2, grayChannels(format));
    else adaptiveLevel(prediction.chromaPredictor, prediction.maxError);
  }
  if (wantsColor && (color === "guided" || color === "model")) {
    const own = records.find((record) => record.architecture !== "predictor");
    if (!own) throw new StreamError("the stream has no network, which its color needs");
    if (own.architecture !== "compact") throw new UnsupportedError(refusal(own.architecture));
    layers = await loadCompact(machine, own, format, shipped);
  }
  return { color: layers, luma, chroma };
}

/**
 * The network that came between the segments of a live stream.
 * @param {import("../native/machine.js").Machine} machine
 * @param {Description} description
 * @param {any} record
 * @param {import("../networks/shipped.js").Shipped} shipped
 */
export async function loadUpdate(machine, { format }, record, shipped) {
  if (record.architecture !== "compact") throw new UnsupportedError(refusal(record.architecture));
  return loadCompact(machine, record, format, shipped);
}

/** @param {string} architecture */
function refusal(architecture) {
  if (FLOAT_NETWORKS.includes(architecture)) {
    return `the network ${architecture} computes with floating point and is not in this page: gvc-decode has it`;
  }
  return `expected one of the networks compact, ${FLOAT_NETWORKS.join(", ")}. Received: ${architecture}`;
}
