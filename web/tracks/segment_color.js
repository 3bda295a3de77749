/** Color from hints and the network `compact`: codec/segment_color.py. It is made at 8 bits. */
import { Convolutions, Padded } from "../native/convolution.js";
import { enlargeHint, fillInputs, gridOf, numInputs, numOutputs, ycocgOfQuarters, yuvOfQuarters } from "../native/hints.js";
import { INPUT_MAGNITUDE } from "../networks/compact.js";
import { rounded, withColorOf } from "../video/picture.js";
import { chromaShape } from "../video/pixel_formats.js";

const NEUTRAL_QUARTERS = 512;

export class SegmentColor {
  /**
   * @param {import("../native/machine.js").Machine} machine
   * @param {import("../video/description.js").Description} description
   * @param {import("../native/convolution.js").Convolution[] | null} layers of the network; null for the hints alone
   */
  constructor(machine, description, layers) {
    const { width, height, format, hints } = description;
    this.machine = machine;
    this.format = format;
    this.scale = hints?.scale ?? null;
    const shape = chromaShape(format, width, height);
    /** @type {import("../native/hints.js").HintLayout} */
    this.layout = { gray: [height, width], chroma: shape, block: [2 >> format.log2ChromaH, 2 >> format.log2ChromaW] };
    this.quarters = machine.take(4 * shape[0] * shape[1]);
    this.luma = machine.take(width * height);
    if (this.scale === null) machine.i16(this.quarters, 2 * shape[0] * shape[1]).fill(NEUTRAL_QUARTERS);
    this.network = null;
    if (layers !== null) {
      const [rows, columns] = gridOf(this.layout);
      const network = new Convolutions(
        machine, layers, { channels: [numInputs(this.layout)], hasSign: [true], most: INPUT_MAGNITUDE });
      network.prepare({ height: rows, width: columns, pictures: [] });
      this.network = network;
      this.inputs = new Padded(machine, rows, columns, numInputs(this.layout), network.margin);
      this.residuals = new Padded(machine, rows, columns, numOutputs(this.layout), 0);
    }
  }

  /**
   * Color a picture.
   * @param {import("../video/picture.js").Plane} luma
   * @param {Uint8Array | null} hint the hint picture; null if there are none
   * @returns {import("../video/picture.js").Picture}
   */
  picture(luma, hint) {
    const { machine, format, layout, quarters } = this;
    machine.u8(this.luma, luma.length).set(rounded(luma, format.depth));
    if (hint !== null && this.scale !== null) enlargeHint(machine, hint, layout.chroma, this.scale, quarters);
    let residuals = 0;
    if (this.network !== null && this.inputs && this.residuals) {
      fillInputs(machine, layout, this.luma, quarters, this.inputs);
      this.network.run([this.inputs], this.residuals);
      residuals = this.residuals.first;
    }
    const chroma = format.model === "rgb" ? ycocgOfQuarters(machine, layout, this.luma, quarters, residuals)
      : yuvOfQuarters(machine, layout, quarters, residuals);
    return withColorOf(luma, chroma, format);
  }
}
