// DOM helpers: finding and making elements, tables, durations, and scrolling.

const SVG = "http://www.w3.org/2000/svg";

/** Find an element by its id. */
export const byId = (id) => document.getElementById(id);

/** Make an HTML element; attributes that are functions become listeners, false ones are left out. */
export const html = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** Make an SVG element, likewise. */
export const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined)
      made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Make a table of rows, each a list of cells (texts or elements); without rows, show the text `empty` instead. */
export function table(headings, rows, empty) {
  if (!rows.length) return html("p", { class: "empty" }, empty);
  const head = html("tr", {}, ...headings.map((heading) => html("th", { scope: "col" }, heading)));
  const body = rows.map((cells) =>
    html("tr", {}, ...cells.map((cell) => (cell.tagName === "TH" ? cell : html("td", {}, cell)))),
  );
  return html("table", {}, html("thead", {}, head), html("tbody", {}, ...body));
}

/** Format a duration in seconds as a short text. */
export function duration(seconds) {
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return `${seconds.toFixed(1)} s`;
}

/** Whether the visitor allows animation. */
export const mayMove = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Scroll an element into view, if it is outside the window, or behind the bar at its top or what is at its bottom. */
export function bringBelow(bar, wanted) {
  const { top, bottom } = wanted.getBoundingClientRect();
  const { bottom: edge, height } = bar.getBoundingClientRect();
  const below = parseFloat(getComputedStyle(document.documentElement).scrollPaddingBottom) || 0;
  if (top > edge && bottom < innerHeight - below) return;
  scrollBy({ top: top - Math.max(height + 40, innerHeight / 2), behavior: mayMove() ? "smooth" : "instant" });
}
