// The list of jobs: progress while they run, and what came out.

import { act, addJobs, bytesText, cancelJob, fileUrl, make } from "./api.js";
import { compareBeside } from "./beside.js";
import { compare } from "./compare.js";
import { howOf, KINDS, nameOf } from "./job_text.js";
import { paint } from "./paint.js";

const list = document.getElementById("jobs");
const count = document.getElementById("chosen-count");
const FINAL = ["done", "failed", "canceled"];
const shown = new Map(); // number of a job -> { element, text } as it is in the page
let latest = []; // all jobs, as the last event told them
let waiting = []; // { number, then }: what to do when a job has ended
let chosen = new Set(); // numbers of jobs to be shown side by side

// Calls a function with a job when it has ended, well or not.
export function whenEnded(number, then) {
  waiting.push({ number, then });
  settle(); // the event may have come before
}

function settle() {
  const stateOf = ({ number }) => latest.find((job) => job.number === number)?.state;
  const ended = waiting.filter((entry) => FINAL.includes(stateOf(entry)));
  waiting = waiting.filter((entry) => !ended.includes(entry));
  for (const { number, then } of ended) then(latest.find((job) => job.number === number));
}

export function showJobs(jobs) {
  const visible = jobs.filter((job) => job.kind !== "frames" || job.state === "failed");
  for (const [number, { element }] of shown) {
    if (!visible.some((job) => job.number === number)) {
      element.remove();
      shown.delete(number);
      if (chosen.delete(number)) tellChosen();
    }
  }
  for (const job of visible) {
    const text = JSON.stringify(job);
    const old = shown.get(job.number);
    if (old?.text === text) continue;
    if (old && old.state === job.state && job.state === "running") {
      fillProgress(old.element, job); // its button keeps the focus
      old.text = text;
      continue;
    }
    const element = elementOf(job);
    if (old) {
      const hadFocus = old.element.contains(document.activeElement);
      old.element.replaceWith(element);
      if (hadFocus) element.querySelector("button, a")?.focus();
    } else {
      list.prepend(element);
    }
    shown.set(job.number, { element, text, state: job.state });
  }
  latest = jobs;
  settle();
}

function elementOf(job) {
  const element = make("li", { className: `job ${job.state}` });
  element.dataset.number = job.number;
  element.dataset.kind = job.kind;
  element.dataset.state = job.state;
  const title = `${KINDS[job.kind]} ${job.label}`;
  element.append(make("h3", {}, title), make("span", { className: "state" }, stateText(job)));
  if (job.state === "running") {
    element.append(make("progress", { ariaLabel: `${title}: share of this stage` }), make("p", { className: "quiet now" }));
    fillProgress(element, job);
  }
  if (job.error) element.append(make("p", { className: "error" }, job.error));
  if (job.state === "done") element.append(...resultOf(job));
  element.append(actionsOf(job, title));
  return element;
}

const stateText = (job) => [job.state, howOf(job)].filter(Boolean).join(", ");

function fillProgress(element, job) {
  const bar = element.querySelector("progress");
  if (job.total) Object.assign(bar, { max: job.total, value: job.done });
  else bar.removeAttribute("value");
  const parts = [job.stage ?? "starting"];
  if (job.total) parts.push(`${Math.floor((100 * job.done) / job.total)} %`, `${job.done} of ${job.total} ${job.unit}`);
  if (job.rate) parts.push(job.unit === "frames" ? `${job.rate.toFixed(1)} fps` : `${job.rate.toFixed(1)} ${job.unit}/s`);
  if (job.seconds_left !== null) parts.push(`${Math.ceil(job.seconds_left)} s left`);
  if (job.bytes) parts.push(bytesText(job.bytes));
  if (job.detail) parts.push(job.detail);
  element.querySelector(".now").textContent = parts.join(" · ");
}

function resultOf(job) {
  const { rows = [], notes = [] } = job.result;
  const found = [];
  if (rows.length) {
    const total = job.result.report.total_bytes;
    const saved = job.result.report.saved_percent;
    found.push(make("p", {}, `${bytesText(total)}, ${saved.toFixed(2)} % saved of the raw video`));
    const body = make("tbody");
    const parts = rows.findIndex(([part]) => part === "total"); // sums and comparisons follow
    for (const [index, [part, count, remark]] of rows.entries()) {
      const bytes = Number(count.replaceAll(",", ""));
      const row = make("tr", {}, make("th", { scope: "row" }, part), make("td", {}, count), make("td", {}, remark));
      const cell = make("td");
      if (bytes && index < parts) {
        const bar = make("span", { className: "share" });
        bar.style.width = `${(8 * bytes) / total}rem`;
        cell.append(bar);
      }
      row.append(cell);
      body.append(row);
    }
    found.push(make("table", {}, make("caption", { className: "quiet" }, "Bytes by part"), body));
  }
  found.push(...notes.map((note) => make("p", { className: "quiet" }, note)));
  return found;
}

function actionsOf(job, title) {
  const actions = make("div", { className: "actions" });
  const button = (text, work) => {
    const element = make("button", { type: "button", ariaLabel: `${text}: ${title}` }, text);
    element.addEventListener("click", () => act(work));
    actions.append(element);
  };
  if (job.state === "done") {
    if (["encode", "recolor"].includes(job.kind)) {
      button("Compare", () => compare(job));
      actions.append(chooserOf(job, title));
    }
    if (job.kind === "encode") button("Decode to mp4", () => addJobs({ kind: "decode", job: job.number }));
    if (job.kind === "keyframes") button("Paint", () => paint(job));
    for (const name of job.result.files.filter((file) => !file.endsWith(".png"))) {
      actions.append(make("a", { href: fileUrl(job.number, name), download: name }, `Download ${name}`));
    }
  }
  button(FINAL.includes(job.state) ? "Remove" : "Cancel", () => cancelJob(job.number));
  return actions;
}

function chooserOf(job, title) {
  const box = make("input", { type: "checkbox", checked: chosen.has(job.number), ariaLabel: `Side by side: ${title}, ${nameOf(job)}` });
  box.addEventListener("change", () => {
    if (box.checked) chosen.add(job.number);
    else chosen.delete(job.number);
    tellChosen();
  });
  return make("label", { className: "chooser" }, box, " Side by side");
}

function tellChosen() {
  count.textContent = chosen.size ? `${chosen.size} chosen` : "Choose jobs of one video that are done, by their boxes.";
}

// Jobs that were asked for together are chosen together.
export function chooseBeside(jobs) {
  chosen = new Set(jobs.map(({ number }) => number));
  for (const { element } of shown.values()) {
    const box = element.querySelector(".chooser input");
    if (box) box.checked = chosen.has(Number(element.dataset.number));
  }
  tellChosen();
}

export function startJobs() {
  tellChosen();
  document.getElementById("compare-chosen").addEventListener("click", () =>
    act(async () => {
      const jobs = latest.filter((job) => chosen.has(job.number));
      if (jobs.length < 2) throw new Error("Choose two jobs or more to see them side by side.");
      if (jobs.some((job) => job.state !== "done")) throw new Error("Wait until all chosen jobs are done.");
      await compareBeside(jobs);
    }),
  );
}
