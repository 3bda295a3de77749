/**
 * The page: opens what is dropped, chosen, or named in the address (`?file=NAME`, on the page's own server).
 *
 * For programs and tests, `gvc.opened` is a promise of the player, or of null where the stream was refused.
 */
import { Controls } from "./ui/controls.js";
import { element } from "./ui/element.js";
import { Player } from "./ui/player.js";
import { Screen } from "./ui/screen.js";
import { Speaker } from "./ui/speaker.js";
import { Pool } from "./workers/pool.js";

const controls = new Controls();
/** @type {Player | null} */
let player = null;
let turn = 0;

/** @param {string} id @param {string} text */
function say(id, text) {
  element(id).textContent = text;
  element(id).hidden = !text;
}

/**
 * @param {Blob | string} file or its address
 * @param {string} name
 * @returns {Promise<Player | null>}
 */
async function open(file, name) {
  const own = ++turn;
  player?.close();
  player = null;
  say("message", "");
  say("note", "");
  say("name", name);
  for (const id of ["stage", "controls"]) element(id).hidden = true;
  element("drop").hidden = false;
  try {
    const pool = await Pool.open(file);
    if (own !== turn) {
      pool.close();
      return null;
    }
    return begin(pool, file, name);
  } catch (error) {
    if (own === turn) say("message", `${name}: ${/** @type {Error} */ (error).message}`);
    return null;
  }
}

/**
 * @param {Pool} pool
 * @param {Blob | string} file
 * @param {string} name
 */
function begin(pool, file, name) {
  for (const id of ["stage", "controls"]) element(id).hidden = false;
  element("drop").hidden = true;
  say("note", pool.facts.note ?? "");
  if (!pool.facts.numFrames) say("note", "the stream has no frames");
  document.title = `${pool.facts.title || name}: gvc player`;
  const screen = new Screen(/** @type {HTMLCanvasElement} */ (element("picture")), pool.facts);
  player = new Player(pool, {
    show: (frame) => {
      screen.show(frame);
      controls.update();
    },
    changed: () => controls.update(),
    failed: (error) => say("message", `${name}: ${error.message}`),
  });
  controls.attach(player, screen, name);
  if (pool.facts.sounds.length) player.takeSound(Speaker.open(file));
  return player;
}

const input = /** @type {HTMLInputElement} */ (element("file"));
/** @type {{opened: Promise<Player | null>, open: typeof open}} */
const own = { opened: Promise.resolve(null), open };
input.onchange = () => {
  const file = input.files?.[0];
  if (file) own.opened = open(file, file.name);
  input.value = "";
};
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dragged");
});
document.addEventListener("dragleave", () => document.body.classList.remove("dragged"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dragged");
  const file = event.dataTransfer?.files[0];
  if (file) own.opened = open(file, file.name);
});

const named = new URL(location.href).searchParams.get("file");
if (named !== null) {
  const address = new URL(named, location.href);
  const name = decodeURIComponent(address.pathname.split("/").at(-1) ?? named);
  if (address.origin === location.origin) own.opened = open(address.href, name);
  else say("message", `expected a file of this page's own server. Received: ${address.origin}`);
}
Object.assign(globalThis, { gvc: own });
