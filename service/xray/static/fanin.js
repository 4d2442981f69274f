// Fan-in: the members of a DeferredList, or what a coroutine awaits, as small grids that join.

import { LINE as TITLE_LINE, TITLE, fit, wrap } from "./geometry.js";
import { isWaiting, outcomeOf, placeOf, shortName, sideOf } from "./timeline.js";

const NARROWEST = 118;
const WIDEST = 300;
const GAP = 10;
const DOT = 9;
const LINE = 13;
/** Maximum number of members that are drawn, and of steps in each. */
const MOST = 24;
const MOST_STEPS = 6;

/** Lay out the members of a grid side by side; return the `y` at which the grid that they join begins. */
export function layMembers({ members, grid }, place, shapes) {
  const shown = members.slice(0, MOST);
  const across = Math.max(1, Math.min(shown.length, Math.floor((place.width + GAP) / (NARROWEST + GAP))));
  const width = Math.min(WIDEST, (place.width - GAP * (across - 1)) / across);
  const left = place.x + (place.width - across * (width + GAP) + GAP) / 2;
  const titles = shown.map(({ grid }) => wrap(shortName(grid.made.function), width - 8, TITLE));
  const head = 9 + TITLE_LINE * Math.max(...titles.map((lines) => lines.length));
  const tallest = Math.max(...shown.map(({ grid: { steps } }) => Math.min(steps.length, MOST_STEPS)));
  const height = head + 22 + LINE * tallest;
  const rows = Math.ceil(shown.length / across);
  const bottom = place.y + rows * (height + GAP);
  const join = { x: place.x + place.width / 2, y: bottom + 26 };
  shown.forEach((member, index) => {
    const x = left + (index % across) * (width + GAP);
    const y = place.y + Math.floor(index / across) * (height + GAP);
    shapes.push(card(member, titles[index], head, { x, y, width, height }));
    if (y + height + GAP === bottom) {
      const from = { x: x + width / 2, y: y + height };
      shapes.push({ type: "arrow", from, to: join, side: sideOf(member.grid), member: true, moment: member.moment });
    }
  });
  const all = members.length + grid.fired_members;
  const more = all > shown.length ? ` · ${all - shown.length} more are not drawn` : "";
  const words = `${grid.awaited.length ? "its coroutine awaited this" : `${all} members join here`}${more}`;
  if (grid.state !== "waiting")
    shapes.push({
      type: "sub",
      x: join.x - 22,
      y: join.y + 18,
      anchor: "end",
      title: fit(words, place.width / 2 - 22),
    });
  return bottom + 24;
}

function card({ grid, moment }, titles, head, { x, y, width, height }) {
  const middle = x + width / 2;
  const dots = grid.steps.slice(0, MOST_STEPS).flatMap((step, index) =>
    ["callback", "errback"].map((side) => ({
      side,
      x: middle + (side === "callback" ? -DOT - 5 : 5),
      y: y + head + index * LINE,
      size: DOT,
      ran: step.came === side,
      ghost: !step[side],
      title: step[side] ?? "",
    })),
  );
  return {
    type: "member",
    x,
    y,
    width,
    height,
    side: sideOf(grid),
    waits: isWaiting(grid),
    moment,
    dots,
    titles,
    sub: fit(outcomeOf(grid), width - 10),
    full: `${grid.kind}, made in ${grid.made.function} (${placeOf(grid.made)}): ${outcomeOf(grid)}`,
  };
}
