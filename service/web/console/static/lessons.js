// Compare: two variants side by side on one input, and what a browser gets from each variant on every input.

import { byId, html, table } from "./dom.js";
import { Player } from "./player.js";
import { get } from "./api.js";
import { Code } from "./code.js";
import { prose } from "./prose.js";

/** What is compared at first: an input on which the two differ. */
const FIRST = { pair: ["v4", "v5"], input: "missing parameter" };
const BESIDE = "product";
let matrix = null;
let shown = "";

/** Show the comparison that the hash names: one variant or two, with a comma between them, and an input. */
export async function enter([variants = "", input = ""]) {
  matrix ??= await get("/lessons/contacts");
  if (!byId("lessons-input").options.length) build();
  const known = variants.split(",").filter((name) => Object.hasOwn(matrix.variants, name));
  const pair = known.length ? [known[0], known[1] ?? (known[0] === BESIDE ? "v5" : BESIDE)] : FIRST.pair;
  const chosen = Object.hasOwn(matrix.inputs, input) ? input : FIRST.input;
  byId("lessons-input").value = chosen;
  [byId("lessons-left").value, byId("lessons-right").value] = pair;
  byId("lessons-scrolls").hidden = byId("lessons-matrix").scrollWidth <= byId("lessons-matrix").clientWidth;
  await drawCards(pair, chosen);
  if (known.length) byId("lessons-cards").scrollIntoView({ block: "start" });
}

function build() {
  const options = (names) => names.map((name) => html("option", { value: name }, name));
  byId("lessons-input").append(...options(Object.keys(matrix.inputs)));
  for (const side of ["left", "right"]) byId(`lessons-${side}`).append(...options(Object.keys(matrix.variants)));
  for (const id of ["lessons-input", "lessons-left", "lessons-right"])
    byId(id).addEventListener("change", () =>
      go([byId("lessons-left").value, byId("lessons-right").value], byId("lessons-input").value),
    );
  drawMatrix();
}

/** Go to a comparison, even if the URL names it already. */
function go(pair, input) {
  const hash = `#lessons/${pair.join(",")}/${encodeURIComponent(input)}`;
  if (location.hash === hash) enter([pair.join(","), input]);
  else location.hash = hash;
}

async function drawCards(pair, input) {
  const cards = byId("lessons-cards");
  const wanted = `${pair} ${input}`;
  if (shown === wanted) return;
  shown = wanted;
  cards.setAttribute("aria-busy", "true");
  const query = matrix.inputs[input];
  const asked = pair.map((variant) => get(`/lessons/contacts/${variant}/grid?${query}`));
  const grids = await Promise.all(asked).catch((refusal) => {
    shown = ""; // the next visit tries again
    cards.replaceChildren();
    cards.setAttribute("aria-busy", "false");
    throw refusal;
  });
  if (shown !== wanted) return;
  cards.replaceChildren(...grids.map((seen) => cardOf(seen, matrix.variants[seen.variant][input])));
  cards.setAttribute("aria-busy", "false");
}

function cardOf(seen, report) {
  const picture = html("div", { class: "picture" });
  const code = new Code(html("div", { class: "code-panel" }));
  const player = new Player(picture, { small: true, prose, watch: ({ about }) => code.light(about) });
  code.show([["", seen.sources, true]]);
  if (seen.grid) player.show(seen, { outcome: kindOf(report) });
  else player.say("No Deferred: it raised before it had made one, so its errbacks never ran.");
  return html(
    "article",
    { class: "panel card", id: `lesson-${seen.variant}`, "aria-label": seen.variant },
    html("h2", {}, seen.variant),
    html("p", {}, ...prose(report.explanation.split(" The browser gets ")[0])),
    html("p", {}, "The browser gets ", html("strong", { class: `kind ${colour(report)}` }, kindOf(report)), "."),
    report.body === null
      ? null
      : html("pre", { tabindex: "0", "aria-label": `What the browser gets from ${seen.variant}` }, report.body),
    picture,
    code.place,
  );
}

function drawMatrix() {
  const variants = Object.keys(matrix.variants);
  const rows = Object.keys(matrix.inputs).map((input) => [
    html("th", { scope: "row" }, input),
    ...variants.map((variant) => {
      const report = matrix.variants[variant][input];
      return html(
        "button",
        {
          type: "button",
          class: `small kind ${colour(report)}`,
          "aria-label": `${variant}, ${input}: ${kindOf(report)}`,
          click: () => go([variant, variant === BESIDE ? "v5" : BESIDE], input),
        },
        kindOf(report),
      );
    }),
  ]);
  byId("lessons-matrix").replaceChildren(table(["input", ...variants], rows));
}

/** Say what a browser gets, as the README does. */
function kindOf({ status, is_json, body, log }) {
  if (status === null) return "never";
  const kind = !is_json ? "HTML" : "error" in JSON.parse(body) ? "error" : "contacts";
  return `${status} ${kind}${log.length ? " + log" : ""}`;
}

function colour(report) {
  if (report.status === null || !report.is_json) return "bad";
  const says = "error" in JSON.parse(report.body);
  return says && report.status === 200 ? "warn" : "good";
}
