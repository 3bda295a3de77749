/** Volume, mute and the choice of a track. They stay as they are from one stream to the next. */
import { element } from "./element.js";

/** @typedef {import("./speaker.js").Speaker} Speaker */

export class SoundControls {
  constructor() {
    /** @type {Speaker | null} */
    this.speaker = null;
    this.isMuted = false;
    this.button = /** @type {HTMLButtonElement} */ (element("mute"));
    this.volume = /** @type {HTMLInputElement} */ (element("volume"));
    this.tracks = /** @type {HTMLSelectElement} */ (element("tracks"));
    this.button.onclick = () => this.toggle();
    this.volume.oninput = () => {
      this.isMuted = false;
      this.apply();
    };
    this.tracks.onchange = () => this.speaker?.choose(Number(this.tracks.value));
  }

  /** Mute, or not any more. */
  toggle() {
    if (!this.speaker || this.speaker.isBroken) return;
    this.isMuted = !this.isMuted;
    this.apply();
  }

  apply() {
    this.button.setAttribute("aria-pressed", String(this.isMuted));
    this.speaker?.setVolume(Number(this.volume.value) / 100, this.isMuted);
  }

  /** @param {Speaker | null} speaker of the stream on show */
  update(speaker) {
    const note = element("sound-note");
    if (note.textContent !== (speaker?.note ?? "")) note.textContent = speaker?.note ?? "";
    note.hidden = !note.textContent;
    element("sound").hidden = !speaker || speaker.isBroken;
    if (speaker === this.speaker) return;
    this.speaker = speaker;
    if (speaker === null) return;
    this.tracks.replaceChildren(...speaker.tracks.map(({ name, index }) => new Option(name, String(index))));
    if (speaker.track) this.tracks.value = String(speaker.track.index);
    element("tracks-line").hidden = speaker.tracks.length < 2;
    this.apply();
  }
}
