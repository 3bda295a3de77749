/** Decoding of gray and chroma with a predictor, picture by picture: codec/lossless/coder.py. */
import { StreamError } from "../container/errors.js";
import { RangeReader } from "../native/range_coder.js";
import { SampleCoder } from "../native/steps.js";
import { bringIntoGamut } from "../video/picture.js";
import { chromaShape, chromaType, sampleType } from "../video/pixel_formats.js";
import { tableLayout } from "./distributions.js";
import { BLOCK, GrayHistory, NO_PLANES, PlaneHistory } from "./history.js";
import { PlaneDecoder } from "./planes.js";
import { RunningPredictor } from "./predictor.js";

/** @typedef {import("../native/machine.js").Machine} Machine */
/** @typedef {import("./predictor.js").Predictor} Predictor */
/** @typedef {import("./parameters.js").SampleScale} SampleScale */
/** @typedef {import("../video/pixel_formats.js").PixelFormat} PixelFormat */

/**
 * A header may name any predictor for any plane.
 * @param {Predictor} predictor
 * @param {number} components
 * @param {number} channels
 */
export function checkSizes({ components: own, grayChannels }, components, channels) {
  if (own !== components || grayChannels !== channels) {
    throw new StreamError(
      `expected a predictor of ${components} planes from ${channels} gray channels. `
      + `Received: one of ${own} from ${grayChannels}`);
  }
}

/** @param {PixelFormat} format @returns {number} gray samples that the network sees for each chroma sample */
export function grayChannels(format) {
  return Math.min(1 << (format.log2ChromaH + format.log2ChromaW), 4);
}

/** Gray planes of a segment. */
export class PredictedLuma {
  /**
   * @param {Machine} machine
   * @param {Uint8Array} data
   * @param {[number, number]} shape
   * @param {SampleScale} scale
   * @param {Predictor} predictor
   * @param {number} maxError
   */
  constructor(machine, data, shape, scale, predictor, maxError) {
    this.machine = machine;
    this.shape = shape;
    this.scale = scale;
    this.reader = new RangeReader(machine, data);
    this.samples = new SampleCoder(machine, tableLayout(), 1, { reader: this.reader });
    const range = { low: 0, high: 2 ** scale.depth - 1 };
    this.planes = new PlaneDecoder(
      machine, new RunningPredictor(machine, predictor, shape), this.samples, this.reader, range, [maxError],
      scale, scale.origin);
    this.history = new PlaneHistory(machine, 1, shape, scale);
  }

  /** @param {Int16Array | null} field */
  decode(field) {
    const { machine, scale, shape } = this, { origin } = scale;
    const count = shape[0] * shape[1];
    const values = machine.scratch(() => {
      const decoded = field === null
        ? this.planes.decodeAlone(shape, 1, { planes: NO_PLANES, grays: 0 })
        : this.planes.decode({
          shape, components: 1, grays: 0, ...this.history.move(field, [BLOCK, BLOCK]), gray: NO_PLANES,
          movedGray: NO_PLANES,
        });
      return machine.i32(decoded, count).slice();
    });
    this.samples.learn();
    const luma = new (sampleType(scale.depth))(count);
    for (let k = 0; k < count; k++) luma[k] = values[k] + origin;
    this.history.remember([fromOrigin(luma, origin)]);
    return luma;
  }

  finish() {
    this.reader.finish();
  }
}

/** The chroma of pictures whose gray is known. */
export class PredictedChroma {
  /**
   * @param {Machine} machine
   * @param {Uint8Array} data
   * @param {PixelFormat} format
   * @param {[number, number]} size height and width of the gray
   * @param {SampleScale} scale
   * @param {Predictor} predictor
   * @param {number} maxError
   */
  constructor(machine, data, format, size, scale, predictor, maxError) {
    this.machine = machine;
    this.format = format;
    this.scale = scale;
    this.shape = chromaShape(format, size[1], size[0]);
    this.reader = new RangeReader(machine, data);
    this.samples = new SampleCoder(machine, tableLayout(), 2, { reader: this.reader });
    const isRgb = format.model === "rgb";
    const errors = isRgb ? [maxError, maxError & ~1] : [maxError, maxError];
    this.origin = isRgb ? 0 : scale.chromaOrigin;
    this.needsGamut = isRgb && maxError > 0;
    const range = { low: isRgb ? -(2 ** scale.depth) : 0, high: 2 ** scale.depth - 1 };
    this.planes = new PlaneDecoder(
      machine, new RunningPredictor(machine, predictor, this.shape), this.samples, this.reader, range, errors, scale,
      this.origin);
    this.gray = new GrayHistory(machine, size, [format.log2ChromaH, format.log2ChromaW], scale);
    this.history = new PlaneHistory(machine, 2, this.shape, scale);
  }

  /**
   * @param {import("../video/picture.js").Plane} luma
   * @param {Int16Array | null} field
   * @returns {import("../video/picture.js").Picture}
   */
  decode(luma, field) {
    const { machine, format, shape, origin } = this, count = shape[0] * shape[1];
    const gray = fromOrigin(luma, this.scale.origin);
    const values = machine.scratch(() => {
      const decoded = field === null ? this.planes.decodeAlone(shape, 2, this.gray.onLattice(gray))
        : this.planes.decode(this.known(gray, field));
      return machine.i32(decoded, 2 * count).slice();
    });
    this.samples.learn();
    const kind = chromaType(format), first = new kind(count), second = new kind(count);
    for (let k = 0; k < count; k++) {
      first[k] = values[2 * k] + origin;
      second[k] = values[2 * k + 1] + origin;
    }
    this.gray.remember(gray);
    this.history.remember([fromOrigin(first, origin), fromOrigin(second, origin)]);
    if (this.needsGamut) bringIntoGamut(luma, [first, second], format.depth);
    return { luma, chroma: [first, second], alpha: null };
  }

  /**
   * @param {Uint8Array | Uint16Array | Int32Array} gray
   * @param {Int16Array} field
   */
  known(gray, field) {
    const { log2ChromaH, log2ChromaW } = this.format;
    const movedGray = this.gray.moved(field).planes, own = this.gray.onLattice(gray);
    const coarse = field.map((value, k) => value >> (k & 1 ? log2ChromaW : log2ChromaH));
    const { base, average } = this.history.move(coarse, [BLOCK >> log2ChromaH, BLOCK >> log2ChromaW]);
    return { shape: this.shape, components: 2, grays: own.grays, base, average, gray: own.planes, movedGray };
  }

  finish() {
    this.reader.finish();
  }
}

/**
 * Code values counted from an origin; the plane itself if that is 0.
 * @template {Uint8Array | Uint16Array | Int16Array | Int32Array} T
 * @param {T} plane
 * @param {number} origin
 * @returns {T | Int32Array}
 */
function fromOrigin(plane, origin) {
  if (!origin) return plane;
  const found = new Int32Array(plane.length);
  for (let k = 0; k < plane.length; k++) found[k] = plane[k] - origin;
  return found;
}
