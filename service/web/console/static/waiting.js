// Waiting: what has not fired, refreshed while it is looked at, and a button that stops it.

import { byId, duration, html, table } from "./dom.js";
import { get } from "./api.js";
import { placeOf, shortName } from "./timeline.js";

/** Milliseconds between two looks. */
const BEAT = 1000;
/** So many rows are shown at most. */
const MOST = 40;
const WHY = {
  unhandled: "has failed, and nobody has taken the failure",
  forgotten: "made by a step that neither returned it nor gave it an errback: is a return missing?",
  old: "has waited for more than a minute",
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

/** Look, and look again, as long as nobody else does. */
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

function draw({ waiting, recent, unfired, warnings }) {
  showCount(waiting.length);
  replace(
    "waiting-requests",
    table(
      ["", "age", "waits for what was made in", "request"],
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
      "No request waits for anything.",
    ),
  );
  replace(
    "waiting-warnings",
    html(
      "div",
      { class: "scroll", role: "region", "aria-label": "Warnings", tabindex: "0" },
      table(
        ["Deferred", "age", "what is wrong"],
        warnings.map((one) => [
          html("code", {}, `${shortName(one.function)} · ${placeOf(one)}`),
          duration(one.age),
          WHY[one.why],
        ]),
        "Nothing looks wrong: no failure is unhandled, and no Deferred forgotten.",
      ),
    ),
  );
  replace(
    "waiting-recent",
    table(
      ["answer", "age", "request"],
      recent.slice(0, MOST).map((one) => [one.status ? String(one.status) : "waits", duration(one.age), linkTo(one)]),
      "There was none yet.",
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
      "There is none.",
    ),
  );
}

const linkTo = ({ request_id, asks_for }) => html("a", { class: "asked", href: `#request/${request_id}` }, asks_for);

/** Put a part in the place of the last one, and leave the focus where it was. */
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
  byId("waiting-requests").focus(); // the button goes
  // What has ended meanwhile need not be stopped.
  await get(`/xray/waiting/${id}`, { method: "DELETE" }).catch(() => {});
  refresh(ours);
}
