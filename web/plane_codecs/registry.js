/** The decoders of planes that a stream may name. */
import { LimitError, StreamError, UnsupportedError } from "../container/errors.js";
import { decodeRaw } from "./raw.js";
import { decodePictures } from "./web_codecs.js";
import { decodeZstd } from "./zstd.js";

/** @typedef {import("../video/description.js").PlaneParameters} PlaneParameters */
/** @typedef {import("../video/picture.js").Plane} Plane */
/** @typedef {import("../video/picture.js").Picture} Picture */

/**
 * The coded planes of a segment.
 * @typedef {{extradata: Uint8Array, packets: Uint8Array[], numFrames: number}} CodedRun
 */

const KNOWN = ["raw", "zstd", "ffv1", "h264", "hevc", "av1"];
const WHOLE_PICTURES = ["ffv1", "h264"];

/**
 * Decode the planes of a segment, each when it is asked for.
 * @param {PlaneParameters} parameters
 * @param {CodedRun} run
 * @param {number} maxFrames
 * @returns {AsyncGenerator<Plane>}
 */
export async function* decodePlanes(parameters, run, maxFrames) {
  if (!KNOWN.includes(parameters.codec)) {
    throw new UnsupportedError(`expected a gray stream in one of ${KNOWN.join(", ")}. Received: ${parameters.codec}`);
  }
  checkRun(run, maxFrames);
  yield* exactly(run.numFrames, planes(parameters, run));
}

/**
 * Decode the whole pictures of a segment.
 * @param {PlaneParameters} parameters with the format of whole pictures
 * @param {CodedRun} run
 * @param {number} maxFrames
 * @returns {AsyncGenerator<Picture>}
 */
export async function* decodeWholePictures(parameters, run, maxFrames) {
  if (!WHOLE_PICTURES.includes(parameters.codec)) {
    throw new UnsupportedError(
      `expected gray and chroma together in one of ${WHOLE_PICTURES.join(", ")}. Received: ${parameters.codec}`);
  }
  checkRun(run, maxFrames);
  yield* exactly(run.numFrames, decodePictures(parameters, run));
}

/**
 * @param {PlaneParameters} parameters
 * @param {CodedRun} run
 * @returns {AsyncGenerator<Plane>}
 */
async function* planes(parameters, run) {
  if (parameters.codec === "raw") yield* decodeRaw(parameters, run);
  else if (parameters.codec === "zstd") yield* decodeZstd(parameters, run);
  else for await (const picture of decodePictures(parameters, run)) yield picture.luma;
}

/**
 * @param {CodedRun} run
 * @param {number} maxFrames
 */
function checkRun(run, maxFrames) {
  if (run.numFrames > maxFrames) {
    throw new LimitError(`expected at most ${maxFrames} frames in a segment. Received: ${run.numFrames}`);
  }
  const numEmpty = run.packets.filter((packet) => !packet.length).length;
  if (run.packets.length !== run.numFrames || numEmpty) {
    throw new StreamError(
      `expected ${run.numFrames} gray packets, none of them empty. `
      + `Received: ${run.packets.length}, ${numEmpty} of them empty`);
  }
}

/**
 * @template T
 * @param {number} numFrames
 * @param {AsyncGenerator<T>} pictures
 */
async function* exactly(numFrames, pictures) {
  let count = 0;
  for await (const picture of pictures) {
    count += 1;
    if (count > numFrames) break;
    yield picture;
  }
  if (count !== numFrames) {
    const received = count > numFrames ? "more" : String(count);
    throw new StreamError(`expected ${numFrames} gray pictures in a segment. Received: ${received}`);
  }
}
