// The parts of a player: the stage for the picture, the caption, and the controls.

import { html } from "./dom.js";
import { copy, saveAsSVG } from "./export.js";
import { LEGEND } from "./picture.js";

const SIGNS = { first: "|◀", back: "Back", forward: "Next", last: "▶|" };

/** Make the parts of a player, and put them in its place. */
export function partsOf(player) {
  const stage = html("div", {
    class: "stage",
    tabindex: "0",
    role: "group",
    "aria-label": "The grid",
    keydown: (event) => player.press(event),
  });
  const title = html("p", { class: "asked" });
  const moment = html("p", { class: "moment", role: "status" });
  const slider = html("input", {
    type: "range",
    min: 0,
    "aria-label": "Moment",
    input: () => player.choose(+slider.value),
  });
  const playButton = html("button", {
    type: "button",
    class: "play",
    click: () => (player.playing ? player.stop() : player.play(player.now === player.last ? 0 : player.now, true)),
  });
  const speeds = [0.5, 1, 2, 4].map((value) => html("option", { value, selected: value === 1 }, `${value}×`));
  const speed = html("select", {}, ...speeds);
  const links = html("span");
  const textual = html("pre", { tabindex: "0", "aria-label": "The grid as text" });
  const button = (name, words, click) =>
    html("button", { type: "button", class: name, "aria-label": words, title: words, click }, SIGNS[name]);
  const small = (name, words, click) => html("button", { type: "button", class: `small ${name}`, click }, words);
  const folder = small("fold", "", () => player.toggle());
  const optional = (part) => (player.small ? null : part);
  player.place.replaceChildren(
    html(
      "figure",
      {},
      html(
        "div",
        { class: "bar" },
        html("div", { class: "heading" }, title, links),
        html(
          "div",
          { class: "controls", role: "group", "aria-label": "Play the picture" },
          button("first", "To the beginning", () => player.choose(0)),
          button("back", "Back one step", () => player.choose(player.now - 1)),
          playButton,
          button("forward", "Next step", () => player.choose(player.now + 1)),
          button("last", "To the end", () => player.choose(player.last)),
          html("label", {}, "Speed", speed),
          slider,
        ),
        moment,
      ),
      stage,
      optional(html("figcaption", { class: "caption" }, html("p", {}, ...player.prose(LEGEND)))),
      html(
        "div",
        { class: "controls" },
        folder,
        optional(small("save", "Save as SVG", () => saveAsSVG(player.picture))),
        optional(small("copy", "Copy as text", (event) => copy(player.text, event.currentTarget))),
      ),
      html("details", {}, html("summary", {}, "As text"), textual),
    ),
  );
  return { stage, title, moment, slider, playButton, speed, links, textual, folder };
}
