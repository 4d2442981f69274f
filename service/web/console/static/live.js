// Live: a countdown, a wait for a file, and a parallel lookup, each drawn while it runs.

import { byId, duration } from "./dom.js";
import { showToTheEnd, watch } from "./answers.js";
import { Player } from "./player.js";
import { prose } from "./prose.js";
import { get, pathWith, send } from "./api.js";

/** The placeholder for a number, and the maximum number of failures that are named. */
const NOTHING = "–";
const MOST = 5;
let player;
let watched;
let makesFiles;
let following = null;

export function start({ xray, files }) {
  watched = xray;
  byId("live-picture").hidden = !watched;
  makesFiles = Boolean(files);
  player = new Player(byId("live-picture"), {
    empty: "Start one of them to see its chain here while it waits.",
    prose,
  });
  const on = (form, begin) =>
    byId(form).addEventListener("submit", (event) => {
      event.preventDefault();
      begin();
    });
  on("countdown-form", countDown);
  on("file-form", waitForFile);
  on("lookup-form", lookUp);
}

/** Show a request in the player while it waits and when it has ended, unless another one was started after it. */
function follow(path) {
  following?.abort();
  const ours = new AbortController();
  following = ours;
  if (!watched) return async () => {};
  const looking = watch(player, path, ours.signal);
  return async (id, status = "") => {
    looking.stop();
    const found = id ?? looking.found;
    if (found && following === ours) await showToTheEnd(player, found, path, String(status));
  };
}

function busy(name, stop) {
  byId(`${name}-start`).disabled = Boolean(stop);
  const button = byId(`${name}-stop`);
  if (!stop && document.activeElement === button) byId(`${name}-start`).focus();
  button.hidden = !stop;
  button.onclick = stop;
}

function countDown() {
  const path = pathWith("/countdown", "n", [byId("countdown-n").value]);
  const source = new EventSource(path);
  const over = follow(path);
  const said = byId("countdown-said");
  said.textContent = "";
  byId("countdown-left").textContent = NOTHING;
  const end = (words) => {
    source.close();
    said.textContent = words;
    busy("countdown", null);
    over();
  };
  source.addEventListener("tick", (event) => (byId("countdown-left").textContent = JSON.parse(event.data).n));
  source.addEventListener("done", () => end("Done: the stream has ended."));
  source.addEventListener("problem", (event) => end(JSON.parse(event.data).error));
  source.onerror = async () => {
    if (source.readyState !== EventSource.CLOSED) return;
    // An EventSource hides the error response; fetching the same path shows it.
    const response = await fetch(path).catch(() => null);
    end(response && !response.ok ? (await response.json()).error : "The stream was interrupted.");
    response?.body?.cancel().catch(() => {});
  };
  busy("countdown", () => end("You cancelled: the timer is cancelled, too."));
}

async function waitForFile() {
  const path = pathWith("/wait-for-file", "filename", [byId("file-name").value].filter(Boolean));
  const hangUp = new AbortController();
  const started = performance.now();
  const over = follow(path);
  const show = () => (byId("file-waited").textContent = duration((performance.now() - started) / 1000));
  const ticking = setInterval(show, 100);
  byId("file-said").textContent = "The file has not arrived yet.";
  busy("file", () => hangUp.abort());
  const make = byId("file-make");
  make.hidden = !makesFiles;
  make.onclick = () =>
    get(pathWith("/arrivals", "filename", [byId("file-name").value]), { method: "POST" }).catch(
      (refusal) => (byId("file-said").textContent = refusal.message),
    );
  try {
    const { ok, status, body, id } = await send(path, { signal: hangUp.signal });
    byId("file-said").textContent = ok ? `${body.filename} arrived.` : body.error;
    clearInterval(ticking);
    byId("file-waited").textContent = ok ? duration(body.waited) : NOTHING;
    await over(id, status);
  } catch (error) {
    byId("file-said").textContent =
      error.name === "AbortError" ? "You cancelled: the polling is stopped." : error.message;
    await over();
  } finally {
    clearInterval(ticking);
    if (document.activeElement === make) byId("file-start").focus();
    make.hidden = true;
    busy("file", null);
  }
}

async function lookUp() {
  const path = pathWith("/users", "username", byId("lookup-names").value.split(/\s+/).filter(Boolean));
  const over = follow(path);
  byId("lookup-said").textContent = "Looking them up …";
  byId("lookup-start").disabled = true;
  try {
    const { ok, status, body, id } = await send(path);
    byId("lookup-said").textContent = ok ? summaryOf(body) : body.error;
    await over(id, status);
  } catch (error) {
    byId("lookup-said").textContent = error.message;
  } finally {
    byId("lookup-start").disabled = false;
  }
}

function summaryOf({ users, errors }) {
  const found = Object.values(users)
    .filter(Boolean)
    .map((user) => user.name);
  const failed = Object.entries(errors).map(([name, { code }]) => `${name} (${code})`);
  const more = failed.length > MOST ? ` and ${failed.length - MOST} more` : "";
  const missed = failed.length ? ` Failed: ${failed.slice(0, MOST).join(", ")}${more}.` : "";
  return `Found: ${found.join(", ") || "none"}.${missed}`;
}
