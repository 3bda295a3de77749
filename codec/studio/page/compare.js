// Before and after, on the two sides of a divider; or their difference, which the browser blends.

import { act, addJob, cancelJob, fileUrl, make } from "./api.js";
import { whenDone } from "./jobs.js";

const EVENLY = 6; // frames that are shown at first
const byId = (id) => document.getElementById(id);
const section = byId("comparison");
const [pair, before, after, divider] = ["pair", "before", "after", "divider"].map(byId);
const [frames, split, zoom, difference, gain] = ["shown-frame", "split", "zoom", "difference", "gain"].map(byId);
let compared = null; // the job
let decoded = []; // numbers of the jobs that have made its pictures
let pictures = new Map(); // frame, from 1 -> { before, after }: addresses

export async function compare(job) {
  compared = job;
  decoded.splice(0).forEach((number) => cancelJob(number).catch(() => {}));
  pictures = new Map();
  frames.replaceChildren();
  before.removeAttribute("src");
  after.removeAttribute("src");
  byId("comparison-title").textContent = `Before and after: ${job.label}`;
  byId("another-frame").max = job.result.frames;
  const last = job.result.frames - 1;
  const steps = Math.min(EVENLY - 1, last);
  const wanted = Array.from({ length: steps + 1 }, (_, step) => (steps ? Math.round((step * last) / steps) : 0));
  section.hidden = false;
  section.scrollIntoView({ block: "nearest" });
  await decode(wanted);
}

async function decode(indices) {
  const of = compared;
  const job = await addJob({ kind: "frames", job: of.number, frames: indices });
  decoded.push(job.number);
  pair.setAttribute("aria-busy", "true");
  whenDone(job.number, (done) => {
    if (of !== compared) return;
    for (const name of done.result.files) {
      const [side, file] = name.split("/");
      const frame = Number(file.match(/\d+/)[0]);
      pictures.set(frame, { ...pictures.get(frame), [side]: fileUrl(done.number, name) });
    }
    const numbers = [...pictures.keys()].sort((a, b) => a - b);
    frames.replaceChildren(...numbers.map((number) => make("option", {}, String(number))));
    frames.value = String(indices[0] + 1);
    pair.removeAttribute("aria-busy");
    show();
  });
}

function show() {
  const shown = pictures.get(Number(frames.value));
  if (!shown) return;
  before.src = shown.before;
  after.src = shown.after;
  before.alt = `Frame ${frames.value} before`;
  after.alt = `Frame ${frames.value} after`;
}

function lay() {
  const factor = Number(zoom.value);
  pair.classList.toggle("fit", !factor);
  for (const image of [before, after]) image.style.width = factor ? `${factor * image.naturalWidth}px` : "";
  before.style.clipPath = `inset(0 ${100 - split.value}% 0 0)`;
  divider.style.left = `${split.value}%`;
  pair.classList.toggle("difference", difference.checked);
  pair.style.filter = difference.checked ? `brightness(${gain.value})` : "";
}

function drag(event) {
  const box = pair.getBoundingClientRect();
  split.value = String(Math.round((100 * (event.clientX - box.left)) / box.width));
  lay();
}

export function startComparison() {
  frames.addEventListener("change", show);
  for (const entry of [split, zoom, difference, gain]) entry.addEventListener("input", lay);
  for (const image of [before, after]) image.addEventListener("load", lay);
  byId("decode-frame").addEventListener("click", () => act(() => decode([byId("another-frame").valueAsNumber - 1])));
  pair.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pair.setPointerCapture(event.pointerId);
    drag(event);
  });
  pair.addEventListener("pointermove", (event) => pair.hasPointerCapture(event.pointerId) && drag(event));
  byId("stage").addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && !zoomed()) {
      split.value = String(Number(split.value) + step * (event.shiftKey ? 10 : 2));
      lay();
    } else if (event.key === "," || event.key === ".") {
      frames.selectedIndex = Math.min(frames.length - 1, Math.max(0, frames.selectedIndex + (event.key === "." ? 1 : -1)));
      show();
    } else return;
    event.preventDefault();
  });
  lay();
}

// With a zoom, arrows move the picture in its box.
const zoomed = () => byId("stage").scrollWidth > byId("stage").clientWidth;
