/** Gray and chroma as adaptive planes: codec/lossless/adaptive/coder.py. */
import { ADAPTIVE_PREDICTORS } from "../generated/tables.js";
import { StreamError } from "../container/errors.js";
import { AdaptivePlanes, Bits, Level, isSymbols, wrongEnd } from "../native/adaptive.js";
import { chromaShape, chromaType, sampleType } from "../video/pixel_formats.js";
import { adaptiveTables } from "./adaptive_tables.js";

/** @typedef {import("../native/machine.js").Machine} Machine */
/** @typedef {import("../video/pixel_formats.js").PixelFormat} PixelFormat */
/** @typedef {import("./parameters.js").SampleScale} SampleScale */

const BLOCK = 8, VECTOR_BITS = 2;

/**
 * The level of a predictor.
 * @param {number} number
 * @param {number} maxError
 */
export function adaptiveLevel(number, maxError) {
  if (maxError) {
    throw new StreamError(`expected exact samples of adaptive planes. Received: an error of up to ${maxError}`);
  }
  const name = /** @type {Record<number, string>} */ (ADAPTIVE_PREDICTORS)[number].toUpperCase();
  return /** @type {Record<string, number>} */ (Level)[name];
}

class Session {
  /**
   * @param {Machine} machine
   * @param {Uint8Array} data
   * @param {import("../native/adaptive.js").AdaptiveLayout} layout
   */
  constructor(machine, data, layout) {
    this.machine = machine;
    this.layout = layout;
    this.numBytes = data.length;
    this.bits = new Bits(machine, data, isSymbols(layout.level));
    this.planes = new AdaptivePlanes(machine, layout, adaptiveTables());
  }

  /**
   * Decode a component.
   * @template {Uint8Array | Uint16Array | Int16Array | Int32Array} T
   * @param {number} component
   * @param {T} into
   * @returns {T}
   */
  decode(component, into) {
    const { machine } = this;
    return machine.scratch(() => {
      const samples = machine.zeros(4 * into.length);
      this.planes.code(this.bits, component, samples);
      into.set(machine.i32(samples, into.length));
      return into;
    });
  }

  /** Check that all data were read. */
  finish() {
    const read = this.bits.numBytes;
    if (read !== this.numBytes) {
      throw new StreamError(`expected ${read} bytes of adaptive planes. Received: ${this.numBytes} bytes`);
    }
    if (!this.bits.endsWell()) throw wrongEnd();
  }
}

/** Gray planes of a segment. */
export class AdaptiveLuma {
  /**
   * @param {Machine} machine
   * @param {Uint8Array} data
   * @param {[number, number]} shape height and width
   * @param {SampleScale} scale
   * @param {number} level
   */
  constructor(machine, data, [rows, columns], scale, level) {
    this.count = rows * columns;
    this.depth = scale.depth;
    this.session = new Session(machine, data, {
      rows, columns, components: 1, block: [BLOCK, BLOCK], low: 0, high: 2 ** scale.depth - 1, unit: scale.unitBits,
      level,
    });
  }

  /** @param {Int16Array | null} field */
  decode(field) {
    this.session.planes.beginPicture(inSamples(field, 0, 0), null);
    return this.session.decode(0, new (sampleType(this.depth))(this.count));
  }

  finish() {
    this.session.finish();
  }
}

/** The chroma of pictures whose gray is known. */
export class AdaptiveChroma {
  /**
   * @param {Machine} machine
   * @param {Uint8Array} data
   * @param {PixelFormat} format
   * @param {[number, number]} size height and width of the gray
   * @param {SampleScale} scale
   * @param {number} level
   */
  constructor(machine, data, format, size, scale, level) {
    this.format = format;
    this.size = size;
    const [rows, columns] = this.shape = chromaShape(format, size[1], size[0]);
    const isRgb = format.model === "rgb";
    this.session = new Session(machine, data, {
      rows, columns, components: 2, block: [BLOCK >> format.log2ChromaH, BLOCK >> format.log2ChromaW],
      low: isRgb ? -(2 ** scale.depth) : 0, high: 2 ** scale.depth - 1, unit: scale.unitBits, level,
    });
  }

  /**
   * @param {import("../video/picture.js").Plane} luma
   * @param {Int16Array | null} field
   * @returns {import("../video/picture.js").Picture}
   */
  decode(luma, field) {
    const { format, session, shape } = this;
    const { log2ChromaH, log2ChromaW } = format;
    session.planes.beginPicture(
      inSamples(field, log2ChromaH, log2ChromaW), averaged(luma, this.size, shape, log2ChromaH, log2ChromaW));
    const kind = chromaType(format), count = shape[0] * shape[1];
    const first = session.decode(0, new kind(count)), second = session.decode(1, new kind(count));
    return { luma, chroma: [first, second], alpha: null };
  }

  finish() {
    this.session.finish();
  }
}

/**
 * Vectors in whole samples of planes that have fewer rows and columns.
 * @param {Int16Array | null} field
 * @param {number} down
 * @param {number} across
 */
function inSamples(field, down, across) {
  if (field === null) return null;
  const bits = [down + VECTOR_BITS, across + VECTOR_BITS];
  return field.map((value, k) => (value + (1 << (bits[k & 1] - 1))) >> bits[k & 1]);
}

/**
 * The gray at the places of chroma samples: the rounded mean of those that each of them covers.
 * @param {import("../video/picture.js").Plane} luma
 * @param {[number, number]} size
 * @param {[number, number]} shape
 * @param {number} log2Down
 * @param {number} log2Across
 */
function averaged(luma, [height, width], [rows, columns], log2Down, log2Across) {
  const bits = log2Down + log2Across;
  if (!bits) return Int32Array.from(luma);
  const down = 1 << log2Down, across = 1 << log2Across, half = (1 << bits) >> 1;
  const found = new Int32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < down; k++) {
      const from = Math.min(row * down + k, height - 1) * width;
      for (let column = 0, place = row * columns; column < columns; column++, place++) {
        for (let l = 0; l < across; l++) {
          const x = column * across + l;
          found[place] += luma[from + (x < width ? x : width - 1)];
        }
      }
    }
  }
  for (let k = 0; k < found.length; k++) found[k] = (found[k] + half) >> bits;
  return found;
}
