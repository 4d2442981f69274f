// The code of a lesson, as it runs: the lines of what a picture shows are lit.

import { html } from "./dom.js";

/** Lines that ask something else for a Deferred: the first that does is the one. */
const CALLS = [/^\s*d(: [^=]+)? = (im_service|mydb)\./, /^\s*d(: [^=]+)? = (?!defer\.|Deferred|succeed|fail)\w/];

export class Code {
  constructor(place) {
    this.place = place;
    this.sources = [];
  }

  /** Show sources under titles: a list of a title, which may be empty, sources, and whether their lines are lit. */
  show(titled) {
    this.sources = titled.flatMap(([, sources, isLit]) => (isLit ? sources : []));
    this.place.replaceChildren(
      ...titled.flatMap(([title, sources, isLit]) => [
        title ? html("p", { class: "code-title" }, title) : "",
        ...sources.map((source) => figureOf(source, isLit)),
      ]),
    );
  }

  /** Mark the lines that other sources do not have; docstrings, comments and names of functions do not count. */
  mark(others) {
    const theirs = new Set(others.flatMap(({ text }) => text.split("\n")).map(bare));
    for (const line of this.place.querySelectorAll(".line:not(.doc)"))
      line.classList.toggle("differs", !theirs.has(bare(line.textContent)));
  }

  /** Light the lines of what a moment is about: a step that runs or is passed by, or the line that made a Deferred. */
  light({ made, step }) {
    for (const line of this.place.querySelectorAll(".lit")) line.classList.remove("lit", "passed");
    if (made) {
      if (!this.lightLines(made.file, [made.line, made.line])) this.lightCall();
      return;
    }
    if (!step) return;
    const ran = step[step.came];
    for (const { file, bodies, added } of this.sources) {
      if (ran && bodies[ran]) return this.lightLines(file, bodies[ran], insideOf(ran, bodies));
      const name = ran ?? step.callback ?? step.errback;
      const line = added[name] ?? added[name.split(".").at(-1)];
      if (!ran && line) return this.lightLines(file, [line, line], [], "passed");
    }
  }

  lightLines(file, wanted, without = [], ...more) {
    const lines = [...this.place.querySelectorAll(`[data-file="${CSS.escape(file)}"]`)].filter(
      ({ dataset: { line } }) => within(line, wanted) && !without.some((range) => within(line, range)),
    );
    this.lightAll(lines, ...more);
    return lines.length > 0;
  }

  /** Light the call that returned a Deferred, if it was made in code that is not shown. */
  lightCall() {
    const lines = [...this.place.querySelectorAll("[data-file]")];
    const [call] = CALLS.flatMap((pattern) => lines.filter(({ textContent }) => pattern.test(textContent)));
    this.lightAll(call ? [call] : []);
  }

  lightAll(lines, ...more) {
    for (const line of lines) line.classList.add("lit", ...more);
    if (!lines.length) return;
    for (const frame of [lines[0].closest("pre"), this.place]) {
      const above = lines[0].getBoundingClientRect().top - frame.getBoundingClientRect().top;
      frame.scrollTop += above - frame.clientHeight / 3;
    }
  }
}

/** A line without its comment; nothing, for the line that names a function. */
const bare = (line) => line.replace(/ {2}#.*/, "").replace(/^\s*(async )?(def|class) .*|^@.*/, "").trim();

const within = (line, [first, last]) => first <= line && line <= last;

/** The lines of the functions inside a function: they run at another time. */
const insideOf = (name, bodies) =>
  Object.entries(bodies)
    .filter(([other]) => other.startsWith(`${name}.<locals>.`) && !other.endsWith(".<lambda>"))
    .map(([, range]) => range);

function figureOf({ file, line, text }, isLit) {
  const place = `${file.split("/").slice(-2).join("/")}:${line}`;
  let quotes = 0;
  const lines = text.split("\n").map((words, index) => {
    const before = quotes;
    quotes += words.split('"""').length - 1;
    const isDoc = before % 2 === 1 || quotes > before;
    return html(
      "span",
      { class: isDoc ? "line doc" : "line", "data-file": isLit && file, "data-line": line + index },
      `${words}\n`,
    );
  });
  return html(
    "figure",
    { class: "code" },
    html("figcaption", { class: "quiet" }, place),
    html("pre", { tabindex: "0", "aria-label": `The code at ${place}` }, ...lines),
  );
}
