// A player for a picture: forwards and back, at several speeds, with export as SVG and as text.

import { partsOf } from "./controls.js";
import { bringBelow, html, mayMove } from "./dom.js";
import { lay } from "./layout.js";
import { draw, pointAt } from "./picture.js";
import { hasFolded, tell } from "./timeline.js";

/** Milliseconds that a moment takes at normal speed. */
const BEAT = 700;
/** Characters of a caption that can be read in that time. */
const WORDS = 40;

export class Player {
  /**
   * Put a player into an element. `empty` is its text before the first picture, and `small` leaves out optional parts.
   * `prose` makes nodes of a text, and `watch` is told about each moment that is shown, its number, and the last one.
   */
  constructor(place, { empty = "", small = false, prose = (text) => [text], watch = () => {} } = {}) {
    this.place = place;
    this.small = small;
    this.prose = prose;
    this.watch = watch;
    this.fold = true;
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
   * The same link again updates the picture and keeps its moment; another one starts to play, if `play` is true, or
   * waits at its `first` moment.
   */
  show({ grid, text }, { title = "", outcome = "", link = null, play = false, first = false } = {}) {
    const again = Boolean(this.told && link && link === this.link);
    const follows = !again || (this.now === this.last && !this.playing);
    if (!again) this.stop();
    this.grid = grid;
    this.outcome = outcome;
    this.retell();
    this.text = text;
    if (!this.stage?.isConnected) this.build();
    if (!again) this.links.replaceChildren(link ? html("a", { href: link }, "Link to this picture") : "");
    this.link = link;
    this.title.textContent = title;
    this.title.hidden = !title;
    this.textual.textContent = text;
    this.redraw();
    this.go(first && !again ? 0 : follows ? this.last : Math.min(this.now, this.last));
    if (play && !again && mayMove()) this.play(0);
  }

  retell() {
    this.told = tell(this.grid, this.outcome, this.fold);
    this.last = this.told.moments.length - 1;
    this.canFold = !this.fold || hasFolded(this.told.root);
  }

  /** Open the steps that are folded, or fold them again; stay at the end, if it is shown. */
  toggle() {
    const ended = this.now === this.last;
    this.stop();
    this.fold = !this.fold;
    this.retell();
    this.redraw();
    this.go(ended ? this.last : Math.min(this.now, this.last));
  }

  build() {
    Object.assign(this, partsOf(this));
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
      if (event.target.closest(".fold")) return this.toggle();
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
    this.moment.replaceChildren(...this.prose(`${moment + 1} of ${this.last + 1} · ${caption}`));
    this.moment.dataset.side = side ?? "";
    this.slider.max = this.last;
    this.slider.value = moment;
    this.folder.hidden = !this.canFold;
    this.folder.textContent = this.fold ? "Show every step" : "Fold the steps of Twisted and the server";
    this.slider.setAttribute("aria-valuetext", caption);
    for (const part of this.picture?.querySelectorAll("[data-moment]") ?? []) {
      const at = Number(part.dataset.moment);
      part.classList.toggle("ahead", at > moment);
      part.classList.toggle("now", at === moment);
    }
    const point = this.picture && pointAt(this.laid, moment);
    if (point) this.picture.querySelector(".traveller").style.transform = `translate(${point.x}px, ${point.y}px)`;
    this.watch(this.told.moments[moment], moment, this.last);
  }

  /** Play from a moment on; the page scrolls along only if the visitor `asked` for it. */
  play(from, asked = false) {
    this.go(from);
    const beat = () => {
      if (this.now >= this.last || !this.stage.isConnected) return this.stop();
      this.go(this.now + 1);
      if (asked) this.scroll();
      this.playing = setTimeout(beat, this.pause());
    };
    this.playing = setTimeout(beat, this.pause());
    this.showPlaying();
  }

  /** Milliseconds for which a moment is shown: the longer its caption, the longer. */
  pause() {
    const { length } = this.told.moments[this.now].caption;
    return (BEAT * Math.max(1, length / WORDS)) / this.speed.value;
  }

  scroll() {
    const now = this.picture?.querySelector(".now");
    if (now) bringBelow(this.moment.parentElement, now);
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
