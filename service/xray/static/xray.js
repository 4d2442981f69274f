// What waits, as a tree of buttons, and the picture of the Deferred that is chosen.

import { byId, html } from "./dom.js";
import { Player } from "./player.js";

const player = new Player(byId("picture"), { empty: "Choose a line of the tree." });

/** Get the JSON at a path; a failure is an error with the sentence of the server. */
async function get(path) {
  const response = await fetch(path, { cache: "no-store" });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

const named = ({ function: name, file, line }) => `${name} ${file}:${line}`;

/** Draw a node of the tree, with what it waits for below it. */
function branch({ number, kind, age, place, through, waits_for }) {
  const words = [...through.toReversed(), place].map(named).join(" ← ");
  const line = `${age === null ? "" : `${age.toFixed(2)} s `}${kind === "Deferred" ? "" : `${kind} `}${words}`;
  const label = number ? html("button", { type: "button", click: () => show(number, line) }, line) : line;
  return html("li", {}, label, waits_for.length ? html("ul", {}, ...waits_for.map(branch)) : null);
}

async function look() {
  try {
    const { roots, left_out } = await get("tree");
    const more = left_out ? [html("li", {}, `and ${left_out} more`)] : [];
    byId("tree").replaceChildren(...roots.map(branch), ...(roots.length ? more : [html("li", {}, "Nothing waits.")]));
  } catch (error) {
    byId("tree").replaceChildren(html("li", {}, error.message));
  }
}

async function show(number, title) {
  try {
    player.show(await get(`grids/${number}`), { title });
  } catch (error) {
    player.say(error.message);
  }
}

byId("look").addEventListener("click", look);
look();
