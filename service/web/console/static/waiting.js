// Waiting: pending requests and Deferreds, refreshed while the view is open, and a button to cancel a request.

import { byId, duration, html } from "./dom.js";
import { get } from "./api.js";
import { updateTable } from "./rows.js";
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
  byId("waiting-lists").hidden = !watched;
  if (watched) setInterval(count, 4 * BEAT);
  else byId("waiting-lead").textContent = "X-ray is off here, so what waits is not known.";
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
  updateTable(
    byId("waiting-requests"),
    ["", "age", "waiting for", "request"],
    waiting.map((one) => [one.request_id, [stopButton(one), duration(one.age), waitsFor(one), linkTo(one)]]),
    "No pending requests.",
  );
  updateTable(
    byId("waiting-warnings"),
    ["Deferred", "age", "warning"],
    warnings.map((one) => [one.number, [codeOf(one), duration(one.age), WHY[one.why]]]),
    "No warnings: no failure is unhandled, and no Deferred is forgotten.",
  );
  updateTable(
    byId("waiting-stalls"),
    ["for", "age", "in", "stack"],
    stalls.map(({ seconds, age, stack }) => [
      `${seconds} ${stack}`,
      [
        duration(seconds),
        duration(age),
        html("code", {}, stack.split("\n").findLast((line) => line.startsWith("  File ")) ?? ""),
        html("details", {}, html("summary", {}, "Show"), html("pre", {}, stack)),
      ],
    ]),
    "Nothing: every callback has returned soon.",
  );
  updateTable(
    byId("waiting-recent"),
    ["status", "age", "request"],
    recent
      .slice(0, MOST)
      .map((one) => [one.request_id, [one.status ? String(one.status) : "pending", duration(one.age), linkTo(one)]]),
    "No requests yet.",
  );
  updateTable(
    byId("waiting-unfired"),
    ["made by", "where", "age", "kind"],
    unfired
      .slice(0, MOST)
      .map((one) => [
        one.number,
        [html("code", {}, shortName(one.function)), html("code", {}, placeOf(one)), duration(one.age), one.kind],
      ]),
    "No pending Deferreds.",
  );
}

const codeOf = (one) => html("code", {}, `${shortName(one.function)} · ${placeOf(one)}`);
const waitsFor = (one) => codeOf(one.waits_for);

const stopButton = ({ request_id, asks_for }) =>
  html(
    "button",
    { type: "button", class: "small", "aria-label": `Cancel ${asks_for}`, click: () => stop(request_id) },
    "Cancel",
  );

const linkTo = ({ request_id, asks_for }) => html("a", { class: "asked", href: `#request/${request_id}` }, asks_for);

async function stop(id) {
  const ours = ++turn;
  byId("waiting-requests").focus(); // the button is about to disappear
  // A request that has ended in the meantime need not be cancelled.
  await get(`/xray/waiting/${id}`, { method: "DELETE" }).catch(() => {});
  refresh(ours);
}
