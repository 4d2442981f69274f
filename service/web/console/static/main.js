// Starts the page, and shows the view that the hash of its URL names.

import { byId } from "./dom.js";
import { get, useToken } from "./api.js";
import * as clock from "./clock.js";
import * as learn from "./learn.js";
import * as lessons from "./lessons.js";
import * as live from "./live.js";
import { course, linkTerms } from "./prose.js";
import * as reference from "./reference.js";
import * as request from "./request.js";
import * as tryIt from "./try.js";
import * as waiting from "./waiting.js";

const OFF =
  "X-ray is off here, so requests have responses but no pictures. Learn and Compare still have theirs; " +
  "start the service with --xray on to see the others.";
const VIEWS = { learn, try: tryIt, lessons, live, api: reference, waiting, request };
let shown = null;
/** The notice that every view shows; empty if there is nothing to say. */
let standing = "";

/** Show a notice above the view; hide it if it is empty. */
function notice(words) {
  byId("notice").textContent = words;
  byId("notice").hidden = !words;
}

/** Decode the parts of the URL's hash; one empty part, if it is malformed. */
function addressed() {
  try {
    return location.hash.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return [""];
  }
}

function show() {
  if (location.hash === "#content" && shown) return byId("content").focus(); // the target of the skip link, not a view
  const [name, ...rest] = addressed();
  const view = Object.hasOwn(VIEWS, name) ? name : "try";
  if (shown && shown !== view) VIEWS[shown].leave?.();
  for (const other of Object.keys(VIEWS)) byId(`view-${other}`).hidden = other !== view;
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const moved = shown !== null && shown !== view;
  shown = view;
  const entitle = () => (document.title = `${byId(`title-${view}`).textContent} – ajax-contacts`);
  entitle();
  if (moved) byId("content").focus({ preventScroll: true });
  notice(standing);
  Promise.resolve(VIEWS[view].enter?.(rest)).then(entitle, (refusal) => notice(refusal.message));
}

async function start() {
  let suggestions = { usernames: [], urls: [], xray: false };
  try {
    course().then(linkTerms, () => {}); // without the words there are no links
    suggestions = await get("/suggestions");
    if (!suggestions.xray) standing = OFF;
    byId("token-field").hidden = !suggestions.tokens;
  } catch (refusal) {
    standing = refusal.message;
  }
  for (const view of Object.values(VIEWS)) view.start?.(suggestions);
  clock.start(suggestions);
  byId("token").addEventListener("input", (event) => useToken(event.target.value));
  addEventListener("hashchange", show);
  show();
}

start();
