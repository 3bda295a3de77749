// The same frame of several jobs, in panes beside each other: one zoom, one place and one frame for all of them.

import { act, make } from "./api.js";
import { bytesLine, figuresOf, nameOf } from "./job_text.js";
import { listFrames, Pictures, step } from "./pictures.js";

const byId = (id) => document.getElementById(id);
const section = byId("beside");
const panes = byId("panes");
const [frames, zoom, gain] = ["beside-frame", "beside-zoom", "beside-gain"].map(byId);
let pictures = null; // of the jobs that are compared
let shown = []; // { side, view, made, original, figures, difference } of each pane
let place = { x: 0.5, y: 0.5 }; // what is in the middle of each pane, as shares of the picture

export async function compareBeside(jobs) {
  pictures?.giveUp();
  pictures = new Pictures(jobs, choose, () => panes.removeAttribute("aria-busy"));
  frames.replaceChildren();
  shown = [paneOf("original", "Original", ""), ...jobs.map((job) => paneOf(String(job.number), nameOf(job), bytesLine(job)))];
  panes.replaceChildren(...shown.map(({ element }) => element));
  place = { x: 0.5, y: 0.5 };
  byId("beside-title").textContent = `Side by side: ${jobs[0].label}`;
  byId("beside-another").max = pictures.numFrames;
  section.hidden = false;
  section.scrollIntoView({ block: "nearest" });
  await decode(pictures.spread());
}

async function decode(indices) {
  panes.setAttribute("aria-busy", "true");
  await pictures.decode(indices);
}

function paneOf(side, name, bytes) {
  const title = make("h3", { id: `pane-${side}` }, name);
  const figures = make("p", { className: "figures" });
  const made = make("img", { alt: "", draggable: false });
  const original = make("img", { alt: "", draggable: false, className: "over", hidden: true });
  const view = make("div", { className: "view", tabIndex: 0, role: "group", ariaLabel: `${name}: picture` }, make("div", { className: "picture" }, made, original));
  view.setAttribute("aria-describedby", "beside-keys");
  const element = make("section", { className: "pane" }, title);
  element.setAttribute("aria-labelledby", title.id);
  element.dataset.side = side;
  if (bytes) element.append(make("p", { className: "quiet" }, bytes));
  element.append(figures);
  let difference = null;
  if (side !== "original") {
    difference = make("input", { type: "checkbox", ariaLabel: `Difference from the original: ${name}` });
    difference.addEventListener("input", lay);
    element.append(make("label", {}, difference, " Difference from the original"));
  }
  element.append(view);
  for (const image of [made, original]) image.addEventListener("load", lay);
  view.addEventListener("scroll", () => follow(view));
  pull(view);
  return { element, side, view, made, original, figures, difference };
}

function choose(frame) {
  listFrames(frames, pictures.numbers(), frame);
  show();
}

function show() {
  const found = pictures?.frames.get(Number(frames.value));
  if (!found) return;
  for (const { side, made, original, figures, difference } of shown) {
    made.src = found.sides[side];
    made.alt = `Frame ${frames.value}`;
    if (!difference) continue;
    original.src = found.sides.original;
    figures.textContent = figuresOf(found.quality[side]);
  }
}

function lay() {
  const factor = Number(zoom.value);
  for (const { view, made, original, difference } of shown) {
    const picture = view.firstElementChild;
    picture.classList.toggle("fit", !factor);
    for (const image of [made, original]) image.style.width = factor ? `${factor * image.naturalWidth}px` : "";
    original.hidden = !difference?.checked;
    picture.style.filter = difference?.checked ? `brightness(${gain.value})` : "";
  }
  for (const { view } of shown) move(view);
}

function move(view) {
  view.scrollLeft = place.x * view.scrollWidth - view.clientWidth / 2;
  view.scrollTop = place.y * view.scrollHeight - view.clientHeight / 2;
  view.laid = [view.scrollLeft, view.scrollTop]; // the event that this causes is none of a person's
}

// A person has moved the picture of one pane: the others show the same place.
function follow(view) {
  const [left, top] = view.laid ?? [0, 0];
  if (Math.abs(view.scrollLeft - left) < 1 && Math.abs(view.scrollTop - top) < 1) return;
  view.laid = [view.scrollLeft, view.scrollTop];
  place = {
    x: (view.scrollLeft + view.clientWidth / 2) / view.scrollWidth,
    y: (view.scrollTop + view.clientHeight / 2) / view.scrollHeight,
  };
  for (const other of shown) if (other.view !== view) move(other.view);
}

// The mouse pulls the picture; fingers scroll it anyway.
function pull(view) {
  let last = null;
  view.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button) return;
    last = [event.clientX, event.clientY];
    view.setPointerCapture(event.pointerId);
  });
  view.addEventListener("pointermove", (event) => {
    if (!last) return;
    view.scrollBy(last[0] - event.clientX, last[1] - event.clientY);
    last = [event.clientX, event.clientY];
  });
  for (const kind of ["pointerup", "pointercancel"]) view.addEventListener(kind, () => (last = null));
}

export function startBeside() {
  frames.addEventListener("change", show);
  for (const entry of [zoom, gain]) entry.addEventListener("input", lay);
  byId("beside-decode").addEventListener("click", () => act(() => decode([byId("beside-another").valueAsNumber - 1])));
  panes.addEventListener("keydown", (event) => {
    if (event.key === "," || event.key === ".") {
      step(frames, event.key === "." ? 1 : -1);
      show();
    } else if (event.key === "+" || event.key === "-") {
      step(zoom, event.key === "+" ? 1 : -1);
      lay();
    } else return;
    event.preventDefault();
  });
}
