/** One segment, from its record to its pictures, compared with the sender's checksums: codec/decoder/segment.py. */
import { StreamError } from "../container/errors.js";
import { Fields } from "../lossless/fields.js";
import { decodePlanes } from "../plane_codecs/registry.js";
import { Checksum } from "./checksums.js";
import { colorPictures } from "./color.js";
import { lumaPictures } from "./luma.js";
import { loadNetworks, loadUpdate } from "./networks.js";

/** @typedef {import("../video/picture.js").Picture} Picture */

/** How every segment of a stream is decoded. */
export class Receiver {
  /**
   * @param {import("../native/machine.js").Machine} machine
   * @param {import("../video/description.js").Description} description
   * @param {import("./networks.js").StreamNetworks} networks
   * @param {import("../networks/shipped.js").Shipped} shipped
   * @param {boolean} wantsColor
   */
  constructor(machine, description, networks, shipped, wantsColor) {
    this.machine = machine;
    this.description = description;
    this.networks = networks;
    this.shipped = shipped;
    this.wantsColor = wantsColor;
    /** @type {{number: number, layers: import("../native/convolution.js").Convolution[]} | null} */
    this.updated = null;
    /** @type {Fields | null} the motion of the segment that is being decoded */
    this.fields = null;
  }

  /**
   * For a stream with this header and these networks.
   * @param {import("../native/machine.js").Machine} machine
   * @param {import("../video/description.js").Description} description
   * @param {any[]} records
   * @param {import("../networks/shipped.js").Shipped} shipped
   * @param {boolean} wantsColor
   */
  static async of(machine, description, records, shipped, wantsColor) {
    const hasColor = wantsColor && description.color !== "none";
    const networks = await loadNetworks(machine, description, records, shipped, hasColor);
    return new Receiver(machine, description, networks, shipped, hasColor);
  }

  /**
   * Get ready for a segment of a live stream: load the network that it names, if the color is wanted.
   * @param {any} segment
   * @param {(number: number) => Promise<any>} find gives the record of that number
   */
  async prepare(segment, find) {
    if (!this.needsUpdate(segment) || this.updated?.number === segment.network) return;
    const { network } = await find(segment.network);
    const layers = await loadUpdate(this.machine, this.description, network, this.shipped);
    this.updated = { number: segment.network, layers };
  }

  /** @param {any} segment */
  needsUpdate({ network }) {
    const { isLive, color } = this.description;
    return this.wantsColor && isLive && color === "coded" && network > 0;
  }

  /**
   * The layers of the network that makes the color of a segment; null for the hints alone.
   * @param {any} segment
   */
  layersFor(segment) {
    if (!this.needsUpdate(segment)) return this.networks.color;
    if (!this.updated || this.updated.number !== segment.network) {
      throw new StreamError(`network ${segment.network}, which came between the segments, is not there`);
    }
    return this.updated.layers;
  }

  /**
   * The pictures of a segment, each as soon as it is decoded.
   * @param {any} segment
   * @param {AsyncGenerator<Picture> | null} received its gray, if that is decoded elsewhere
   * @returns {AsyncGenerator<Picture>}
   * @throws {StreamError} the segment is damaged, or was not decoded as the sender did
   */
  async *pictures(segment, received = null) {
    const { machine } = this, { top } = machine;
    const grays = received ?? this.grays(segment);
    let pictures = null;
    try {
      this.fields = this.fieldsOf(segment);
      const colored = colorPictures(this, segment, grays, this.fields);
      pictures = this.withAlpha(segment, this.checkedColor(segment, colored));
      yield* pictures;
    } catch (error) {
      // If the gray is wrong, it is to blame, and gives its own error at its end.
      if (error instanceof StreamError) for await (const _ of grays);
      throw error;
    } finally {
      await pictures?.return(undefined);
      await grays.return(undefined);
      machine.top = top;
    }
  }

  /** @param {any} segment */
  fieldsOf(segment) {
    const { prediction, height, width } = this.description;
    return prediction === null ? null : new Fields(this.machine, segment.motion, height, width);
  }

  /** Whether the gray of a segment can be decoded apart from its color, and takes long enough that it pays. */
  get hasGrayApart() {
    const { luma } = this.description;
    return this.wantsColor && luma.codec === "network" && luma.wholeFormat === null;
  }

  /**
   * The gray of a segment, without its color.
   * @param {any} segment
   * @returns {AsyncGenerator<Picture>}
   * @throws {StreamError} as {@link pictures}
   */
  async *graysAlone(segment) {
    const { machine } = this, { top } = machine, grays = this.grays(segment);
    try {
      this.fields = this.fieldsOf(segment);
      yield* grays;
    } finally {
      await grays.return(undefined);
      machine.top = top;
    }
  }

  /** @param {any} segment */
  async *grays(segment) {
    const checksum = new Checksum(this.machine, "gray", segment, segment.lumaCrc32, segment.lumaCheckpoints);
    for await (const picture of lumaPictures(this, segment, this.fields)) {
      checksum.add([picture.luma]);
      yield picture;
    }
    checksum.finish();
  }

  /**
   * @param {any} segment
   * @param {AsyncGenerator<Picture>} pictures
   */
  async *checkedColor(segment, pictures) {
    const checksum = segment.colorCrc32 === null || !this.wantsColor ? null
      : new Checksum(this.machine, "color", segment, segment.colorCrc32, segment.colorCheckpoints);
    for await (const picture of pictures) {
      checksum?.add(picture.chroma ?? []);
      yield picture;
    }
    checksum?.finish();
  }

  /**
   * @param {any} segment
   * @param {AsyncGenerator<Picture>} pictures
   */
  async *withAlpha(segment, pictures) {
    const { alpha } = this.description;
    if (alpha === null || !this.wantsAlpha) {
      yield* pictures;
      return;
    }
    const { alphaCrc32, alphaExtradata, alphaPackets } = segment;
    if (alphaCrc32 === null) {
      throw new StreamError(
        `segment ${segment.index} lacks the alpha that the header states`, { segment: segment.index });
    }
    const run = { extradata: alphaExtradata, packets: alphaPackets, numFrames: alphaPackets.length };
    const planes = decodePlanes(alpha, run, segment.numFrames);
    const checksum = new Checksum(this.machine, "alpha", segment, alphaCrc32, []);
    try {
      for await (const picture of pictures) {
        const { value, done } = await planes.next();
        if (done) throw new StreamError(`expected as many pictures of alpha as of gray in segment ${segment.index}`);
        checksum.add([value]);
        yield { ...picture, alpha: value };
      }
      checksum.finish();
    } finally {
      await planes.return(undefined);
    }
  }

  /** Whether the alpha is decoded: with the color, as gvc-decode does it. */
  get wantsAlpha() {
    return this.wantsColor || this.description.color === "none";
  }
}
