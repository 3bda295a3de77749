// What the page asks the server for. All addresses are relative: the token stays in the page's own address.

const problem = document.getElementById("problem");

export function complain(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

async function asked(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The studio does not answer. Is gvc-studio still running?");
  }
  if (response.ok) return response.status === 204 ? null : response.json();
  let text = await response.text();
  try {
    text = JSON.parse(text).error ?? text;
  } catch {
    // It is a plain line.
  }
  throw new Error(text);
}

export const getState = () => asked("api/state");
// The jobs that were put into the queue: one, or one for each of `networks`.
export const addJobs = (wish) => asked("api/jobs", { method: "POST", body: JSON.stringify(wish) });
export const cancelJob = (number) => asked(`api/jobs/${number}`, { method: "DELETE" });
export const takeLocal = (file) => asked("api/videos/local", { method: "POST", body: JSON.stringify(file) });
export const removeVideo = (number) => asked(`api/videos/${number}`, { method: "DELETE" });
export const fileUrl = (job, name) => `api/jobs/${job}/files/${name.split("/").map(encodeURIComponent).join("/")}`;

// Sends a file; `onShare` is told the part of it that has gone, 0 to 1.
export function upload(file, onShare) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `api/videos?name=${encodeURIComponent(file.name)}`);
    request.upload.addEventListener("progress", (event) => onShare(event.loaded / (event.total || 1)));
    request.addEventListener("error", () => reject(new Error(`${file.name}: the studio did not take it`)));
    request.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // Some refusals are a plain line.
      }
      if (request.status === 201) resolve(answer);
      else reject(new Error(`${file.name}: ${answer.error ?? request.responseText}`));
    });
    request.send(file);
  });
}

// Runs what a person has asked for; what goes wrong is said at the top of the page.
export async function act(work) {
  complain("");
  try {
    return await work();
  } catch (error) {
    complain(error.message);
    return null;
  }
}

export function bytesText(count) {
  if (count < 1e5) return `${(count / 1e3).toFixed(1)} kB`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;
}

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
