// The page of the studio: videos, forms, and the events that keep the jobs up to date.

import { act, addJobs, bytesText, complain, getState, make, removeVideo, takeLocal, upload } from "./api.js";
import { startBeside } from "./beside.js";
import { startComparison } from "./compare.js";
import { chosenColor, chosenNetworks, showForm, values } from "./form.js";
import { chooseBeside, showJobs, startJobs } from "./jobs.js";
import { showNetworks, startPainting } from "./paint.js";

const byId = (id) => document.getElementById(id);
const videoList = byId("video-list");
// A person may be faster than the answer to this: every listener is there at once, and waits for it where it must.
const state = getState();

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
      const { max_upload_bytes: most } = await state;
      if (file.size > most) {
        throw new Error(`${file.name}: expected at most ${bytesText(most)} (gvc-studio --max-upload). Received: ${bytesText(file.size)}`);
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

function startVideos() {
  const entry = byId("file");
  const takeChosen = async () => {
    await takeFiles([...entry.files]);
    entry.value = "";
  };
  entry.addEventListener("change", takeChosen);
  if (entry.files.length) takeChosen(); // chosen before this script had come
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
}

function showVideos({ max_upload_bytes: most, local_files: local, videos }) {
  byId("limit").textContent = `At most ${bytesText(most)} each. They stay on the machine that runs gvc-studio.`;
  if (local.length) {
    byId("local").hidden = false;
    byId("local-file").replaceChildren(...local.map((file, index) => make("option", { value: index }, `${file.root}/${file.name}`)));
    byId("take-local").addEventListener("click", () => act(async () => addVideo(await takeLocal(local[Number(byId("local-file").value)]))));
  }
  videos.forEach(addVideo);
}

// One job for each chosen video, or one for each of several networks.
function forChosen(wish) {
  return act(async () => {
    const videos = chosen();
    if (!videos.length) throw new Error("Choose a video first.");
    const jobs = [];
    for (const video of videos) jobs.push(await addJobs({ ...wish, video }));
    if (jobs.length === 1 && jobs[0].length > 1) chooseBeside(jobs[0]);
    byId("jobs").scrollIntoView({ block: "nearest" });
  });
}

function listen() {
  const events = new EventSource("api/events");
  events.addEventListener("jobs", (event) => showJobs(JSON.parse(event.data)));
  events.addEventListener("open", () => (byId("connection").textContent = "connected"));
  events.addEventListener("error", () => (byId("connection").textContent = "the studio does not answer; trying again"));
}

function startForms() {
  byId("encode-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const networks = chosenNetworks();
    forChosen({ kind: "encode", color: chosenColor(), options: values(), ...(networks.length && { networks }) });
  });
  byId("keyframes-form").addEventListener("submit", (event) => {
    event.preventDefault();
    forChosen({ kind: "keyframes", every: byId("every").valueAsNumber });
  });
}

async function showState() {
  const known = await state;
  byId("program").textContent = known.program;
  showForm(known.form);
  showVideos(known);
  showNetworks(known.networks);
  listen();
}

startVideos();
startForms();
startPainting();
startJobs();
startComparison();
startBeside();
showState().catch((error) => complain(error.message));
