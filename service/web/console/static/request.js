// One request by its id: the target of a permalink.

import { byId } from "./dom.js";
import { Player } from "./player.js";
import { get } from "./api.js";

/** Milliseconds between two refreshes of a pending request. */
const BEAT = 500;
let player;
let turn = 0;

export function start() {
  player = new Player(byId("request-picture"));
}

export async function enter([id]) {
  const ours = ++turn;
  if (!id) return player.say("Which request? The Waiting view lists the recent ones.");
  try {
    const [seen, { recent }] = await Promise.all([get(`/xray/${encodeURIComponent(id)}`), get("/xray")]);
    if (turn !== ours) return;
    const one = recent.find(({ request_id }) => request_id === id);
    byId("request-said").textContent = id;
    player.show(seen, {
      title: one?.asks_for ?? "",
      outcome: one?.status ? String(one.status) : "",
      link: `#request/${id}`,
    });
    if (one?.state === "waiting") setTimeout(() => turn === ours && enter([id]), BEAT);
  } catch (refusal) {
    if (turn !== ours) return;
    byId("request-said").textContent = id;
    player.say(refusal.message);
  }
}

export function leave() {
  turn += 1;
}
