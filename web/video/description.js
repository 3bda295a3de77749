/** What a header says of the video and its planes, checked: codec/stream_header.py. */
import { ADAPTIVE_PREDICTORS, COLORS, LUMA_SHARES } from "../generated/tables.js";
import { StreamError, UnsupportedError } from "../container/errors.js";
import { SampleScale } from "../lossless/parameters.js";
import { Levels } from "./levels.js";
import { chromaShape, pixelFormat } from "./pixel_formats.js";
import { YuvOrigin, ownFormatName } from "./yuv_origin.js";

/** @typedef {import("./pixel_formats.js").PixelFormat} PixelFormat */

const SCALES = [1, 2, 4, 8], INTERVALS = [1, 2, 3, 4, 6, 8];
const MAX_SIDE = 2 ** 16 - 1;

/**
 * What a decoder of planes needs.
 * @typedef {object} PlaneParameters
 * @property {string} codec
 * @property {number} width
 * @property {number} height
 * @property {number} codedWidth
 * @property {number} codedHeight
 * @property {number} depth
 * @property {PixelFormat | null} wholeFormat of whole pictures; null of single planes
 */

/** @typedef {{scale: number, interval: number, pictures: PlaneParameters}} HintParameters */

/**
 * @typedef {object} Prediction
 * @property {number} maxError
 * @property {number} lumaPredictor
 * @property {number} chromaPredictor
 * @property {number} lumaMaxError
 * @property {SampleScale} scale
 * @property {SampleScale} chromaScale
 */

/**
 * @typedef {object} Description
 * @property {number} width
 * @property {number} height
 * @property {PixelFormat} format of the video
 * @property {PixelFormat} codedFormat of what is coded: another one where there is a recoding
 * @property {string} color
 * @property {PlaneParameters} luma
 * @property {number} matrix of conversions
 * @property {boolean} fullRange of conversions
 * @property {HintParameters | null} hints
 * @property {PlaneParameters | null} stacked
 * @property {Prediction | null} prediction
 * @property {PlaneParameters | null} alpha
 * @property {Levels | YuvOrigin | null} recoding how the video is coded as another one; null if it is not
 * @property {boolean} isLive the stream was coded while the video came
 */

/**
 * @param {any} header
 * @returns {Description}
 */
export function describe(header) {
  checkNames(header);
  const format = pixelFormat(ownFormatName(header), header.pixelFormat);
  const { width, height } = header;
  const recoding = recodingOf(header, format);
  const codedFormat = recoding === null ? format : recoding instanceof Levels
    ? { ...format, depth: recoding.codedDepth } : pixelFormat(recoding.codedName);
  if (header.lumaHasChroma && codedFormat.model !== "yuv") {
    throw new StreamError(`the stream has the chroma of ${codedFormat.name} video beside its gray, which needs YUV`);
  }
  const luma = checkedPlanes({
    codec: header.lumaCodec, width, height, codedWidth: header.codedWidth, codedHeight: header.codedHeight,
    depth: codedFormat.depth, wholeFormat: header.lumaHasChroma ? { ...codedFormat, hasAlpha: false } : null,
  });
  const hints = header.hints === null ? null : hintsOf(header.hints, codedFormat, width, height, header.color);
  const isStacked = header.color === "lossless";
  return {
    width, height, format, codedFormat, luma, recoding, color: header.color, matrix: header.conversionMatrix,
    fullRange: header.conversionFullRange, isLive: header.isLive,
    hints: hints === null || isStacked ? null : hints,
    stacked: hints === null || !isStacked ? null : { ...hints.pictures, depth: codedFormat.depth },
    prediction: header.planes === null ? null : predictionOf(header.planes, format, codedFormat.depth),
    alpha: alphaOf(header, format),
  };
}

/** @param {any} header */
function checkNames(header) {
  pixelFormat(ownFormatName(header), header.pixelFormat);
  if (!COLORS.includes(header.color)) {
    throw new UnsupportedError(`expected color to be one of ${COLORS.join(", ")}. Received: ${header.color}`);
  }
  if (!Object.hasOwn(LUMA_SHARES, header.conversionMatrix)) {
    const known = Object.keys(LUMA_SHARES).join(", ");
    throw new UnsupportedError(
      `expected one of the conversion matrices ${known}. Received: ${header.conversionMatrix}`);
  }
  if (header.codedWidth < header.width || header.codedHeight < header.height) {
    throw new StreamError(
      `expected a coded picture of at least ${header.width}x${header.height}. `
      + `Received: ${header.codedWidth}x${header.codedHeight}`);
  }
}

