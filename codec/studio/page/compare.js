// Before and after, on the two sides of a divider; or their difference, which the browser blends.

import { act } from "./api.js";
import { figuresOf } from "./job_text.js";
import { listFrames, Pictures, step } from "./pictures.js";

const byId = (id) => document.getElementById(id);
const section = byId("comparison");
const [pair, before, after, divider] = ["pair", "before", "after", "divider"].map(byId);
const [frames, split, zoom, difference, gain] = ["shown-frame", "split", "zoom", "difference", "gain"].map(byId);
let pictures = null; // of the job that is compared
let made = ""; // its number, the name of its side

export async function compare(job) {
  pictures?.giveUp();
  pictures = new Pictures([job], choose, () => pair.removeAttribute("aria-busy"));
  made = String(job.number);
  frames.replaceChildren();
  byId("figures").textContent = "";
  before.removeAttribute("src");
  after.removeAttribute("src");
  byId("comparison-title").textContent = `Before and after: ${job.label}`;
  byId("another-frame").max = pictures.numFrames;
  section.hidden = false;
  section.scrollIntoView({ block: "nearest" });
  await decode(pictures.spread());
}

async function decode(indices) {
  pair.setAttribute("aria-busy", "true");
  await pictures.decode(indices);
}

function choose(frame) {
  listFrames(frames, pictures.numbers(), frame);
  show();
}

function show() {
  const shown = pictures?.frames.get(Number(frames.value));
  if (!shown) return;
  before.src = shown.sides.original;
  after.src = shown.sides[made];
  byId("figures").textContent = figuresOf(shown.quality[made]);
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
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (side && !zoomed()) {
      split.value = String(Number(split.value) + side * (event.shiftKey ? 10 : 2));
      lay();
    } else if (event.key === "," || event.key === ".") {
      step(frames, event.key === "." ? 1 : -1);
      show();
    } else return;
    event.preventDefault();
  });
  lay();
}

// With a zoom, arrows move the picture in its box.
const zoomed = () => byId("stage").scrollWidth > byId("stage").clientWidth;
