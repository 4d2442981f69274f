// What happened in a run of a lesson: what it printed and logged, and what the browser would get.

import { html } from "./dom.js";

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
export const NO_DEFERRED = "There is no Deferred: the function raised, or returned, before it had made one.";

/** What a picture ends with: the status, or the outcome of a row. */
export const outcomeOf = ({ received, outcome }) => (received ? String(received.status ?? "nothing") : outcome);

/** The code of a run, under titles. */
export const codeOf = ({ sources, plain, deferred }) =>
  sources
    ? [["", sources]]
    : [
        ["In plain Python", plain],
        ["With Deferreds", deferred],
      ];
