/** Convolutions of whole numbers in the C library: src/convolution.c, and src/tiles.c for kernels 3x3. */

/** @typedef {import("./machine.js").Machine} Machine */

const SLACK = 8;
/** Tiles reach so far over the border. */
export const MARGIN = 4;
/** Kinds of tiles, the fastest first: 4x4, 2x4 and 2x2 results. */
export const TILE_KINDS = [2, 1, 0];
const CHANNELS_OF_VECTOR = 8;
/** Pictures, some of them twice, that tiles may take; and how much larger their channels may make a layer. */
const MOST_PARTS = 3, MOST_GROWTH = 1.25;
const ALL_OF_IT = 0, ABOVE_ZERO = 1, BELOW_ZERO = -1;
const PICTURE = "plll", LAYER = "ppiiiiii", RESULTS = "pllll";
const PICTURE_BYTES = 32;

/**
 * One layer.
 * @typedef {object} Convolution
 * @property {[number, number, number, number]} shape rows, columns, inputs, outputs
 * @property {Int32Array} kernel in C order
 * @property {Int32Array} bias in units of the sum
 * @property {number} shift of the sums
 * @property {number} minimum the smallest result
 * @property {number} maximum the largest result
 */

/**
 * The pictures that a sequence of layers takes.
 * @typedef {object} Inputs
 * @property {number[]} channels of each picture
 * @property {boolean[]} hasSign whether values of a picture may be negative
 * @property {number} most the largest magnitude of a value
 */

/**
 * Memory for what layers give to each other.
 * @typedef {{height: number, width: number, pictures: Padded[]}} Between
 */

/** @param {number} channels */
export function even(channels) {
  return channels + (channels % 2);
}

/** A picture as convolutions take it: a margin of zeros around it, and an even number of channels. */
export class Padded {
  /**
   * @param {Machine} machine
   * @param {number} height
   * @param {number} width
   * @param {number} channels
   * @param {number} margin
   */
  constructor(machine, height, width, channels, margin) {
    this.height = height;
    this.width = width;
    this.margin = margin;
    this.channels = even(channels);
    this.rowStride = (width + 2 * margin) * this.channels;
    const size = (height + 2 * margin) * this.rowStride;
    const address = machine.zeros(2 * (size + SLACK));
    /** The address of the first pixel inside the margin. */
    this.first = address + 2 * margin * (this.rowStride + this.channels);
  }
}

/** A sequence of layers. */
export class Convolutions {
  /**
   * @param {Machine} machine
   * @param {Convolution[]} layers no sum of which reaches 2^24
   * @param {Inputs} inputs of the first layer
   * @param {number[]} kinds of tiles that may be used
   */
  constructor(machine, layers, inputs, kinds = TILE_KINDS) {
    this.machine = machine;
    this.layers = [];
    for (const layer of layers) {
      this.layers.push(packed(machine, layer, inputs, kinds));
      const { minimum, maximum } = layer;
      inputs = { channels: [layer.shape[3]], hasSign: [minimum < 0], most: Math.max(-minimum, maximum) };
    }
    this.margin = this.layers[0].margin;
    /** @type {Between | null} */
    this.kept = null;
  }

  /**
   * Run all layers.
   * @param {Padded[]} pictures of one size, joined along their channels
   * @param {Padded} results
   */
  run(pictures, results) {
    const last = this.layers.length - 1, { height, width } = pictures[0];
    const isKept = this.kept?.height === height && this.kept.width === width;
    this.machine.scratch(() => {
      let given = pictures;
      this.layers.forEach((layer, k) => {
        const own = isKept ? this.kept?.pictures[k] : undefined;
        const into = k === last ? results
          : own ?? new Padded(this.machine, height, width, layer.numOutputs, this.layers[k + 1].margin);
        this.convolve(layer, given, into);
        given = [into];
      });
    });
  }

  /**
   * Keep memory for what layers give to each other, for pictures of one size: only its margins must stay 0. Others have
   * memory of their own each time.
   * @param {Between} kept what other layers use at other times; all layers but the last ones have as many outputs
   */
  prepare(kept) {
    const { height, width, pictures } = kept;
    for (const { numOutputs } of this.layers.slice(pictures.length, -1)) {
      pictures.push(new Padded(this.machine, height, width, numOutputs, MARGIN));
    }
    this.kept = kept;
  }

  /**
   * @param {ReturnType<typeof packed>} layer
   * @param {Padded[]} given
   * @param {Padded} found
   */
  convolve(layer, given, found) {
    const { machine } = this;
    machine.scratch(() => {
      const { parts } = layer;
      const pictures = machine.zeros(PICTURE_BYTES * parts.length);
      parts.forEach(({ picture: own, channels }, k) => {
        const picture = given[own];
        const one = machine.struct(PICTURE, [picture.first, picture.rowStride, picture.channels, channels]);
        machine.u8(pictures + PICTURE_BYTES * k, PICTURE_BYTES).set(machine.u8(one, PICTURE_BYTES));
      });
      const results = machine.struct(
        RESULTS, [found.first, found.rowStride, found.channels, found.height, found.width]);
      if (layer.kind === null) {
        machine.call("gvc_convolve", "pplp", layer.layer, pictures, parts.length, results);
        return;
      }
      const vectors = parts.reduce((sum, { channels }) => sum + Math.ceil(channels / CHANNELS_OF_VECTOR), 0);
      const size = machine.call("gvc_tile_scratch_size", "ii", layer.kind, vectors);
      machine.call(
        "gvc_tile_convolve", "ipppipp", layer.kind, layer.layer, pictures,
        machine.put(Int32Array.from(parts, ({ part }) => part)), parts.length, results, machine.take(2 * size));
    });
  }
}

