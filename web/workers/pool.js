/**
 * The workers of a page: each has the stream open, and decodes one segment at a time. Where there is one segment alone to
 * decode, another worker may decode its gray.
 */
import { unpackError } from "../container/errors.js";

const MOST_WORKERS = 4;

/**
 * A picture as it comes from a worker.
 * @typedef {object} Frame
 * @property {number} index
 * @property {number} pts in units of the video's time base
 * @property {number} duration
 * @property {(Uint8Array | Uint16Array | Int16Array | Int32Array)[]} planes gray, chroma, alpha
 * @property {Uint8ClampedArray<ArrayBuffer>} rgba
 */

/**
 * A segment that a worker decodes.
 * @typedef {object} Job
 * @property {number} id
 * @property {number} segment
 * @property {number} from the first frame that is sent
 * @property {number} granted pictures that may be sent, in all
 * @property {number} received
 * @property {Worker[]} workers that which decodes it, and that which assists it, if one does
 */

/**
 * Who listens to a pool.
 * @typedef {object} Listener
 * @property {(frame: Frame) => void} frame
 * @property {(segment: number) => void} verified
 * @property {(error: Error, segment: number) => void} failed
 */

export class Pool {
  /**
   * @param {Worker[]} workers
   * @param {any} facts of the stream
   */
  constructor(workers, facts) {
    this.workers = workers;
    this.facts = facts;
    /** @type {Map<number, Job>} by id */
    this.jobs = new Map();
    this.nextId = 1;
    /** @type {Listener | null} */
    this.listener = null;
    for (const worker of workers) worker.onmessage = ({ data }) => this.receive(data);
  }

  /**
   * Open a stream.
   * @param {Blob | string} file
   * @returns {Promise<Pool>}
   * @throws {import("../container/errors.js").StreamError} it cannot be played
   */
  static async open(file) {
    const most = Math.min(navigator.hardwareConcurrency || 1, MOST_WORKERS), workers = [makeWorker()];
    const another = () => {
      const worker = makeWorker();
      worker.postMessage({ type: "open", file, isFirst: false });
      workers.push(worker);
    };
    try {
      // The second one, which nearly every stream needs, opens the stream at the same time.
      if (most > 1) another();
      const facts = await opened(workers[0], file);
      const useful = Math.min(most, Math.max(facts.segments.length, facts.hasGrayApart ? 2 : 1));
      while (workers.length < useful) another();
      while (workers.length > useful) workers.pop()?.terminate();
      return new Pool(workers, facts);
    } catch (error) {
      for (const worker of workers) worker.terminate();
      throw error;
    }
  }

  /** @param {any} data */
  receive(data) {
    const job = this.jobs.get(data.id);
    if (!job || !this.listener) return;
    if (data.type === "frame") {
      job.received += 1;
      this.listener.frame(data);
      return;
    }
    this.jobs.delete(job.id);
    if (data.type === "verified") this.listener.verified(job.segment);
    else this.listener.failed(unpackError(data.error), job.segment);
  }

  /**
   * Decode a segment in a worker that has nothing to do.
   * @param {number} segment
   * @param {number} from
   * @param {number} granted
   * @param {boolean} isAlone whether no other segment is wanted, so that another worker may assist
   * @returns {Job | null} null if there is no such worker
   */
  start(segment, from, granted, isAlone) {
    const busy = new Set([...this.jobs.values()].flatMap((job) => job.workers));
    const [worker, assistant] = this.workers.filter((own) => !busy.has(own));
    if (!worker) return null;
    const job = { id: this.nextId++, segment, from, granted, received: 0, workers: [worker] };
    this.jobs.set(job.id, job);
    let port = null;
    if (isAlone && assistant && this.facts.hasGrayApart) {
      const channel = new MessageChannel();
      port = channel.port1;
      job.workers.push(assistant);
      assistant.postMessage({ type: "assist", segment, port: channel.port2 }, [channel.port2]);
    }
    worker.postMessage({ type: "decode", id: job.id, segment, from, granted, port }, port ? [port] : []);
    return job;
  }

  /**
   * The job that decodes a segment and has not sent a frame yet.
   * @param {number} segment
   * @param {number} frame
   * @returns {Job | undefined}
   */
  jobOf(segment, frame) {
    return [...this.jobs.values()].find((job) => job.segment === segment && job.from + job.received <= frame);
  }

  /**
   * Give leave for more pictures.
   * @param {Job} job
   * @param {number} count
   */
  grant(job, count) {
    job.granted += count;
    job.workers[0].postMessage({ type: "grant", id: job.id, count });
  }

  /** @param {Job} job */
  cancel(job) {
    this.jobs.delete(job.id);
    job.workers[0].postMessage({ type: "cancel", id: job.id });
  }

  close() {
    this.listener = null;
    this.jobs.clear();
    for (const worker of this.workers) worker.terminate();
  }
}

function makeWorker() {
  return new Worker(new URL("./decode_worker.js", import.meta.url), { type: "module" });
}

/**
 * @param {Worker} worker
 * @param {Blob | string} file
 * @returns {Promise<any>} the facts of the stream
 */
function opened(worker, file) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.type === "opened" ? resolve(data.facts) : reject(unpackError(data.error)));
    worker.onerror = (event) => reject(new Error(event.message || "expected a worker that starts. Received: none"));
    worker.postMessage({ type: "open", file, isFirst: true });
  });
}
