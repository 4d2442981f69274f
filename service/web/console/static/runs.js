// What happened in a run of a lesson: what it printed and logged, and what the browser would get.

import { html } from "./dom.js";
import { Player } from "./player.js";
import { prose } from "./prose.js";

/** Say what happened in a run, or in a row of a table, which has an outcome and nothing else. */
export function reportOf({ received, explanation, printed = [], log = [], outcome }) {
  if (!received) return [html("p", {}, "Its outcome: ", html("code", {}, outcome))];
  const { status, body } = received;
  return [
    ...block("It prints", printed),
    ...block("The log", log),
    html("p", {}, explanation, status === null ? "" : ` The status is ${status}.`),
    body === null ? "" : html("pre", { tabindex: "0", "aria-label": "What the browser would get" }, body),
  ];
}

function block(title, lines) {
  if (!lines.length) return [];
  return [html("p", {}, `${title}:`), html("pre", { tabindex: "0", "aria-label": title }, lines.join("\n"))];
}

/** What a player says in place of a picture. */
export function noDeferred({ log = [] }) {
  const error = log.find((line) => line.startsWith(RAISED))?.slice(RAISED.length);
  return `It did not return a Deferred${error ? `: ${error}` : ""}.`;
}

/** How the log begins where an error got past everything. */
const RAISED = "unhandled error: ";
/** How much of a body is in a picture. */
const MOST = 60;

/** Draw the Deferreds that a run has made, too, and that nothing waits for. */
export function othersOf({ others = [] }) {
  return others.map((seen) => {
    const picture = html("div", { class: "picture" });
    new Player(picture, { small: true, prose }).show(seen);
    return html(
      "div",
      { class: "other" },
      html("p", {}, ...prose("It also made this Deferred, which is not a part of the chain above:")),
      picture,
    );
  });
}

/** What a picture ends with: what the browser gets; for a row of a table, nothing. */
export function outcomeOf({ received }) {
  if (!received) return "";
  const { status, body } = received;
  if (status === null) return "nothing";
  if (body.startsWith("<html>")) return `${status}, a page of HTML`;
  return `${status} ${body.length > MOST ? `${body.slice(0, MOST)}…` : body}`;
}

/** The code of a run, under titles, and whether its lines are lit. */
export const codeOf = ({ sources, plain, deferred }) =>
  sources
    ? [["", sources, true]]
    : [
        ["In plain Python", plain, false],
        ["With Deferreds", deferred, true],
      ];
