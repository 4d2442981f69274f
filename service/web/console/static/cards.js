// Cards: what to start from, what the slides say not to use, and what they say to learn next.

import { html } from "./dom.js";
import { prose } from "./prose.js";
import { snippet } from "./snippets.js";

const TITLES = { "start here": "Start here", "do not use": "Do not use", "learn about": "Learn about" };

/** Draw cards, by their kinds. */
export function cardsOf(cards) {
  return Object.entries(TITLES).flatMap(([kind, title]) => [
    html("h2", {}, title),
    html("div", { class: "cards" }, ...cards.filter((card) => card.kind === kind).map(cardOf)),
  ]);
}

function cardOf({ title, was, today, here, slug, command, file, code }) {
  return html(
    "article",
    { class: "panel card" },
    html("h3", {}, title),
    html("p", {}, ...prose(was)),
    html("p", {}, html("strong", {}, "Today. "), ...prose(today)),
    html("p", {}, html("strong", {}, "Here. "), ...prose(here)),
    slug && html("p", {}, html("a", { href: `#learn/mistakes/${slug}` }, "Run it, wrong and right")),
    command && snippet("Run it", command),
    code &&
      html(
        "details",
        {},
        html("summary", {}, file),
        html("pre", { tabindex: "0", "aria-label": `The code of ${file}` }, code),
      ),
  );
}
