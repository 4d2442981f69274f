// Starts the page, and shows the view that its address names.

import { byId } from "./dom.js";
import { get } from "./api.js";
import * as lessons from "./lessons.js";
import * as live from "./live.js";
import * as request from "./request.js";
import * as tryIt from "./try.js";
import * as waiting from "./waiting.js";

const OFF =
  "X-ray is off here, so there are answers but no pictures of requests. The lessons have them all the same; " +
  "start the service with --xray on to see the others.";
const VIEWS = { try: tryIt, lessons, live, waiting, request };
let shown = null;
/** What is always so, in words. */
let standing = "";

/** Say something about the page as a whole; nothing, to be silent. */
function notice(words) {
  byId("notice").textContent = words;
  byId("notice").hidden = !words;
}

/** The parts of the address behind the hash; none, if they cannot be read. */
function addressed() {
  try {
    return location.hash.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return [""];
  }
}

function show() {
  if (location.hash === "#content" && shown) return byId("content").focus(); // it is no view, but where to skip to
  const [name, ...rest] = addressed();
  const view = Object.hasOwn(VIEWS, name) ? name : "try";
  if (shown && shown !== view) VIEWS[shown].leave?.();
  for (const other of Object.keys(VIEWS)) byId(`view-${other}`).hidden = other !== view;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const moved = shown !== null && shown !== view;
  shown = view;
  document.title = `${byId(`title-${view}`).textContent} – ajax-contacts`;
  if (moved) byId("content").focus({ preventScroll: true });
  notice(standing);
  Promise.resolve(VIEWS[view].enter?.(rest)).catch((refusal) => notice(refusal.message));
}

async function start() {
  let suggestions = { usernames: [], urls: [], xray: false };
  try {
    suggestions = await get("/suggestions");
    if (!suggestions.xray) standing = OFF;
  } catch (refusal) {
    standing = refusal.message;
  }
  for (const view of Object.values(VIEWS)) view.start?.(suggestions);
  addEventListener("hashchange", show);
  show();
}

start();
