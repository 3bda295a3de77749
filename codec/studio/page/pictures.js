// Single frames of what jobs have made, and of their video: decoded by a job, whose files are shown as they are.

import { addJobs, cancelJob, fileUrl, make } from "./api.js";
import { whenEnded } from "./jobs.js";

const EVENLY = 6; // frames that are shown at first

// Has a list name these frames, and choose one.
export function listFrames(select, numbers, chosen) {
  select.replaceChildren(...numbers.map((number) => make("option", {}, String(number))));
  select.value = String(chosen);
}

// Chooses the next or the previous entry of a list, if there is one.
export function step(select, by) {
  select.selectedIndex = Math.min(select.length - 1, Math.max(0, select.selectedIndex + by));
}

export class Pictures {
  // `onCome` is called with the number of the first frame of those that have come; `onEnd` whenever a decoding ends.
  constructor(jobs, onCome, onEnd) {
    this.jobs = jobs;
    this.numFrames = Math.min(...jobs.map((job) => job.result.frames));
    this.decoded = []; // numbers of the jobs that make the pictures
    this.frames = new Map(); // frame, from 1 -> { sides: addresses by side, quality: by job }
    this.onCome = onCome;
    this.onEnd = onEnd;
    this.isGivenUp = false;
  }

  // Indices of some frames, spread over the video.
  spread() {
    const last = this.numFrames - 1;
    const steps = Math.min(EVENLY - 1, last);
    return Array.from({ length: steps + 1 }, (_, step) => (steps ? Math.round((step * last) / steps) : 0));
  }

  async decode(indices) {
    const wish = { kind: "frames", jobs: this.jobs.map(({ number }) => number), frames: indices };
    const [job] = await addJobs(wish).catch((error) => {
      this.onEnd();
      throw error;
    });
    this.decoded.push(job.number);
    if (this.isGivenUp) this.giveUp();
    else whenEnded(job.number, (ended) => this.isGivenUp || this.take(ended, indices[0] + 1));
  }

  take(job, first) {
    for (const name of job.state === "done" ? job.result.files : []) {
      const [side, file] = name.split("/");
      const number = Number(file.match(/\d+/)[0]);
      const quality = Object.fromEntries(Object.entries(job.result.quality).map(([of, found]) => [of, found[number]]));
      const sides = { ...this.frames.get(number)?.sides, [side]: fileUrl(job.number, name) };
      this.frames.set(number, { sides, quality });
    }
    this.onEnd();
    if (job.state === "done") this.onCome(first);
  }

  numbers() {
    return [...this.frames.keys()].sort((a, b) => a - b);
  }

  // Nothing is shown of them any more.
  giveUp() {
    this.isGivenUp = true;
    this.decoded.splice(0).forEach((number) => cancelJob(number).catch(() => {}));
  }
}
