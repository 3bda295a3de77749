/**
 * A worker that decodes segments, one at a time, and sends each picture as soon as it has leave to.
 *
 * It is told `open`, `decode` a segment from a frame on, `grant` leave for more pictures, and `cancel`; or to `assist`
 * another worker with the gray of a segment.
 */
import { packError } from "../container/errors.js";
import { rendered } from "../video/rendering.js";
import { sendGrays } from "./grays.js";
import { OpenStream } from "./stream.js";

/**
 * A segment that is being decoded.
 * @typedef {object} Job
 * @property {number} id
 * @property {number} from the first frame that is wanted
 * @property {number} granted pictures that may be sent
 * @property {MessagePort | null} port where the gray comes from; null if it is decoded here
 * @property {boolean} isCanceled
 * @property {() => void} wake
 */

/** @type {OpenStream | null} */
let stream = null;
/** @type {Job | null} */
let current = null;
/** Jobs follow each other: the machine has one segment in it. */
let last = Promise.resolve();

const ticks = new MessageChannel();

/** Let messages in: decoding itself never waits for anything. */
function tick() {
  return new Promise((resolve) => {
    ticks.port1.onmessage = () => resolve(undefined);
    ticks.port2.postMessage(null);
  });
}

self.onmessage = ({ data }) => {
  if (data.type === "open") {
    last = last.then(() => open(data.file, data.isFirst));
  } else if (data.type === "decode") {
    const { id, from, granted, port } = data;
    const job = { id, from, granted, port, isCanceled: false, wake: () => {} };
    if (current) cancel(current);
    current = job;
    last = last.then(() => decode(job, data.segment)).then(() => {
      port?.postMessage("close");
      port?.close();
    });
  } else if (data.type === "assist") {
    last = last.then(() => assist(data.segment, data.port));
  } else if (current && current.id === data.id) {
    if (data.type === "cancel") cancel(current);
    else current.granted += data.count;
    current.wake();
  }
};

/** @param {Job} job */
function cancel(job) {
  job.isCanceled = true;
  job.wake();
}

/**
 * @param {Blob | string} file
 * @param {boolean} isFirst of the workers that open it
 */
async function open(file, isFirst) {
  try {
    stream = await OpenStream.open(file, isFirst);
    self.postMessage({ type: "opened", facts: stream.facts() });
  } catch (error) {
    self.postMessage({ type: "refused", error: packError(error) });
  }
}

/**
 * @param {Job} job
 * @param {number} segment
 */
async function decode(job, segment) {
  if (job.isCanceled) return;
  try {
    if (stream === null) throw new Error("expected an open stream in this worker. Received: none");
    for await (const frame of stream.pictures(segment, job.port)) {
      await tick();
      while (frame.index >= job.from && !job.granted && !job.isCanceled) {
        await new Promise((resolve) => { job.wake = () => resolve(undefined); });
      }
      if (job.isCanceled) return;
      if (frame.index >= job.from) send(stream, job, frame);
    }
    self.postMessage({ type: "verified", id: job.id, segment });
  } catch (error) {
    if (!job.isCanceled) self.postMessage({ type: "failed", id: job.id, segment, error: packError(error) });
  }
}

/**
 * @param {number} segment
 * @param {MessagePort} port
 */
async function assist(segment, port) {
  if (stream !== null) await sendGrays(stream.grays(segment), port, tick);
  else port.postMessage({ error: packError(new Error("expected an open stream in this worker. Received: none")) });
}

/**
 * @param {OpenStream} own
 * @param {Job} job
 * @param {{picture: import("../video/picture.js").Picture, index: number, pts: number, duration: number}} frame
 */
function send(own, job, { picture, index, pts, duration }) {
  job.granted -= 1;
  const rgba = rendered(own.receiver.machine, own.description, picture);
  const planes = [picture.luma, ...(picture.chroma ?? []), ...(picture.alpha ? [picture.alpha] : [])];
  const buffers = new Set([rgba.buffer, ...planes.map((plane) => plane.buffer)]);
  self.postMessage(
    { type: "frame", id: job.id, index, pts, duration, planes, rgba }, { transfer: /** @type {any} */ ([...buffers]) });
}
