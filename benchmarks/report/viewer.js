"use strict";

// The viewers. Each <section class="viewer"> brings its facts and its pictures as JSON (benchmarks/report/viewer.py)
// and is filled from #viewer-template. In the facts a picture is a number; the pictures themselves may be many
// megabytes and are parsed only when the viewer comes near the screen.
(() => {
  const KINDS = ["original", "gray", "decoded"];
  const AHEAD = 3; // frames decoded before they are asked for
  const PIXELATED_FROM = 2;
  const KEY_STEPS = {
    ArrowLeft: "back",
    ",": "back",
    ArrowRight: "on",
    ".": "on",
    Home: "first",
    End: "last",
    " ": "play",
  };

  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const nextPaint = () => new Promise((resolve) => requestAnimationFrame(resolve));

  class Viewer {
    constructor(root) {
      this.root = root;
      this.facts = JSON.parse(root.querySelector(".facts").textContent);
      root.append(document.getElementById("viewer-template").content.cloneNode(true));
      this.find = (selector) => root.querySelector(selector);
      this.stage = this.find(".stage");
      this.layers = this.find(".layers");
      this.panes = Object.fromEntries(KINDS.map((kind) => [kind, this.find(`.pane[data-kind=${kind}]`)]));
      this.scrubber = this.find(".scrubber");
      this.divider = this.find(".divider");
      this.images = new Map();
      this.wanted = { contender: 0, position: 0 };
      this.shown = null; // the object that `wanted` was when the panes last changed
      this.isRefreshing = false;
      this.run = null; // of the playback: a new object for each
      this.stage.ariaLabel = `Pictures of ${this.facts.material}`;
      this.layers.style.setProperty("--aspect", this.facts.aspect);
      this.listContenders();
      this.listen();
      this.setSplit(50);
      this.setView("side");
      this.setZoom("fit");
      this.placeScrubber();
      this.describe(this.wanted);
    }

    // ---- Pictures

    start() {
      const holder = this.find(".pictures");
      this.uris = JSON.parse(holder.textContent);
      holder.remove(); // the text and its parsed form need not both be kept
      this.refresh();
      this.showWorst();
    }

    get contender() {
      return this.facts.contenders[this.wanted.contender];
    }

    // An element can stand in one place only, and a lossless contender's decoded picture is the original's: so by kind.
    image(kind, number) {
      const key = `${kind} ${number}`;
      if (!this.images.has(key)) {
        const image = new Image();
        image.alt = "";
        image.draggable = false;
        image.decoding = "sync"; // painted with the rest of the change, never after it
        image.src = this.uris[number];
        this.images.set(key, image);
      }
      return this.images.get(key);
    }

    // Settles when all three pictures can be painted at once. A picture that cannot be decoded holds up nothing.
    decoded(frame) {
      const images = KINDS.map((kind) => this.image(kind, frame[kind]));
      return Promise.all(images.map((image) => image.decode().catch(() => {}))).then(() => images);
    }

    want(change) {
      this.wanted = { ...this.wanted, ...change };
      this.placeScrubber();
      this.refresh();
    }

    // Show the frame that is wanted. Wishes that come while pictures are decoded replace each other, and the last one
    // is always served; the panes change together, in one task.
    async refresh() {
      if (this.isRefreshing || !this.uris) return;
      this.isRefreshing = true;
      while (this.shown !== this.wanted) {
        const wanted = this.wanted;
        const frame = this.facts.contenders[wanted.contender].frames[wanted.position];
        const images = await this.decoded(frame);
        KINDS.forEach((kind, i) => {
          this.panes[kind].querySelector(".picture").replaceChildren(images[i]);
          this.panes[kind].dataset.frame = frame.index;
          images[i].alt = `${kind}, frame ${frame.index + 1}`;
        });
        this.shown = wanted;
        this.describe(wanted);
        this.rescale();
      }
      this.isRefreshing = false;
      this.decodeAhead();
    }

    decodeAhead() {
      const { frames } = this.contender;
      for (let offset = 1; offset <= Math.min(AHEAD, frames.length - 1); offset += 1) {
        this.decoded(frames[(this.wanted.position + offset) % frames.length]);
      }
    }

    showWorst() {
      const holder = this.find(".worst-frames");
      const template = document.getElementById("worst-template").content;
      this.find(".worst").hidden = this.contender.worst.length === 0;
      this.find(".worst-of").textContent = this.contender.name;
      holder.replaceChildren(
        ...this.contender.worst.map((worst) => {
          const figure = template.cloneNode(true).firstElementChild;
          const caption = `${this.frameName(worst.index)}: mean CIEDE2000 ${worst.mean}`;
          figure.querySelector("figcaption").textContent = caption;
          for (const place of figure.querySelectorAll(".picture")) {
            const image = new Image();
            image.alt = `${place.dataset.kind} of frame ${worst.index + 1}`;
            image.src = this.uris[worst[place.dataset.kind]];
            place.style.setProperty("--aspect", this.facts.aspect);
            place.append(image);
          }
          return figure;
        }),
      );
    }

    // ---- What is said about them

    frameName(index) {
      return `frame ${index + 1} of ${this.facts.numFrames}`;
    }

    // The frame's number and the contender's figures, of what is shown.
    describe({ contender, position }) {
      const { frames, figures } = this.facts.contenders[contender];
      const part = frames.length < this.facts.numFrames ? ` (${position + 1} of ${frames.length} kept here)` : "";
      this.find(".position").textContent = this.frameName(frames[position].index) + part;
      if (this.described === contender) return;
      this.described = contender;
      this.find(".figures").replaceChildren(...figures.map(([name, value]) => this.figure(name, value)));
    }

    // At the frame that is wanted, not the one shown: a thumb that is being dragged must not be pulled back.
    placeScrubber() {
      const { frames } = this.contender;
      this.scrubber.max = frames.length - 1;
      this.scrubber.value = this.wanted.position;
      this.scrubber.disabled = frames.length < 2;
      this.scrubber.setAttribute("aria-valuetext", this.frameName(frames[this.wanted.position].index));
    }

    figure(name, value) {
      const [group, term, figure] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      term.textContent = name;
      figure.textContent = value;
      group.append(term, figure);
      return group;
    }

    listContenders() {
      const options = this.facts.contenders.map((contender, i) => new Option(contender.name, i));
      this.find("select").replaceChildren(...options);
    }

    // ---- Frames

    chooseContender(number) {
      const last = this.facts.contenders[number].frames.length - 1;
      this.want({ contender: number, position: Math.min(this.wanted.position, last) });
      if (this.uris) this.showWorst();
    }

    step(name) {
      if (name === "play") {
        this.togglePlay();
        return;
      }
      const last = this.contender.frames.length - 1;
      const { position } = this.wanted;
      this.pause();
      this.want({ position: clamp({ first: 0, back: position - 1, on: position + 1, last }[name], 0, last) });
    }

    togglePlay() {
      if (this.run) this.pause();
      else this.play();
    }

    pause() {
      this.run = null;
      this.showPlaying();
    }

    // At the clip's own rate, around and around. The clock decides which frame is due: a slow machine leaves some out.
    async play() {
      const run = (this.run = {});
      this.showPlaying();
      const from = this.wanted.position;
      const begin = performance.now();
      while (this.run === run) {
        const now = await nextPaint();
        if (this.run !== run) return;
        const due = from + Math.floor(Math.max(now - begin, 0) * (this.facts.framesPerSecond / 1000));
        const position = due % this.contender.frames.length;
        if (position !== this.wanted.position && !this.isRefreshing) this.want({ position });
      }
    }

    showPlaying() {
      this.root.classList.toggle("is-playing", this.run !== null);
      this.find("[data-step=play]").ariaLabel = this.run ? "Pause" : "Play";
    }

    // ---- View, zoom, divider

    setView(view) {
      this.stage.dataset.view = view;
      this.press("view", view);
      this.rescale();
      this.scrollToMiddle();
    }

    setZoom(zoom) {
      this.zoom = zoom;
      this.press("zoom", zoom);
      this.rescale();
      this.scrollToMiddle();
    }

    press(group, chosen) {
      for (const button of this.root.querySelectorAll(`button[data-${group}]`)) {
        button.ariaPressed = String(button.dataset[group] === chosen);
      }
    }

    // The width of a picture, and whether its pixels are to be seen as squares.
    rescale() {
      const image = this.find(".pane img");
      const natural = image?.naturalWidth ?? 0;
      this.stage.dataset.zoom = this.zoom === "fit" || !natural ? "fit" : "fixed";
      if (!natural) return;
      if (this.zoom !== "fit") this.layers.style.setProperty("--picture-width", `${natural * this.zoom}px`);
      this.layers.classList.toggle("is-pixelated", image.clientWidth / natural >= PIXELATED_FROM);
    }

    // Of what does not fit, show the middle, or what is around the divider.
    scrollToMiddle() {
      const isSlider = this.stage.dataset.view === "slider";
      const scrollers = isSlider ? [this.stage] : this.layers.querySelectorAll(".picture");
      const share = isSlider ? this.split / 100 : 0.5;
      for (const scroller of scrollers) {
        scroller.scrollTo(scroller.scrollWidth * share - scroller.clientWidth / 2, scroller.scrollTop);
      }
    }

    setSplit(percent) {
      this.split = clamp(percent, 0, 100);
      this.layers.style.setProperty("--split", `${this.split}%`);
      this.divider.ariaValueNow = String(Math.round(this.split));
      this.divider.setAttribute("aria-valuetext", `original on the left ${Math.round(this.split)} percent`);
    }

    dragTo(event) {
      const { left, width } = this.layers.getBoundingClientRect();
      this.setSplit((100 * (event.clientX - left)) / width);
    }

    // ---- Events

    listen() {
      const { layers, stage, divider, scrubber } = this;
      this.find("select").addEventListener("change", (event) => this.chooseContender(Number(event.target.value)));
      this.onButtons("view", (view) => this.setView(view));
      this.onButtons("zoom", (zoom) => this.setZoom(zoom));
      this.onButtons("step", (name) => this.step(name));
      scrubber.addEventListener("input", () => {
        this.pause();
        this.want({ position: Number(scrubber.value) });
      });
      this.root.addEventListener("keydown", (event) => this.onKey(event));
      divider.addEventListener("keydown", (event) => this.onDividerKey(event));
      layers.addEventListener("pointerdown", (event) => {
        if (stage.dataset.view !== "slider" || event.button !== 0) return;
        event.preventDefault(); // no selection of text; focus is set by hand instead
        divider.focus({ preventScroll: true });
        layers.setPointerCapture(event.pointerId);
        this.dragTo(event);
      });
      layers.addEventListener("pointermove", (event) => {
        if (layers.hasPointerCapture(event.pointerId)) this.dragTo(event);
      });
      this.scrollTogether();
      new ResizeObserver(() => this.rescale()).observe(stage);
    }

    onButtons(group, act) {
      for (const button of this.root.querySelectorAll(`button[data-${group}]`)) {
        button.addEventListener("click", () => act(button.dataset[group]));
      }
    }

    onKey(event) {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
      const step = KEY_STEPS[event.key];
      if (!step || this.isKeyOf(event.target, event.key)) return;
      event.preventDefault();
      this.step(step);
    }

    // Keys that the element under focus uses itself.
    isKeyOf(target, key) {
      if (target.matches("select, .table")) return true;
      if (target.matches("button, summary")) return key === " ";
      return target === this.scrubber && key !== " " && key !== "," && key !== ".";
    }

    onDividerKey(event) {
      const stride = event.shiftKey ? 10 : 2;
      const moved = { ArrowLeft: this.split - stride, ArrowRight: this.split + stride, Home: 0, End: 100 }[event.key];
      if (moved === undefined) return;
      event.preventDefault(); // which also tells onKey that the key is taken
      this.setSplit(moved);
    }

    // Enlarged pictures side by side show the same part.
    scrollTogether() {
      const scrollers = KINDS.map((kind) => this.panes[kind].querySelector(".picture"));
      for (const scroller of scrollers) {
        scroller.addEventListener("scroll", () => {
          for (const other of scrollers) {
            if (other !== scroller) other.scrollTo(scroller.scrollLeft, scroller.scrollTop);
          }
        });
      }
    }
  }

  const nearScreen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        nearScreen.unobserve(target);
        viewers.get(target).start();
      }
    },
    { rootMargin: "800px" },
  );
  const viewers = new Map();
  for (const root of document.querySelectorAll(".viewer")) {
    viewers.set(root, new Viewer(root));
    nearScreen.observe(root);
  }
})();
