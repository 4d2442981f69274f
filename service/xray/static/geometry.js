// The geometry of the picture, in pixels: columns, text that fits into them, and the values beside arrows.

/** The least height of a step, of a line of its title, and of a line of smaller text. */
export const ROW = 42;
export const LINE = 15;
export const SMALL_LINE = 13;
export const STEP = 36;
export const PAD = 10;
export const EDGE = 8;
const WIDEST = 260;
const NARROWEST = 84;
const LEAST_GAP = 14;
/** The width of a character in the fonts of picture.css: in a title, and in smaller text. */
export const TITLE = 7.25;
export const SMALL = 6.35;

/** The width that a grid with this depth of nesting needs. */
export const widthFor = (depth) => 2 * NARROWEST + LEAST_GAP + 2 * PAD * depth + 2 * EDGE;

/** Truncate a text to a width. */
export function fit(text, width, character = SMALL) {
  const most = Math.max(3, Math.floor(width / character));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Break a name or a text into lines of a width: at spaces, dots, underscores and capitals, if there are any. */
export function wrap(text, width, character = SMALL) {
  const most = Math.max(3, Math.floor(width / character));
  const lines = [""];
  for (const part of text.split(/(?<=[_. ])|(?<=[a-z])(?=[A-Z])/)) {
    const pieces = part.match(new RegExp(`.{1,${most}}`, "g")) ?? [];
    for (const piece of pieces) {
      if ((lines.at(-1) + piece).trimEnd().length <= most) lines[lines.length - 1] += piece;
      else lines.push(piece);
    }
  }
  return lines.map((line) => line.trim()).filter(Boolean);
}

/** The two columns of a place: the start, the width and the middle of each. */
export function columnsOf({ x, width }) {
  const gap = Math.min(56, Math.max(LEAST_GAP, width * 0.09));
  const column = Math.min(WIDEST, (width - gap) / 2);
  const left = x + (width - gap - 2 * column) / 2;
  const at = (start) => ({ x: start, width: column, middle: start + column / 2 });
  return { callback: at(left), errback: at(left + column + gap) };
}

/** Whether an arrow changes sides. */
export const leans = (from, to) => Math.abs(from.x - to.x) > 24;

/** The position of the value of an arrow: on the side that the arrow leaves free. */
export function besideArrow(from, to, place) {
  const right = place.x + place.width;
  if (!leans(from, to)) {
    const onRight = to.x <= place.x + place.width / 2;
    const x = onRight ? to.x + 12 : to.x - 12;
    return {
      x,
      y: (from.y + to.y) / 2 + 4,
      anchor: onRight ? "start" : "end",
      room: onRight ? right - x : x - place.x,
    };
  }
  const toRight = to.x > from.x;
  const x = to.x + 0.45 * (from.x - to.x); // the arrow is above it there
  return { x, y: to.y - 5, anchor: toRight ? "end" : "start", room: toRight ? x - place.x : right - x };
}
