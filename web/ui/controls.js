/** Buttons, keys and texts of a player. */
import { element } from "./element.js";
import { SoundControls } from "./sound_controls.js";

/** @typedef {import("./player.js").Player} Player */
/** @typedef {import("./screen.js").Screen} Screen */

export class Controls {
  constructor() {
    /** @type {Player | null} */
    this.player = null;
    /** @type {Screen | null} */
    this.screen = null;
    this.name = "";
    this.playButton = /** @type {HTMLButtonElement} */ (element("play"));
    this.slider = /** @type {HTMLInputElement} */ (element("position"));
    this.playButton.onclick = () => this.toggle();
    element("back").onclick = () => this.player?.step(-1);
    element("forth").onclick = () => this.player?.step(1);
    element("save").onclick = () => this.save();
    this.slider.oninput = () => this.player?.seek(Number(this.slider.value));
    element("views").onchange = () => this.chooseView(this.chosenView());
    const split = /** @type {HTMLInputElement} */ (element("split"));
    split.oninput = () => {
      if (!this.screen) return;
      this.screen.border = Number(split.value) / 100;
      this.screen.draw();
    };
    document.addEventListener("keydown", (event) => this.key(event));
    this.sound = new SoundControls();
    // A browser that waits for a person before it lets a page be heard has one now.
    document.addEventListener("pointerdown", () => { if (this.player?.isPlaying) this.player.speaker?.wake(); });
  }

  /**
   * Control another player.
   * @param {Player} player
   * @param {Screen} screen
   * @param {string} name of the file
   */
  attach(player, screen, name) {
    this.player = player;
    this.screen = screen;
    this.name = name;
    const { facts } = player, { description, segments } = facts;
    this.slider.max = String(Math.max(facts.numFrames - 1, 0));
    /** @type {HTMLMeterElement} */ (element("verified")).max = Math.max(segments.length, 1);
    element("views").hidden = !facts.hasColor;
    const { format, luma, color } = description;
    element("stream").textContent = [
      `${description.width}×${description.height} ${format.name}`, `${facts.numFrames} frames`,
      facts.frameRate ? `${Number(facts.frameRate.toFixed(3))} frames a second` : "",
      `gray ${luma.codec === "network" ? "by gvc's predictors" : luma.codec}`, `color ${color}`,
      facts.sounds.length ? `sound ${facts.sounds.join(", ")}` : "", facts.encoder,
    ].filter(Boolean).join(", ");
    this.chooseView(facts.hasColor ? "color" : "gray");
    this.update();
  }

  /** Say how things are. */
  update() {
    const { player } = this;
    if (!player) return;
    this.sound.update(player.speaker);
    const { facts, shown } = player;
    this.playButton.textContent = player.isPlaying ? "Pause" : "Play";
    this.slider.value = String(player.position);
    const seconds = shown ? (shown.pts * facts.timeBase).toFixed(3) : "…";
    const place = `${player.position + 1} of ${facts.numFrames}, ${seconds} s`;
    element("place").textContent = place;
    this.slider.setAttribute("aria-valuetext", `frame ${place}`);
    const numVerified = player.verified.size, numSegments = facts.segments.length;
    /** @type {HTMLMeterElement} */ (element("verified")).value = numVerified;
    const broken = player.broken.size ? `, ${player.broken.size} damaged` : "";
    const hold = numVerified ? ", all hold" : "";
    element("checks").textContent = `${numVerified} of ${numSegments} segments compared${hold}${broken}`;
  }

  toggle() {
    if (this.player?.isPlaying) this.player.pause();
    else this.player?.play();
  }

  /** @returns {import("./screen.js").ViewName} */
  chosenView() {
    const chosen = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=view]:checked"));
    return /** @type {import("./screen.js").ViewName} */ (chosen?.value ?? "color");
  }

  /** @param {import("./screen.js").ViewName} view */
  chooseView(view) {
    if (!this.screen || (view !== "gray" && !this.player?.facts.hasColor)) return;
    const input = /** @type {HTMLInputElement | null} */ (document.querySelector(`input[name=view][value=${view}]`));
    if (input) input.checked = true;
    element("splitter").hidden = view !== "split";
    this.screen.view = view;
    this.screen.draw();
  }

  /** Give the frame on show to the person, as a file. */
  async save() {
    if (!this.screen || !this.player?.shown) return;
    const link = document.createElement("a");
    const number = String(this.player.shown.index).padStart(6, "0");
    link.href = URL.createObjectURL(await this.screen.png());
    link.download = `${this.name.replace(/\.gvc$/i, "")}_${number}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { player } = this, target = /** @type {HTMLElement} */ (event.target);
    if (!player || event.ctrlKey || event.altKey || event.metaKey || target.closest("select")) return;
    const isControl = target.closest("button, input, label");
    /** @type {Record<string, () => void>} */
    const keys = {
      c: () => this.chooseView("color"), g: () => this.chooseView("gray"), s: () => this.chooseView("split"),
      p: () => { this.save(); }, m: () => this.sound.toggle(),
    };
    if (!isControl) {
      Object.assign(keys, {
        " ": () => this.toggle(), arrowleft: () => player.step(-1), arrowright: () => player.step(1),
        home: () => player.seek(0), end: () => player.seek(player.facts.numFrames - 1),
      });
    }
    const action = keys[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }
}
