// The layout of a picture: turns a grid, as timeline.js tells it, into shapes with coordinates in pixels.

import { duration } from "./dom.js";
import { layBoxes, layFold } from "./boxes.js";
import { EDGE, PAD, STEP, TITLE, besideArrow, columnsOf, fit, leans, widthFor } from "./geometry.js";
import { layMembers } from "./fanin.js";
import { outcomeOf, placeOf, shortName } from "./timeline.js";

/** Lay out a whole grid in a width; return its `shapes`, and the `width` and `height` that they need. */
export function lay({ root }, width) {
  const needed = Math.max(width, widthFor(depthOf(root)));
  const shapes = [];
  const place = { x: EDGE, width: needed - 2 * EDGE };
  let { exit, y } = layGrid(root, { ...place, y: EDGE }, shapes);
  if (exit) y = layEnd(root, exit, { ...place, y }, shapes);
  return { shapes, width: needed, height: y + EDGE };
}

const depthOf = (node) => 1 + Math.max(0, ...node.steps.map((step) => (step.nested ? depthOf(step.nested) : 0)));

/** Lay out a grid; return the `y` below it, and the `exit` at which its result leaves, or null if it has not left. */
function layGrid(node, place, shapes) {
  const columns = columnsOf(place);
  let y = layToken(node, place, shapes);
  if (node.members.length) y = layMembers(node, { ...place, y }, shapes);
  let exit = layFiring(node, { ...place, y }, shapes);
  y += 28;
  for (const told of node.steps) {
    if (exit && told.enter !== Infinity) layArrow(exit, { ...place, y }, columns, shapes);
    ({ exit, y } = layStep(told, node.grid, { ...place, y: y + STEP }, shapes));
  }
  for (const { grid, moment } of node.forgotten) {
    const title = fit(`forgotten? ${shortName(grid.made.function)} · ${placeOf(grid.made)}`, place.width - 16, TITLE);
    shapes.push({ type: "note", x: place.x, y: y + 8, width: place.width, height: 28, title, moment });
    y += 40;
  }
  return { exit, y };
}

function layToken({ grid, made }, place, shapes) {
  const middle = place.x + place.width / 2;
  const width = Math.min(place.width, 34 + grid.kind.length * TITLE);
  shapes.push({
    type: "token",
    x: middle - width / 2,
    y: place.y,
    width,
    height: 26,
    title: fit(grid.kind, width - 8, TITLE),
    waits: grid.state === "waiting",
    moment: made,
    full: `${grid.kind}, made in ${grid.made.function} (${grid.made.file}:${grid.made.line})`,
  });
  const origin = `${grid.cancelled ? "cancelled · " : ""}${shortName(grid.made.function)} · ${placeOf(grid.made)}`;
  shapes.push({ type: "sub", x: middle, y: place.y + 41, title: fit(origin, place.width) });
  return place.y + 50;
}

function layFiring({ grid, fired, waits, side, value }, place, shapes) {
  const middle = place.x + place.width / 2;
  if (fired === Infinity) {
    const words = grid.state === "waiting" ? `has waited for ${duration(grid.age)}` : "will never fire";
    shapes.push({ type: "sub", x: middle, y: place.y + 16, title: fit(words, place.width), moment: waits });
    return null;
  }
  shapes.push({ type: "burst", x: middle, y: place.y + 14, moment: fired });
  if (value)
    shapes.push({
      type: "value",
      side,
      x: middle + 22,
      y: place.y + 18,
      anchor: "start",
      title: fit(value, place.width / 2 - 22),
      full: value,
      moment: fired,
    });
  return { x: middle, y: place.y + 28, side, value: null, start: true, moment: fired };
}

function layStep(told, grid, place, shapes) {
  const { step, nested, enter, leave, folded } = told;
  if (nested) return layNesting(told, grid, place, shapes);
  const columns = columnsOf(place);
  const y = folded
    ? layFold(told, columns, place.y, shapes)
    : layBoxes(told, grid, columns, place.y, shapes);
  if (!step.left) return { exit: null, y };
  // A result that skips a step is unchanged, so its value is not repeated.
  const value = folded || step[step.came] ? step.gave : null;
  return { exit: { x: columns[step.came].middle, y, side: step.left, value, moment: leave, enter }, y };
}

function layNesting(told, grid, place, shapes) {
  const { step, nested, enter, leave } = told;
  const frame = { type: "frame", ...place, side: step.left ?? step.came, waits: !step.left, moment: enter };
  shapes.push(frame);
  const inner = { x: place.x + PAD, width: place.width - 2 * PAD };
  const columns = columnsOf(inner);
  const below = layBoxes(told, grid, columns, place.y + PAD, shapes);
  const to = { x: place.x + place.width / 2, y: below + 22 };
  shapes.push({
    type: "arrow",
    from: { x: columns[step.came].middle, y: below },
    to,
    side: step.came,
    inward: true,
    moment: nested.made,
  });
  const laid = layGrid(nested, { ...inner, y: below + 23 }, shapes);
  if (!step.left) {
    frame.height = laid.y + PAD - place.y;
    return { exit: null, y: laid.y + PAD };
  }
  const out = { x: columnsOf(place)[step.left].middle };
  out.y = laid.y + (laid.exit && leans(laid.exit, out) ? STEP : PAD);
  if (laid.exit)
    shapes.push({ type: "arrow", from: laid.exit, to: out, side: step.left, headless: true, moment: laid.exit.moment });
  frame.height = out.y - place.y;
  return { exit: { ...out, side: step.left, value: step.gave, moment: leave }, y: out.y };
}

function layArrow(exit, place, columns, shapes) {
  const to = { x: columns[exit.side].middle, y: place.y + STEP };
  shapes.push({ type: "arrow", from: exit, to, side: exit.side, start: exit.start, moment: exit.moment });
  if (!exit.value) return;
  const { room, ...beside } = besideArrow(exit, to, place);
  shapes.push({
    type: "value",
    ...beside,
    title: fit(exit.value, room),
    full: exit.value,
    side: exit.side,
    moment: exit.moment,
  });
}

function layEnd(root, exit, place, shapes) {
  const columns = columnsOf(place);
  layArrow({ ...exit, value: null }, place, columns, shapes);
  const outcome = exit.value ?? outcomeOf(root.grid);
  const full = root.grid.unhandled ? `unhandled: ${outcome}` : root.outcome || `ends with ${outcome}`;
  // As wide as its column or, if that is wider, as its text.
  const column = columns[exit.side];
  const width = Math.min(place.width, Math.max(column.width, full.length * TITLE + 16));
  const wanted = exit.side === "callback" ? column.x : column.x + column.width - width;
  const x = Math.max(place.x, Math.min(wanted, place.x + place.width - width));
  shapes.push({
    type: "end",
    x,
    y: place.y + STEP,
    width,
    height: 28,
    side: exit.side,
    title: fit(full, width - 14, TITLE),
    full,
    moment: root.unhandled ?? root.end ?? exit.moment,
  });
  return place.y + STEP + 28;
}
