// A player for a picture: forwards and back, at several speeds, with export as SVG and as text.

import { bringBelow, html, mayMove } from "./dom.js";
import { copy, saveAsSVG } from "./export.js";
import { lay } from "./layout.js";
import { LEGEND, draw, pointAt } from "./picture.js";
import { tell } from "./timeline.js";

/** Milliseconds that a moment takes at normal speed. */
const BEAT = 700;

export class Player {
  /** Put a player into an element; `empty` is its text before the first picture, `small` leaves out optional parts. */
  constructor(place, { empty = "", small = false } = {}) {
    this.place = place;
    this.small = small;
    this.playing = 0;
    new ResizeObserver(() => this.told && this.redraw()).observe(place);
    if (empty) this.say(empty);
  }

  /** Show a text instead of a picture. */
  say(words) {
    this.stop();
    this.told = this.link = null;
    this.place.replaceChildren(html("p", { class: "quiet" }, words));
  }

  /**
   * Show a grid, drawn and as `text`: under a `title`, with its `outcome` for the browser, and a `link` back to it.
   * The same link again updates the picture and keeps its moment; another one starts to play, if `play` is true.
   */
  show({ grid, text }, { title = "", outcome = "", link = null, play = false } = {}) {
    const again = Boolean(this.told && link && link === this.link);
    const follows = !again || (this.now === this.last && !this.playing);
    if (!again) this.stop();
    this.told = tell(grid, outcome);
    this.text = text;
    this.last = this.told.moments.length - 1;
    if (!this.stage?.isConnected) this.build();
    if (!again) this.links.replaceChildren(link ? html("a", { href: link }, "Link to this picture") : "");
    this.link = link;
    this.title.textContent = title;
    this.title.hidden = !title;
    this.textual.textContent = text;
    this.slider.max = this.last;
    this.redraw();
    this.go(follows ? this.last : Math.min(this.now, this.last));
    if (play && !again && mayMove()) this.play(0);
  }

  build() {
    this.stage = html("div", {
      class: "stage",
      tabindex: "0",
      role: "group",
      "aria-label": "The grid",
      keydown: (event) => this.press(event),
    });
    this.title = html("p", { class: "asked" });
    this.moment = html("p", { class: "moment", role: "status" });
    this.slider = html("input", {
      type: "range",
      min: 0,
      "aria-label": "Moment",
      input: () => this.choose(+this.slider.value),
    });
    this.playButton = html("button", {
      type: "button",
      class: "play",
      click: () => (this.playing ? this.stop() : this.play(this.now === this.last ? 0 : this.now, true)),
    });
    const speeds = [0.5, 1, 2, 4].map((value) => html("option", { value, selected: value === 1 }, `${value}×`));
    this.speed = html("select", {}, ...speeds);
    this.links = html("span");
    this.textual = html("pre", { tabindex: "0", "aria-label": "The grid as text" });
    const button = (name, words, click) =>
      html("button", { type: "button", class: name, "aria-label": words, title: words, click }, SIGNS[name]);
    const small = (name, words, click) => html("button", { type: "button", class: `small ${name}`, click }, words);
    this.place.replaceChildren(
      html(
        "figure",
        {},
        html(
          "div",
          { class: "bar" },
          this.title,
          html(
            "div",
            { class: "controls", role: "group", "aria-label": "Play the picture" },
            button("first", "To the beginning", () => this.choose(0)),
            button("back", "Back one step", () => this.choose(this.now - 1)),
            this.playButton,
            button("forward", "Next step", () => this.choose(this.now + 1)),
            button("last", "To the end", () => this.choose(this.last)),
            this.small ? null : html("label", {}, "Speed", this.speed),
            this.slider,
          ),
          this.moment,
        ),
        this.stage,
        this.small ? null : html("figcaption", { class: "caption" }, html("p", {}, LEGEND)),
        this.small
          ? null
          : html(
              "div",
              { class: "controls" },
              small("save", "Save as SVG", () => saveAsSVG(this.picture)),
              small("copy", "Copy as text", (event) => copy(this.text, event.currentTarget)),
              this.links,
            ),
        html("details", {}, html("summary", {}, "As text"), this.textual),
      ),
    );
    this.showPlaying();
  }

  redraw() {
    const width = Math.floor(this.stage.getBoundingClientRect().width);
    if (!width || (this.drawn === this.told && this.width === width)) return;
    this.drawn = this.told;
    this.width = width;
    this.laid = lay(this.told, width);
    this.picture = draw(this.laid, `The grid of a Deferred: ${this.told.moments.at(-1).caption}`);
    this.picture.addEventListener("click", (event) => {
      const moment = event.target.closest("[data-moment]")?.dataset.moment;
      if (moment && moment !== "Infinity") this.choose(+moment);
    });
    this.stage.replaceChildren(this.picture);
    if (this.now !== undefined) this.go(Math.min(this.now, this.last));
  }

  /** Go to a moment that the visitor has chosen, and stop playing. */
  choose(moment) {
    this.stop();
    this.go(Math.max(0, Math.min(this.last, moment)));
    this.scroll();
  }

  press(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    this.choose(this.now + way);
  }

  go(moment) {
    this.now = moment;
    const { caption, side } = this.told.moments[moment];
    this.moment.textContent = `${moment + 1} of ${this.last + 1} · ${caption}`;
    this.moment.dataset.side = side ?? "";
    this.slider.value = moment;
    this.slider.setAttribute("aria-valuetext", caption);
    for (const part of this.picture?.querySelectorAll("[data-moment]") ?? []) {
      const at = Number(part.dataset.moment);
      part.classList.toggle("ahead", at > moment);
      part.classList.toggle("now", at === moment);
    }
    const point = this.picture && pointAt(this.laid, moment);
    if (point) this.picture.querySelector(".traveller").style.transform = `translate(${point.x}px, ${point.y}px)`;
  }

  /** Play from a moment on; the page scrolls along only if the visitor `asked` for it. */
  play(from, asked = false) {
    this.go(from);
    const beat = () => {
      if (this.now >= this.last || !this.stage.isConnected) return this.stop();
      this.go(this.now + 1);
      if (asked) this.scroll();
      this.playing = setTimeout(beat, BEAT / this.speed.value);
    };
    this.playing = setTimeout(beat, BEAT / this.speed.value);
    this.showPlaying();
  }

  scroll() {
    const now = this.picture?.querySelector(".now");
    if (now) bringBelow(this.title.parentElement, now);
  }

  stop() {
    clearTimeout(this.playing);
    this.playing = 0;
    if (this.playButton) this.showPlaying();
  }

  showPlaying() {
    this.playButton.textContent = this.playing ? "Pause" : "Play";
  }
}

const SIGNS = { first: "|◀", back: "Back", forward: "Next", last: "▶|" };
