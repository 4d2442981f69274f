// Mistakes: each runs, wrong and right side by side, with code, picture, log and response.

import { html } from "./dom.js";
import { get } from "./api.js";
import { Code } from "./code.js";
import { Player } from "./player.js";
import { prose } from "./prose.js";
import { codeOf, noDeferred, othersOf, outcomeOf, reportOf } from "./runs.js";

/** Make the nodes of the list of mistakes. */
export async function listOf() {
  const { lessons } = await get("/lessons");
  const what = ({ slug, cure }) => (cure ? "" : slug.startsWith("example") ? " (an example)" : " (no fix here)");
  return [
    html(
      "p",
      { class: "lead" },
      ...prose("Each of these runs; a mistake runs beside the code without it. In a terminal: "),
      html("code", {}, "python -m service.lessons forgotten-return"),
      ".",
    ),
    html(
      "ul",
      { class: "stack list" },
      ...lessons.map(({ slug, name, says, cure }) =>
        html(
          "li",
          { class: "panel operation" },
          html("a", { href: `#learn/mistakes/${slug}` }, name),
          html("span", { class: "quiet" }, what({ slug, cure })),
          html("p", {}, ...prose(says)),
        ),
      ),
    ),
  ];
}

/** Make the nodes of one of them: both sides, and the title. */
export async function mistakeOf(slug) {
  const { name, query, wrong, right } = await get(`/lessons/${encodeURIComponent(slug)}`);
  const sides = [
    sideOf(right ? "With the mistake" : "As it is", "mistake-wrong", wrong, right),
    right && sideOf("Without it", "mistake-right", right, wrong),
  ];
  return {
    title: name,
    nodes: [
      html("p", { class: "lead" }, query ? `It runs with ?${query}. ` : "", html("a", { href: "#learn/mistakes" },
        "All mistakes")),
      html(
        "div",
        { class: "cards pair" },
        ...sides,
      ),
    ],
  };
}

function sideOf(title, id, ran, other) {
  const picture = html("div", { class: "picture" });
  const code = new Code(html("div", { class: "code-panel" }));
  const player = new Player(picture, { small: true, prose, watch: ({ about }) => code.light(about) });
  code.show(codeOf(ran));
  if (other) code.mark(other.sources);
  if (ran.grid) player.show(ran, { outcome: outcomeOf(ran) });
  else player.say(noDeferred(ran));
  return html(
    "article",
    { class: "panel card", id, "aria-label": title },
    html("h2", {}, title),
    html("p", {}, ...prose(ran.says)),
    code.place,
    picture,
    ...othersOf(ran),
    html("div", { class: "report" }, ...reportOf(ran)),
  );
}
