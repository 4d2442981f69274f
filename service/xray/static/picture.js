// Draws shapes as SVG; their colours are in picture.css.

import { svg } from "./dom.js";
import { LINE, SMALL_LINE, leans } from "./geometry.js";

/** What the colours mean. */
export const LEGEND =
  "Blue: a Deferred. Orange: it fires. Green, on the left: callbacks, which take results. Red, on the right: " +
  "errbacks, which take failures. A straight arrow stays on its side, a diagonal one changes sides. Grey: has not " +
  "run (yet).";

const DRAWN = { token, box, fold, frame, member, note: framed, end: framed, burst, arrow, value, sub };

/** Draw a layout; each part is marked with the moment at which it happened. */
export function draw({ shapes, width, height }, label) {
  const picture = svg("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    class: "grid",
    role: "img",
    "aria-label": label,
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
  });
  for (const shape of shapes) {
    const part = DRAWN[shape.type](shape);
    if (shape.moment !== undefined) part.setAttribute("data-moment", shape.moment);
    if (shape.full) part.append(svg("title", {}, shape.full));
    picture.append(part);
  }
  picture.append(svg("circle", { class: "traveller", r: 6 }));
  return picture;
}

/** Where the result is at a moment: at the step that ran then, or at the start of the arrow from there. */
export function pointAt({ shapes }, moment) {
  const then = shapes.filter((shape) => shape.moment === moment);
  const at = then.find((shape) => shape.ran) ?? then.find((shape) => shape.type !== "value");
  if (!at) return null;
  if (at.type === "arrow") return at.from;
  if (at.type === "burst") return at;
  if (at.type === "sub") return { x: at.x, y: at.y + 10 };
  return { x: at.x + at.width / 2, y: at.y + (at.ran ? at.height : 0) };
}

const classes = (...names) => names.filter(Boolean).join(" ");

function group(shape, name, ...children) {
  return svg("g", { class: classes(shape.type, shape.side, name, shape.waits && "waits") }, ...children);
}

function rectangle({ x, y, width, height }, radius) {
  return svg("rect", { x, y, width, height, rx: radius });
}

function words(text, x, y, name, anchor = "middle") {
  return svg("text", { x, y, class: name, "text-anchor": anchor }, text);
}

function token(shape) {
  const middle = shape.x + shape.width / 2;
  return group(shape, "", rectangle(shape, 13), words(shape.title, middle, shape.y + 17, "title"));
}

function box(shape) {
  const middle = shape.x + shape.width / 2;
  const through = shape.ghost && shape.ran;
  return group(
    shape,
    classes(shape.ran ? "ran" : "skipped", shape.ghost && "ghost"),
    rectangle(shape, 7),
    through
      ? svg("g", { class: `arrow ${shape.side}` }, svg("path", { d: `M${middle} ${shape.y}v${shape.height}` }))
      : null,
    ...(through ? beside(shape, middle + 8) : linesOf(shape, middle)),
  );
}

/** Draw the lines of a box, in the middle of it. */
function linesOf({ titles, kinds, subs, y, height, needed }, x) {
  let below = y + (height - needed) / 2 + 4;
  return [
    ...titles.map((line) => words(line, x, (below += LINE) - 1, "title")),
    ...kinds.map((line) => words(line, x, (below += SMALL_LINE), "kind-of")),
    ...subs.map((line) => words(line, x, (below += SMALL_LINE), "sub")),
  ];
}

/** Draw what a box without a function is, beside the arrow through it. */
function beside({ kinds, y, height }, x) {
  return kinds.map((line, index) => words(line, x, y + height / 2 + 4 + SMALL_LINE * index, "kind-of", "start"));
}

function fold(shape) {
  const middle = shape.x + shape.width / 2;
  return group(
    shape,
    classes("box", shape.ran ? "ran" : "skipped"),
    rectangle(shape, 7),
    words(`${shape.title} ▸`, middle, shape.y + 18, "title"),
    words(shape.sub, middle, shape.y + 33, "sub"),
  );
}

function frame(shape) {
  return group(shape, "", rectangle(shape, 10));
}

function framed(shape) {
  return group(shape, "", rectangle(shape, 8), words(shape.title, shape.x + shape.width / 2, shape.y + 18, "title"));
}

function member(shape) {
  const middle = shape.x + shape.width / 2;
  return group(
    shape,
    "",
    rectangle(shape, 8),
    ...shape.titles.map((line, index) => words(line, middle, shape.y + 15 + LINE * index, "title")),
    ...shape.dots.map((dot) =>
      svg(
        "g",
        { class: classes("box", dot.side, dot.ran ? "ran" : "skipped", dot.ghost && "ghost") },
        svg("rect", { x: dot.x, y: dot.y, width: dot.size, height: dot.size, rx: 2 }),
        dot.title ? svg("title", {}, dot.title) : null,
      ),
    ),
    words(shape.sub, middle, shape.y + shape.height - 9, "value"),
  );
}

function burst(shape) {
  const points = Array.from({ length: 24 }, (_, index) => {
    const radius = index % 2 ? 8 : 14;
    const angle = (index / 24) * 2 * Math.PI;
    return `${(shape.x + radius * Math.sin(angle)).toFixed(1)} ${(shape.y - radius * Math.cos(angle)).toFixed(1)}`;
  });
  return group(shape, "", svg("path", { d: `M${points.join("L")}Z` }));
}

function arrow({ from, to, side, inward, start, headless, member: joins, ...shape }) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const tip = ([along, across]) =>
    [
      (to.x + along * Math.cos(angle) - across * Math.sin(angle)).toFixed(1),
      (to.y + along * Math.sin(angle) + across * Math.cos(angle)).toFixed(1),
    ].join(" ");
  const head = [
    [0, 0],
    [-9, -5],
    [-9, 5],
  ]
    .map(tip)
    .join("L");
  const crosses = !inward && !start && !joins && leans(from, to);
  return group(
    { ...shape, side },
    classes(inward && "inward", crosses ? "diagonal" : "straight"),
    svg("path", { d: `M${from.x.toFixed(1)} ${from.y.toFixed(1)}L${tip([headless ? 0 : -6, 0])}` }),
    headless ? null : svg("path", { class: "head", d: `M${head}Z` }),
  );
}

function value(shape) {
  return svg(
    "text",
    { class: `value ${shape.side}`, x: shape.x, y: shape.y, "text-anchor": shape.anchor },
    shape.title,
  );
}

function sub(shape) {
  return words(shape.title, shape.x, shape.y, "sub", shape.anchor);
}
