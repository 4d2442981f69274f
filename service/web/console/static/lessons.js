// The lessons: all variants side by side on one input, and what a browser gets from each on every input.

import { byId, html, table } from "./dom.js";
import { Player } from "./player.js";
import { get } from "./api.js";

let matrix = null;

export async function enter([variant, input]) {
  matrix ??= await get("/lessons/contacts");
  const select = byId("lessons-input");
  if (!select.options.length) {
    select.append(...Object.keys(matrix.inputs).map((name) => html("option", { value: name }, name)));
    select.addEventListener("change", () => (location.hash = `lessons/all/${encodeURIComponent(select.value)}`));
    drawMatrix();
  }
  const chosen = Object.hasOwn(matrix.inputs, input ?? "") ? input : Object.keys(matrix.inputs)[0];
  select.value = chosen;
  await drawCards(chosen);
  if (variant && variant !== "all") byId(`lesson-${variant}`)?.scrollIntoView({ block: "start" });
}

async function drawCards(input) {
  const cards = byId("lessons-cards");
  if (cards.dataset.input === input) return;
  cards.dataset.input = input;
  cards.setAttribute("aria-busy", "true");
  const query = matrix.inputs[input];
  const asked = Object.keys(matrix.variants).map((variant) => get(`/lessons/contacts/${variant}/grid?${query}`));
  const grids = await Promise.all(asked).catch((refusal) => {
    delete cards.dataset.input; // the next visit tries again
    cards.replaceChildren();
    cards.setAttribute("aria-busy", "false");
    throw refusal;
  });
  if (cards.dataset.input !== input) return;
  cards.replaceChildren();
  for (const seen of grids) {
    const report = matrix.variants[seen.variant][input];
    const picture = html("div", { class: "picture" });
    const [about] = report.explanation.split(" The browser gets ");
    cards.append(
      html(
        "article",
        { class: "panel card", id: `lesson-${seen.variant}`, "aria-label": seen.variant },
        html("h2", {}, seen.variant),
        html("p", {}, ...withCode(about)),
        html(
          "p",
          {},
          "The browser gets ",
          html("strong", { class: `kind ${colour(report)}` }, kindOf(report)),
          report.log.length ? ", and the variant logs the error." : ".",
        ),
        report.body === null
          ? null
          : html("pre", { tabindex: "0", "aria-label": `What the browser gets from ${seen.variant}` }, report.body),
        picture,
      ),
    );
    const player = new Player(picture, { small: true });
    if (seen.grid) player.show(seen, { outcome: kindOf(report) });
    else player.say("No Deferred: it raised before it had made one, so its errbacks never ran.");
  }
  cards.setAttribute("aria-busy", "false");
}

/** Make code elements of what a docstring has in backticks. */
const withCode = (text) => text.split("``").map((part, index) => (index % 2 ? html("code", {}, part) : part));

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
          click: () => choose(variant, input),
        },
        kindOf(report),
      );
    }),
  ]);
  byId("lessons-matrix").replaceChildren(table(["input", ...variants], rows));
}

/** Go to the card of a variant, even if the URL names it already. */
function choose(variant, input) {
  const hash = `#lessons/${variant}/${encodeURIComponent(input)}`;
  if (location.hash === hash) enter([variant, input]);
  else location.hash = hash;
}

function kindOf({ status, is_json, body }) {
  if (status === null) return "nothing";
  return `${status} ${!is_json ? "HTML" : "error" in JSON.parse(body) ? "error" : "contacts"}`;
}

function colour(report) {
  if (report.status === null || !report.is_json) return "bad";
  const says = "error" in JSON.parse(report.body);
  return says && report.status === 200 ? "warn" : "good";
}
