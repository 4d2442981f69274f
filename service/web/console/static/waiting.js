// Waiting: pending requests and Deferreds, refreshed while the view is open, and a button to cancel a request.

import { byId, duration, html, table } from "./dom.js";
import { get } from "./api.js";
import { placeOf, shortName } from "./timeline.js";

/** Milliseconds between two refreshes. */
const BEAT = 1000;
/** Maximum number of rows in a table. */
const MOST = 40;
const WHY = {
  unhandled: "it failed, and the failure was not handled",
  forgotten: "the step that made it neither returned it nor gave it an errback: is a return missing?",
  old: "it has been waiting for more than a minute",
};
let turn = 0;
let watched = false;

export function start({ xray }) {
  watched = xray;
  if (watched) setInterval(count, 4 * BEAT);
}

export function enter() {
  refresh(++turn);
}

export function leave() {
  turn += 1;
}

async function count() {
  if (document.hidden || !byId("view-waiting").hidden) return;
  await get("/xray").then(
    ({ waiting }) => showCount(waiting.length),
    () => {},
  );
}

function showCount(number) {
  byId("waiting-count").textContent = String(number);
  byId("waiting-count").hidden = !number;
}

/** Refresh the view repeatedly, until it is left or another refresh begins. */
async function refresh(ours) {
  if (!watched || turn !== ours) return;
  try {
    const seen = await get("/xray");
    if (turn === ours) draw(seen);
  } catch (refusal) {
    byId("waiting-requests").replaceChildren(html("p", { class: "empty" }, refusal.message));
  }
  setTimeout(() => refresh(ours), BEAT);
}

function draw({ waiting, recent, unfired, warnings, stalls }) {
  showCount(waiting.length);
  replace(
    "waiting-requests",
    table(
      ["", "age", "waiting for", "request"],
      waiting.map((one) => [
        html(
          "button",
          {
            type: "button",
            class: "small",
            "data-id": one.request_id,
            "aria-label": `Cancel ${one.asks_for}`,
            click: () => stop(one.request_id),
          },
          "Cancel",
        ),
        duration(one.age),
        html("code", {}, `${shortName(one.waits_for.function)} · ${placeOf(one.waits_for)}`),
        linkTo(one),
      ]),
      "No pending requests.",
    ),
  );
  replace(
    "waiting-warnings",
    html(
      "div",
      { class: "scroll", role: "region", "aria-label": "Warnings", tabindex: "0" },
      table(
        ["Deferred", "age", "warning"],
        warnings.map((one) => [
          html("code", {}, `${shortName(one.function)} · ${placeOf(one)}`),
          duration(one.age),
          WHY[one.why],
        ]),
        "No warnings: no failure is unhandled, and no Deferred is forgotten.",
      ),
    ),
  );
  replace(
    "waiting-stalls",
    table(
      ["for", "age", "in", "stack"],
      stalls.map(({ seconds, age, stack }) => [
        duration(seconds),
        duration(age),
        html("code", {}, stack.split("\n").findLast((line) => line.startsWith("  File ")) ?? ""),
        html("details", {}, html("summary", {}, "Show"), html("pre", {}, stack)),
      ]),
      "Nothing: every callback has returned soon.",
    ),
  );
  replace(
    "waiting-recent",
    table(
      ["status", "age", "request"],
      recent.slice(0, MOST).map((one) => [one.status ? String(one.status) : "pending", duration(one.age), linkTo(one)]),
      "No requests yet.",
    ),
  );
  replace(
    "waiting-unfired",
    table(
      ["made by", "where", "age", "kind"],
      unfired
        .slice(0, MOST)
        .map((one) => [
          html("code", {}, shortName(one.function)),
          html("code", {}, placeOf(one)),
          duration(one.age),
          one.kind,
        ]),
      "No pending Deferreds.",
    ),
  );
}

const linkTo = ({ request_id, asks_for }) => html("a", { class: "asked", href: `#request/${request_id}` }, asks_for);

/** Replace a part of the view, and keep the focus where it was. */
function replace(id, part) {
  const place = byId(id);
  const focused = place.contains(document.activeElement)
    ? (document.activeElement.dataset.id ?? document.activeElement.hash)
    : null;
  place.replaceChildren(part);
  if (focused)
    [...place.querySelectorAll("a, button")].find((one) => one.dataset.id === focused || one.hash === focused)?.focus();
}

async function stop(id) {
  const ours = ++turn;
  byId("waiting-requests").focus(); // the button is about to disappear
  // A request that has ended in the meantime need not be cancelled.
  await get(`/xray/waiting/${id}`, { method: "DELETE" }).catch(() => {});
  refresh(ours);
}
