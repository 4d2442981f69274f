// The code of a lesson, as it runs: the lines of what a picture shows are lit.

import { html } from "./dom.js";

export class Code {
  constructor(place) {
    this.place = place;
    this.sources = [];
  }

  /** Show sources under titles: a list of pairs of a title, which may be empty, and sources. */
  show(titled) {
    this.sources = titled.flatMap(([, sources]) => sources);
    this.place.replaceChildren(
      ...titled.flatMap(([title, sources]) => [
        title ? html("p", { class: "code-title" }, title) : "",
        ...sources.map((source) => figureOf(source)),
      ]),
    );
  }

  /** Light the lines of what a moment is about: a step that runs or is passed by, or the line that made a Deferred. */
  light({ made, step }) {
    for (const line of this.place.querySelectorAll(".lit")) line.classList.remove("lit", "passed");
    if (made) return this.lightLines(made.file, [made.line, made.line]);
    if (!step) return;
    const ran = step[step.came];
    for (const { file, bodies, added } of this.sources) {
      if (ran && bodies[ran]) return this.lightLines(file, bodies[ran]);
      const name = ran ?? step.callback ?? step.errback;
      const line = added[name] ?? added[name.split(".").at(-1)];
      if (!ran && line) return this.lightLines(file, [line, line], "passed");
    }
  }

  lightLines(file, [first, last], ...more) {
    const lines = [...this.place.querySelectorAll(`[data-file="${CSS.escape(file)}"]`)].filter(
      ({ dataset }) => first <= dataset.line && dataset.line <= last,
    );
    for (const line of lines) line.classList.add("lit", ...more);
    if (!lines.length) return;
    for (const frame of [lines[0].closest("pre"), this.place]) {
      const above = lines[0].getBoundingClientRect().top - frame.getBoundingClientRect().top;
      frame.scrollTop += above - frame.clientHeight / 3;
    }
  }
}

function figureOf({ file, line, text }) {
  const place = `${file.split("/").slice(-2).join("/")}:${line}`;
  const lines = text.split("\n").map((words, index) => lineOf(file, line + index, words));
  return html(
    "figure",
    { class: "code" },
    html("figcaption", { class: "quiet" }, place),
    html("pre", { tabindex: "0", "aria-label": `The code at ${place}` }, ...lines),
  );
}

const lineOf = (file, number, words) =>
  html("span", { class: "line", "data-file": file, "data-line": number }, `${words}\n`);
