// The page of the studio: videos, forms, and the events that keep the jobs up to date.

import { act, addJob, bytesText, complain, getState, make, removeVideo, takeLocal, upload } from "./api.js";
import { startComparison } from "./compare.js";
import { chosenColor, showForm, values } from "./form.js";
import { showJobs } from "./jobs.js";
import { startPainting } from "./paint.js";

const byId = (id) => document.getElementById(id);
const videoList = byId("video-list");
let maxUploadBytes = Infinity;

function addVideo(video) {
  videoList.querySelector("p")?.remove();
  const id = `video-${video.number}`;
  const box = make("input", { type: "checkbox", id, value: video.number, checked: true });
  const remove = make("button", { type: "button", ariaLabel: `Remove ${video.label}` }, "Remove");
  const row = make("div", { className: "video" }, box, make("label", { htmlFor: id }, `${video.label}, ${bytesText(video.bytes)}`), remove);
  remove.addEventListener("click", () =>
    act(async () => {
      await removeVideo(video.number);
      row.remove();
    }),
  );
  videoList.append(row);
}

const chosen = () => [...videoList.querySelectorAll("input:checked")].map((box) => Number(box.value));

async function takeFiles(files) {
  for (const file of files) {
    await act(async () => {
      if (file.size > maxUploadBytes) {
        throw new Error(`${file.name}: expected at most ${bytesText(maxUploadBytes)} (gvc-studio --max-upload). Received: ${bytesText(file.size)}`);
      }
      const bar = make("progress", { max: 1, value: 0, ariaLabel: `Upload of ${file.name}` });
      const row = make("li", {}, `${file.name} `, bar);
      byId("uploads").append(row);
      try {
        addVideo(await upload(file, (share) => (bar.value = share)));
      } finally {
        row.remove();
      }
    });
  }
}

function startVideos(state) {
  maxUploadBytes = state.max_upload_bytes;
  byId("limit").textContent = `At most ${bytesText(maxUploadBytes)} each. They stay on the machine that runs gvc-studio.`;
  byId("file").addEventListener("change", async (event) => {
    await takeFiles([...event.target.files]);
    event.target.value = "";
  });
  const drop = byId("drop");
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    takeFiles([...event.dataTransfer.files]);
  });
  if (state.local_files.length) {
    byId("local").hidden = false;
    byId("local-file").replaceChildren(
      ...state.local_files.map((file, index) => make("option", { value: index }, `${file.root}/${file.name}`)),
    );
    byId("take-local").addEventListener("click", () =>
      act(async () => addVideo(await takeLocal(state.local_files[Number(byId("local-file").value)]))),
    );
  }
  state.videos.forEach(addVideo);
}

// One job for each chosen video.
function forChosen(wish) {
  return act(async () => {
    const videos = chosen();
    if (!videos.length) throw new Error("Choose a video first.");
    for (const video of videos) await addJob({ ...wish, video });
    byId("jobs").scrollIntoView({ block: "nearest" });
  });
}

function listen() {
  const events = new EventSource("api/events");
  events.addEventListener("jobs", (event) => showJobs(JSON.parse(event.data)));
  events.addEventListener("open", () => (byId("connection").textContent = "connected"));
  events.addEventListener("error", () => (byId("connection").textContent = "the studio does not answer; trying again"));
}

async function start() {
  const state = await getState();
  byId("program").textContent = state.program;
  showForm(state.form);
  startVideos(state);
  startPainting(state.networks);
  startComparison();
  byId("encode-form").addEventListener("submit", (event) => {
    event.preventDefault();
    forChosen({ kind: "encode", color: chosenColor(), options: values() });
  });
  byId("keyframes-form").addEventListener("submit", (event) => {
    event.preventDefault();
    forChosen({ kind: "keyframes", every: byId("every").valueAsNumber });
  });
  listen();
}

start().catch((error) => complain(error.message));
