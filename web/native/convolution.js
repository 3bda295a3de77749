/** Convolutions of whole numbers in the C library: codec/native/convolution.py. */

/** @typedef {import("./machine.js").Machine} Machine */

const SLACK = 8;
export const MARGIN = 2;
const WINOGRAD_PLACES = 16;
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
   * @param {number[]} inputs the number of channels of each picture that the first layer takes
   * @param {number} inputMax the largest magnitude of an input
   */
  constructor(machine, layers, inputs, inputMax) {
    this.machine = machine;
    this.layers = [];
    for (const layer of layers) {
      this.layers.push(packed(machine, layer, inputs, inputMax));
      inputs = [layer.shape[3]];
      inputMax = Math.max(-layer.minimum, layer.maximum);
    }
    this.margin = this.layers[0].margin;
    /** @type {{height: number, width: number, pictures: Padded[]} | null} */
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
        const into = k === last ? results : own ?? this.between(k, height, width);
        this.convolve(layer, given, into);
        given = [into];
      });
    });
  }

  /**
   * Keep memory for what layers give to each other, for pictures of one size. Others have memory of their own each time.
   * @param {number} height
   * @param {number} width
   */
  prepare(height, width) {
    const last = this.layers.length - 1;
    this.kept = { height, width, pictures: this.layers.slice(0, last).map((_, k) => this.between(k, height, width)) };
  }

  /**
   * What a layer gives to the next one. Only its margin must stay 0.
   * @param {number} k
   * @param {number} height
   * @param {number} width
   */
  between(k, height, width) {
    return new Padded(this.machine, height, width, this.layers[k].numOutputs, this.layers[k + 1].margin);
  }

  /**
   * @param {ReturnType<typeof packed>} layer
   * @param {Padded[]} given
   * @param {Padded} found
   */
  convolve(layer, given, found) {
    const { machine } = this;
    machine.scratch(() => {
      const pictures = machine.zeros(PICTURE_BYTES * given.length);
      given.forEach((picture, k) => {
        const one = machine.struct(PICTURE, [picture.first, picture.rowStride, picture.channels, layer.inputs[k]]);
        machine.u8(pictures + PICTURE_BYTES * k, PICTURE_BYTES).set(machine.u8(one, PICTURE_BYTES));
      });
      const results = machine.struct(
        RESULTS, [found.first, found.rowStride, found.channels, found.height, found.width]);
      if (!layer.isWinograd) {
        machine.call("gvc_convolve", "pplp", layer.layer, pictures, given.length, results);
        return;
      }
      const channels = layer.inputs.reduce((sum, count) => sum + count, 0);
      const size = machine.call("gvc_winograd_scratch_size", "l", channels);
      machine.call("gvc_winograd_convolve", "pplpp", layer.layer, pictures, given.length, results,
        machine.take(2 * size));
    });
  }
}

/**
 * A layer as the library reads it.
 * @param {Machine} machine
 * @param {Convolution} layer
 * @param {number[]} inputs
 * @param {number} inputMax
 */
function packed(machine, layer, inputs, inputMax) {
  const [rows, columns, , outputs] = layer.shape;
  const kernel = withEvenInputs(layer, inputs);
  const pairs = inputs.reduce((sum, count) => sum + even(count), 0) / 2;
  let weights = null;
  if (rows === 3 && columns === 3 && inputMax <= machine.call("gvc_winograd_input_max", "")) {
    weights = packedForWinograd(machine, kernel, pairs, outputs);
  }
  const isWinograd = weights !== null;
  weights ??= packedInOrder(machine, kernel, rows * columns, pairs, outputs);
  const group = machine.call("gvc_group", "");
  const bias = new Int32Array(Math.ceil(outputs / group) * group);
  layer.bias.forEach((value, k) => { bias[k] = value + ((1 << layer.shift) >> 1); });
  const values = [weights, machine.put(bias), rows, columns, outputs, layer.shift, layer.minimum, layer.maximum];
  return {
    layer: machine.struct(LAYER, values),
    inputs: inputs.map(even),
    numOutputs: outputs,
    margin: isWinograd ? MARGIN : Math.floor(Math.max(rows, columns) / 2),
    isWinograd,
  };
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
 * @param {Machine} machine
 * @param {Int16Array} kernel
 * @param {number} pairs
 * @param {number} outputs
 * @returns {number | null} null if the transformed weights do not fit int16
 */
function packedForWinograd(machine, kernel, pairs, outputs) {
  const into = machine.take(2 * machine.call("gvc_packed_size", "lll", WINOGRAD_PLACES, pairs, outputs));
  const fits = machine.scratch(() => machine.call(
    "gvc_winograd_pack", "pllp", machine.put(kernel), pairs, outputs, into));
  return fits ? into : null;
}

/**
 * Give each picture's channels an even number of inputs, with weights of 0 for the fillers.
 * @param {Convolution} layer
 * @param {number[]} inputs
 */
function withEvenInputs(layer, inputs) {
  const [rows, columns, count, outputs] = layer.shape;
  const wide = inputs.reduce((sum, own) => sum + even(own), 0);
  const kernel = new Int16Array(rows * columns * wide * outputs);
  for (let tap = 0; tap < rows * columns; tap++) {
    let from = 0, to = 0;
    for (const own of inputs) {
      const start = (tap * count + from) * outputs;
      kernel.set(layer.kernel.subarray(start, start + own * outputs), (tap * wide + to) * outputs);
      from += own;
      to += even(own);
    }
  }
  return kernel;
}