/** @param {PlaneParameters} parameters */
function checkedPlanes(parameters) {
  const { width, height, codedWidth, codedHeight } = parameters;
  for (const [side, coded] of [[width, codedWidth], [height, codedHeight]]) {
    if (side < 1 || side > coded || coded > MAX_SIDE) {
      throw new StreamError(
        `expected a gray plane with sides from 1 to ${MAX_SIDE}, and a coded plane at least as large. `
        + `Received: ${width}x${height} in ${codedWidth}x${codedHeight}`);
    }
  }
  return parameters;
}

/**
 * @param {any} header
 * @param {PixelFormat} format
 */
function recodingOf(header, format) {
  if (!header.yuvOrigin.length) return levelsOf(header.levels, format);
  const isLossless = header.color === "lossless" && header.lumaIsLossless;
  const mayHaveOrigin = format.model === "rgb" && format.depth === 8 && !format.hasAlpha;
  if (header.levels.length || !isLossless || !mayHaveOrigin) {
    throw new StreamError(
      `expected an origin in YUV of exact R'G'B' of 8 bits. Received: one of ${format.name}, ${header.color}`);
  }
  return new YuvOrigin(header.yuvOrigin, header.width);
}

/**
 * @param {number[]} steps
 * @param {PixelFormat} format
 */
function levelsOf(steps, format) {
  if (!steps.length) return null;
  if (format.model !== "gray" || format.depth === 8 || format.hasAlpha) {
    throw new StreamError(`the stream has levels of ${format.name} video, which only deep gray video may have`);
  }
  return new Levels(steps, format.depth);
}

/**
 * @param {any} record
 * @param {PixelFormat} format
 * @param {number} width
 * @param {number} height
 * @param {string} color
 * @returns {HintParameters}
 */
function hintsOf(record, format, width, height, color) {
  if (format.model === "gray") throw new StreamError("the stream has hints of the color of a gray video");
  if (color === "lossless" && (record.scale !== 1 || record.interval !== 1)) {
    throw new StreamError(
      "expected every chroma sample of every frame with lossless color. "
      + `Received: hints of scale ${record.scale}, every ${record.interval} frames`);
  }
  if (!SCALES.includes(record.scale) || !INTERVALS.includes(record.interval)) {
    throw new StreamError(
      `expected hints of scale ${SCALES.join(", ")}, every ${INTERVALS.join(", ")} frames. `
      + `Received: ${record.scale}, ${record.interval}`);
  }
  const [rows, columns] = chromaShape(format, width, height);
  const pictures = checkedPlanes({
    codec: record.codec, width: Math.ceil(columns / record.scale), height: 2 * Math.ceil(rows / record.scale),
    codedWidth: record.codedWidth, codedHeight: record.codedHeight, depth: 8, wholeFormat: null,
  });
  return { scale: record.scale, interval: record.interval, pictures };
}

/**
 * @param {any} record
 * @param {PixelFormat} format
 * @param {number} depth
 * @returns {Prediction}
 */
function predictionOf(record, format, depth) {
  if (record.chromaPredictor && format.model === "gray") {
    throw new StreamError("the stream has chroma samples of a gray video");
  }
  if (record.lumaMaxError && (format.model !== "gray" || format.depth === 8)) {
    throw new StreamError(
      `the stream has errors of the gray of ${format.name} video, which only deep gray video may have`);
  }
  return {
    maxError: record.maxError, lumaPredictor: record.lumaPredictor, chromaPredictor: record.chromaPredictor,
    lumaMaxError: record.lumaMaxError,
    scale: new SampleScale(depth, record.unitBits, record.origin),
    chromaScale: new SampleScale(depth, record.chromaUnitBits, record.origin),
  };
}

/**
 * @param {any} header
 * @param {PixelFormat} format
 */
function alphaOf(header, format) {
  const record = header.alpha;
  if ((record !== null) !== format.hasAlpha) {
    const [has, lacks] = record !== null ? ["a header", "pixel format"] : ["a pixel format", "header"];
    throw new StreamError(`the stream has ${has} with alpha, and a ${lacks} without: ${format.name}`);
  }
  if (record === null) return null;
  return checkedPlanes({
    codec: record.codec, width: header.width, height: header.height, codedWidth: record.codedWidth,
    codedHeight: record.codedHeight, depth: format.depth, wholeFormat: null,
  });
}

/** @param {number} number of a predictor @returns {boolean} whether it stands for adaptive planes */
export function isAdaptive(number) {
  return Object.hasOwn(ADAPTIVE_PREDICTORS, number);
}

/**
 * The time of each frame of a segment, in units of the video's time base.
 * @param {any} segment
 * @returns {number[]}
 */
export function timesOf(segment) {
  const times = [Number(segment.pts)];
  for (const [step, count] of segment.ptsSteps) {
    for (let k = 0; k < count; k++) times.push(times[times.length - 1] + Number(step));
  }
  return times;
}
