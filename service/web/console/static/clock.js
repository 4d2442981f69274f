// The clock of the service, where it stands still: what time it is, and buttons that move it.

import { byId, duration } from "./dom.js";
import { get } from "./api.js";

/** Milliseconds between two looks at a clock that runs. */
const BEAT = 1000;

export function start({ clock }) {
  byId("clock").hidden = !clock;
  if (!clock) return;
  for (const button of byId("clock").querySelectorAll("button[value]"))
    button.addEventListener("click", () => ask(`/clock/advance?in_flight=0&seconds=${button.value}`, "POST"));
  byId("clock-run").addEventListener("click", () => ask("/clock", "DELETE"));
  ask("/clock", "GET");
}

async function ask(path, method) {
  try {
    await get(path, { method });
    const { now, running } = await get("/clock");
    byId("clock-now").textContent = now ? duration(now) : "0 s";
    byId("clock-run").hidden = running;
    if (running) setTimeout(() => ask("/clock", "GET"), BEAT);
  } catch (refusal) {
    byId("clock-now").textContent = refusal.message;
  }
}
