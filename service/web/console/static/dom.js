// Makes elements of the page and of pictures, and asks for some that are there.

const SVG = "http://www.w3.org/2000/svg";

/** Find the element of an id. */
export const byId = (id) => document.getElementById(id);

/** Make an element of HTML; attributes that are functions listen, false ones are left out. */
export const html = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** Make an element of SVG. */
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

/** Make a table of rows, each a list of cells: text, or elements; without rows, say what that means. */
export function table(headings, rows, empty) {
  if (!rows.length) return html("p", { class: "empty" }, empty);
  const head = html("tr", {}, ...headings.map((heading) => html("th", { scope: "col" }, heading)));
  const body = rows.map((cells) =>
    html("tr", {}, ...cells.map((cell) => (cell.tagName === "TH" ? cell : html("td", {}, cell)))),
  );
  return html("table", {}, html("thead", {}, head), html("tbody", {}, ...body));
}

/** Say how long something took, or is, in words of few characters. */
export function duration(seconds) {
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return `${seconds.toFixed(1)} s`;
}

/** Whether things may move that were not asked to. */
export const mayMove = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Bring something into the window, if it is out of it or behind a bar at its top. */
export function bringBelow(bar, wanted) {
  const { top, bottom } = wanted.getBoundingClientRect();
  const { bottom: edge, height } = bar.getBoundingClientRect();
  if (top > edge && bottom < innerHeight) return;
  scrollBy({ top: top - Math.max(height + 40, innerHeight / 2), behavior: mayMove() ? "smooth" : "instant" });
}
