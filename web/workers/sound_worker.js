/**
 * A worker that decodes the sound of a stream, a few seconds ahead of where it is heard.
 *
 * It is told `open`, `play` a track from a moment on, `grant` leave up to a moment, and `stop`.
 */
import { blobSource, urlSource } from "../container/byte_source.js";
import { packError } from "../container/errors.js";
import { SeekingReader } from "../container/index.js";
import { codingOf } from "../sound/configuration.js";
import { SoundTrack, endOf } from "../sound/track.js";

const DEFAULT = 1; // FFmpeg's disposition flag

/**
 * Sound that is being decoded.
 * @typedef {object} Job
 * @property {number} id
 * @property {number} until the moment up to which pieces may be sent
 * @property {boolean} isStopped
 * @property {() => void} wake
 */

/** @type {Map<number, SoundTrack>} by the place of the copied stream */
const tracks = new Map();
/** @type {Job | null} */
let current = null;
let last = Promise.resolve();

self.onmessage = ({ data }) => {
  if (data.type === "open") {
    last = last.then(() => open(data.file));
    return;
  }
  if (data.type === "play") {
    if (current) stop(current);
    const job = { id: data.id, until: data.until, isStopped: false, wake: () => {} };
    current = job;
    last = last.then(() => play(job, data.track, data.seconds, data.segment));
  } else if (current && current.id === data.id) {
    if (data.type === "stop") stop(current);
    else current.until = data.until;
    current.wake();
  }
};

/** @param {Job} job */
function stop(job) {
  job.isStopped = true;
  job.wake();
}

/** @param {Blob | string} file */
async function open(file) {
  try {
    const reader = await SeekingReader.open(typeof file === "string" ? await urlSource(file) : blobSource(file));
    /** @type {{index: number, name: string, rate: number, isDefault: boolean}[]} */
    const found = [];
    /** @type {string[]} */
    const refused = [];
    for (const [index, stream] of reader.header.copyStreams.entries()) {
      if (stream.kind !== "audio") continue;
      /** @type {number} */
      const number = found.length + refused.length + 1;
      const coding = await codingOf(stream);
      if (typeof coding === "string") {
        refused.push(`sound track ${number} ${coding}`);
        continue;
      }
      tracks.set(index, new SoundTrack(reader, index, coding));
      const { title, language } = stream.tags;
      const name = [number, title, language, stream.codec].filter(Boolean).join(", ");
      found.push({ index, name, rate: coding.rate, isDefault: (stream.disposition & DEFAULT) !== 0 });
    }
    self.postMessage({ type: "opened", tracks: found, refused });
  } catch (error) {
    self.postMessage({ type: "failed", error: packError(error) });
  }
}

/**
 * @param {Job} job
 * @param {number} track
 * @param {number} from the moment in seconds
 * @param {number} segment
 */
async function play(job, track, from, segment) {
  if (job.isStopped) return;
  try {
    for await (const piece of /** @type {SoundTrack} */ (tracks.get(track)).from(from, segment)) {
      const seconds = piece.start / piece.rate;
      if (seconds > job.until) self.postMessage({ type: "silence", id: job.id, seconds });
      while (seconds > job.until && !job.isStopped) {
        await new Promise((resolve) => { job.wake = () => resolve(undefined); });
      }
      if (job.isStopped) return;
      const { start, rate, channels } = piece;
      const buffers = channels.map((own) => own.buffer);
      self.postMessage({ type: "piece", id: job.id, start, rate, channels, end: endOf(piece) }, { transfer: buffers });
    }
    self.postMessage({ type: "ended", id: job.id });
  } catch (error) {
    if (!job.isStopped) self.postMessage({ type: "failed", id: job.id, error: packError(error) });
  }
}