/**
 * What a layer takes of a picture: some of its channels, all of their values, or those of one sign.
 * @typedef {{picture: number, count: number, channels: number, part: number}} Part
 */

/**
 * A layer as the library reads it.
 * @param {Machine} machine
 * @param {Convolution} layer
 * @param {Inputs} inputs
 * @param {number[]} kinds
 */
function packed(machine, layer, inputs, kinds) {
  const [rows, columns, , outputs] = layer.shape;
  const whole = inputs.channels.map(
    (count, picture) => ({ picture, count, channels: even(count), part: ALL_OF_IT }));
  const tiles = rows === 3 && columns === 3 ? packedForTiles(machine, layer, inputs, whole, kinds) : null;
  const parts = tiles?.parts ?? whole;
  const weights = tiles?.weights ?? packedInOrder(
    machine, kernelOfParts(layer, inputs.channels, whole), rows * columns, pairsOf(whole), outputs);
  const group = machine.call("gvc_group", "");
  const bias = new Int32Array(Math.ceil(outputs / group) * group);
  layer.bias.forEach((value, k) => { bias[k] = value + ((1 << layer.shift) >> 1); });
  const values = [weights, machine.put(bias), rows, columns, outputs, layer.shift, layer.minimum, layer.maximum];
  return {
    layer: machine.struct(LAYER, values),
    parts,
    numOutputs: outputs,
    margin: tiles ? MARGIN : Math.floor(Math.max(rows, columns) / 2),
    kind: tiles?.kind ?? null,
  };
}

/** @param {Part[]} parts @returns {number} pairs of input channels */
function pairsOf(parts) {
  return parts.reduce((sum, { channels }) => sum + channels, 0) / 2;
}

/**
 * @param {Machine} machine
 * @param {Int16Array} kernel
 * @param {number} taps
 * @param {number} pairs
 * @param {number} outputs
 */
function packedInOrder(machine, kernel, taps, pairs, outputs) {
  const into = machine.take(2 * machine.call("gvc_packed_size", "lll", taps, pairs, outputs));
  machine.scratch(() => machine.call(
    "gvc_pack_kernel", "plllp", machine.put(kernel), taps, pairs, outputs, into));
  return into;
}

/**
 * A kernel 3x3 for the fastest kind of tiles that it can be computed with.
 * @param {Machine} machine
 * @param {Convolution} layer
 * @param {Inputs} inputs
 * @param {Part[]} whole
 * @param {number[]} kinds
 * @returns {{kind: number, parts: Part[], weights: number} | null} null if there is none
 */
function packedForTiles(machine, layer, inputs, whole, kinds) {
  const fits = (/** @type {number} */ kind, /** @type {boolean} */ hasSign) => (
    inputs.most <= machine.call("gvc_tile_input_max", "ii", kind, Number(hasSign)));
  for (const kind of kinds) {
    let parts = whole;
    if (!fits(kind, inputs.hasSign.includes(true))) {
      // Splitting by sign doubles the channels of a picture: it is for those that have few.
      parts = whole.flatMap((part) => (inputs.hasSign[part.picture]
        ? [{ ...part, part: ABOVE_ZERO }, { ...part, part: BELOW_ZERO }] : [part]));
      if (!fits(kind, false) || parts.length > MOST_PARTS || pairsOf(parts) > MOST_GROWTH * pairsOf(whole)) continue;
    }
    const outputs = layer.shape[3], pairs = pairsOf(parts), places = machine.call("gvc_tile_places", "i", kind);
    const weights = machine.take(2 * machine.call("gvc_packed_size", "lll", places, pairs, outputs));
    const isPacked = machine.scratch(() => machine.call(
      "gvc_tile_pack", "ipiip", kind, machine.put(kernelOfParts(layer, inputs.channels, parts)), pairs, outputs, weights));
    if (isPacked) return { kind, parts, weights };
  }
  return null;
}

/**
 * The weights of each part's channels, an even number of them: those of fillers are 0.
 * @param {Convolution} layer
 * @param {number[]} inputs
 * @param {Part[]} parts
 */
function kernelOfParts(layer, inputs, parts) {
  const [rows, columns, count, outputs] = layer.shape;
  const starts = inputs.map((_, picture) => inputs.slice(0, picture).reduce((sum, own) => sum + own, 0));
  const wide = 2 * pairsOf(parts), kernel = new Int16Array(rows * columns * wide * outputs);
  for (let tap = 0; tap < rows * columns; tap++) {
    let to = tap * wide * outputs;
    for (const { picture, count: own, channels, part } of parts) {
      const start = (tap * count + starts[picture]) * outputs;
      const weights = layer.kernel.subarray(start, start + own * outputs);
      kernel.set(part === BELOW_ZERO ? weights.map((weight) => -weight) : weights, to);
      to += channels * outputs;
    }
  }
  return kernel;
}
