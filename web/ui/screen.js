/** The canvas: a picture in color, in gray or both, turned as the video says, and in the shape of its samples. */
import { renderedGray } from "../video/rendering.js";

/** @typedef {import("../workers/pool.js").Frame} Frame */
/** @typedef {"color" | "gray" | "split"} ViewName */

/** Pictures that are smaller are shown several times as large, sample by sample. */
const SMALL_WIDTH = 960, SMALL_HEIGHT = 540;
const UPRIGHT = "1,0,0,1,0,0";

export class Screen {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {any} facts of the stream
   */
  constructor(canvas, facts) {
    this.facts = facts;
    const { width, height } = facts.description;
    this.width = width;
    this.height = height;
    this.turn = turnOf(facts.displayMatrix, width, height);
    canvas.width = this.turn.width;
    canvas.height = this.turn.height;
    const ratio = facts.sampleAspectRatio, isTurned = Math.abs(this.turn.values[0]) < Math.abs(this.turn.values[1]);
    const across = canvas.width * (isTurned ? 1 : ratio), down = canvas.height * (isTurned ? ratio : 1);
    const times = Math.max(1, Math.min(Math.floor(SMALL_WIDTH / across), Math.floor(SMALL_HEIGHT / down)));
    canvas.style.aspectRatio = `${across} / ${down}`;
    canvas.style.width = `${across * times}px`;
    canvas.style.imageRendering = times > 1 ? "pixelated" : "auto";
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {HTMLCanvasElement | null} where a picture lies before it is turned; null if it stays as it is */
    this.source = null;
    this.upright = this.context;
    if (this.turn.values.join() !== UPRIGHT) {
      this.source = document.createElement("canvas");
      this.source.width = width;
      this.source.height = height;
      this.upright = /** @type {CanvasRenderingContext2D} */ (this.source.getContext("2d"));
    }
    /** @type {ViewName} */
    this.view = facts.hasColor ? "color" : "gray";
    /** Where the border of the split view is, 0 to 1. */
    this.border = 0.5;
    /** @type {Frame | null} */
    this.frame = null;
  }

  /** @param {Frame} frame */
  show(frame) {
    this.frame = frame;
    this.draw();
  }

  draw() {
    if (this.frame === null) return;
    const { width, height } = this;
    const color = new ImageData(this.frame.rgba, width, height);
    if (this.view === "color") {
      this.upright.putImageData(color, 0, 0);
    } else {
      const luma = /** @type {import("../video/picture.js").Plane} */ (this.frame.planes[0]);
      this.upright.putImageData(new ImageData(renderedGray(this.facts.description, luma), width, height), 0, 0);
      const left = Math.round(this.border * width);
      if (this.view === "split" && left < width) {
        this.upright.putImageData(color, 0, 0, left, 0, width - left, height);
      }
    }
    if (this.source === null) return;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const [a, b, c, d, e, f] = this.turn.values;
    this.context.setTransform(a, b, c, d, e, f);
    this.context.drawImage(this.source, 0, 0);
  }

  /** The frame on show, with its view, as a PNG. @returns {Promise<Blob>} */
  png() {
    return new Promise((resolve, reject) => this.canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("expected a PNG of this frame. Received: none"))), "image/png"));
  }
}

/**
 * How FFmpeg's display matrix turns a picture: the canvas that it fills, and what the context takes.
 * @param {number[] | null} matrix
 * @param {number} width
 * @param {number} height
 */
function turnOf(matrix, width, height) {
  const [a, b, c, d] = matrix === null ? [1, 0, 0, 1]
    : [matrix[0], matrix[1], matrix[3], matrix[4]].map((value) => value / 65536);
  if (Math.abs(a * d - b * c) < 0.01 || [a, b, c, d].some((value) => Math.abs(value) > 8)) {
    return { width, height, values: [1, 0, 0, 1, 0, 0] };
  }
  const xs = [0, a * width, c * height, a * width + c * height], ys = [0, b * width, d * height, b * width + d * height];
  const left = Math.min(...xs), top = Math.min(...ys);
  return {
    width: Math.max(1, Math.round(Math.max(...xs) - left)), height: Math.max(1, Math.round(Math.max(...ys) - top)),
    values: [a, b, c, d, -left, -top],
  };
}
