// Responses, drawn for the visitor; and pending requests, watched until they end.

import { html } from "./dom.js";
import { findWaiting, get } from "./api.js";
import { isWaiting } from "./timeline.js";

/** Milliseconds between two refreshes of a pending request, and before the first one. */
const BEAT = 400;
/** What is said in place of a picture where X-ray is off. */
export const UNWATCHED = "X-ray is off here: only the slides' variants have pictures.";

/** Draw the response for a path: its status, its duration, and its JSON; `instead` says what its status stands for. */
export function answerOf(path, { ok, status, body, id, milliseconds }, instead = "") {
  return [
    html("p", {}, html("code", {}, `GET ${path}`)),
    html(
      "p",
      {},
      html("span", { class: `status ${ok ? "good" : "bad"}` }, String(status)),
      ` ${instead}in ${milliseconds.toFixed(0)} ms · `,
      html("code", { class: "quiet", title: "X-Request-Id" }, id ?? ""),
    ),
    html("pre", { tabindex: "0", "aria-label": "The response" }, JSON.stringify(body, null, 2)),
  ];
}

/** Show a request in a player until its chain has ended, because the service may notice a disconnect late. */
export async function showToTheEnd(player, id, path, outcome = "") {
  let seen;
  try {
    seen = await get(`/xray/${id}`);
  } catch (refusal) {
    return player.say(refusal.message);
  }
  player.show(seen, { title: `GET ${path}`, outcome, link: `#request/${id}` });
  const ours = player.told;
  if (isWaiting(seen.grid)) setTimeout(() => player.told === ours && showToTheEnd(player, id, path, outcome), BEAT);
}

/** Show the pending request for a path in a player: `stop` ends that, and `found` is its id once it is known. */
export function watch(player, path, signal) {
  const started = performance.now();
  const looking = { found: null, stopped: false, stop: () => (looking.stopped = true) };
  const show = async () => {
    looking.found ??= await findWaiting(path, (performance.now() - started) / 1000);
    const seen = looking.found && (await get(`/xray/${looking.found}`));
    if (seen && !looking.stopped && !signal.aborted)
      player.show(seen, { title: `GET ${path}`, link: `#request/${looking.found}` });
  };
  const look = async () => {
    if (looking.stopped || signal.aborted) return;
    await show().catch((refusal) => player.say(refusal.message));
    setTimeout(look, BEAT);
  };
  setTimeout(look, BEAT);
  return looking;
}

/** Fetch the grid of a request as `seen`, with a `link` unless it is a lesson; or say in `words` why it is missing. */
export async function gridOf(asked, answer, watched) {
  if (!asked.startsWith("/lessons") && !watched)
    return { words: UNWATCHED };
  try {
    if (!asked.startsWith("/lessons")) return { seen: await get(`/xray/${answer.id}`), link: `#request/${answer.id}` };
    const seen = await get(asked.replace(/(\?|$)/, "/grid$1"));
    return seen.grid
      ? { seen }
      : { words: "No Deferred: this variant raised before it had made one, so its errbacks never ran." };
  } catch (refusal) {
    return { words: refusal.message };
  }
}
