// The boxes of a step: a callback and an errback side by side, or several steps that are folded into one.

import { duration } from "./dom.js";
import { LINE, ROW, SMALL_LINE, TITLE, wrap } from "./geometry.js";
import { kindOf } from "./steps.js";
import { ownerOf, shortName } from "./timeline.js";

/** Lay out steps that are folded into one box, across both columns; return the `y` below it. */
export function layFold({ folded, step, enter }, { callback, errback }, y, shapes) {
  shapes.push({
    type: "fold",
    side: step.came ?? "callback",
    x: callback.x,
    y,
    width: errback.x + errback.width - callback.x,
    height: ROW,
    moment: enter,
    ran: Boolean(step.came),
    title: folded.label,
    sub: `${folded.count} steps`,
    full: `${folded.names.join(", ")}: open them with the button below the picture, or here`,
  });
  return y + ROW;
}

/** Lay out the callback and the errback of a step, side by side; return the `y` below them. */
export function layBoxes({ step, enter }, grid, columns, y, shapes) {
  const boxes = ["callback", "errback"].map((side) => boxOf(step, side, grid, columns[side]));
  const height = Math.max(ROW, ...boxes.map((box) => box.needed));
  shapes.push(...boxes.map((box) => ({ ...box, y, height, moment: enter })));
  return y + height;
}

function boxOf(step, side, grid, { x, width }) {
  const name = step[side];
  const ran = step.came === side;
  const waits = ran && !step.left;
  const spent = waits ? `waits ${duration(Math.max(0, grid.age - step.started))}` : duration(step.seconds ?? 0);
  const titles = name ? wrap(shortName(name), width - 12, TITLE) : [];
  const kinds = ran ? wrap(kindOf(step), width - 12) : [];
  const subs = name ? wrap([ran ? spent : "", ownerOf(name)].filter(Boolean).join(" · "), width - 12) : [];
  return {
    type: "box",
    side,
    x,
    width,
    ran,
    waits,
    ghost: !name,
    titles,
    kinds,
    subs,
    needed: 12 + LINE * titles.length + SMALL_LINE * (kinds.length + subs.length),
    full: name ?? `no ${side} here: ${side === "callback" ? "a result" : "a failure"} passes by`,
  };
}
