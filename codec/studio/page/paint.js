// Strokes of color on keyframes. The page only collects them; what they mean is computed by the job.

import { act, addJobs, fileUrl, make } from "./api.js";
import { checkedIn, several, SEVERAL } from "./form.js";
import { chooseBeside } from "./jobs.js";

const byId = (id) => document.getElementById(id);
const canvas = byId("canvas");
const keyframe = byId("keyframe");
const brushColor = byId("brush-color");
const radius = byId("radius");
const GRAY = "#808080";
let painted = null; // the job with the keyframes
let strokes = new Map(); // name of a keyframe -> strokes on it
let picture = null;
let current = null; // the stroke that is being drawn
let brush = null; // [x, y] of the keyboard's brush

export async function paint(job) {
  painted = job;
  strokes = new Map();
  keyframe.replaceChildren(...job.result.files.map((file) => make("option", { value: file }, `${Number(file.match(/(\d+)\.png/)[1])}`)));
  byId("painting-title").textContent = `Paint: ${job.label}`;
  byId("painting").hidden = false;
  byId("painting").scrollIntoView({ block: "nearest" });
  await load();
}

async function load() {
  const image = new Image();
  image.src = fileUrl(painted.number, keyframe.value);
  await image.decode();
  picture = image;
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.style.width = `${Math.max(image.naturalWidth, Math.min(640, 4 * image.naturalWidth))}px`;
  canvas.dataset.shown = keyframe.value;
  brush = null;
  draw();
}

const nameOf = () => keyframe.value.split("/").pop();
const own = () => strokes.get(nameOf()) ?? [];

function draw() {
  const context = canvas.getContext("2d");
  context.filter = "grayscale(1)";
  context.drawImage(picture, 0, 0);
  context.filter = "none";
  context.lineCap = context.lineJoin = "round";
  for (const stroke of [...own(), ...(current ? [current] : [])]) {
    context.strokeStyle = `rgb(${stroke.color})`;
    context.lineWidth = 2 * stroke.radius;
    context.beginPath();
    context.moveTo(...stroke.points[0]);
    for (const point of stroke.points) context.lineTo(...point);
    context.stroke();
  }
  if (brush) {
    context.strokeStyle = "#fff";
    context.lineWidth = 1;
    context.beginPath();
    context.arc(...brush, radius.valueAsNumber || 1, 0, 2 * Math.PI);
    context.stroke();
  }
  const count = own().length;
  byId("undo").disabled = byId("clear").disabled = !count;
  canvas.dataset.strokes = count;
}

function rgb() {
  return [1, 3, 5].map((at) => parseInt(brushColor.value.slice(at, at + 2), 16));
}

function placeOf(event) {
  const box = canvas.getBoundingClientRect();
  const place = [(event.clientX - box.left) * (canvas.width / box.width), (event.clientY - box.top) * (canvas.height / box.height)];
  return place.map((value) => Math.round(100 * value) / 100);
}

function begin(point) {
  current = { color: rgb(), radius: Math.max(0.5, radius.valueAsNumber || 1), points: [point] };
}

function end() {
  if (!current) return;
  strokes.set(nameOf(), [...own(), current]);
  current = null;
  draw();
}

function moveByKey(event) {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!step && event.key !== " ") return;
  event.preventDefault();
  const from = brush ?? [Math.round(canvas.width / 2), Math.round(canvas.height / 2)];
  const far = Math.max(1, Math.round(canvas.width / 64));
  brush = step ? [clamp(from[0] + far * step[0], canvas.width), clamp(from[1] + far * step[1], canvas.height)] : from;
  if (!step || event.shiftKey) {
    begin(from);
    current.points.push(brush);
    end();
  }
  byId("brush-place").textContent = `Brush at ${brush[0]}, ${brush[1]}; ${own().length} strokes`;
  draw();
}

const clamp = (value, size) => Math.min(size - 1, Math.max(0, value));

export function showNetworks(names) {
  byId("networks").replaceChildren(several("network", "Networks", `${SEVERAL}.`, names, ["singh2020"]));
}

export function startPainting() {
  keyframe.addEventListener("change", () => act(load));
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    begin(placeOf(event));
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current || !canvas.hasPointerCapture(event.pointerId)) return;
    current.points.push(placeOf(event));
    draw();
  });
  for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, end);
  canvas.addEventListener("keydown", moveByKey);
  byId("no-color").addEventListener("click", () => (brushColor.value = GRAY));
  byId("undo").addEventListener("click", () => (strokes.set(nameOf(), own().slice(0, -1)), draw()));
  byId("clear").addEventListener("click", () => (strokes.delete(nameOf()), draw()));
  byId("recolor-form").addEventListener("submit", (event) => {
    event.preventDefault();
    act(async () => {
      const networks = checkedIn(byId("networks"));
      if (!networks.length) throw new Error("Choose a network first.");
      const wish = { kind: "recolor", job: painted.number, networks, stream: byId("as-stream").checked, strokes: Object.fromEntries(strokes) };
      for (const [name, id] of [["epochs", "epochs"], ["train_size", "train-size"], ["max_seconds", "max-seconds"]]) {
        if (byId(id).value) wish[name] = byId(id).valueAsNumber;
      }
      const jobs = await addJobs(wish);
      if (jobs.length > 1) chooseBeside(jobs);
    });
  });
}
