// One lesson of the course: code beside the picture, a question to answer before it plays, and what to notice after it.

import { byId, html, table } from "./dom.js";
import { get } from "./api.js";
import { Code } from "./code.js";
import { cardsOf } from "./cards.js";
import { LEGEND } from "./picture.js";
import { Player } from "./player.js";
import { course, prose } from "./prose.js";
import { codeOf, noDeferred, othersOf, outcomeOf, reportOf } from "./runs.js";

/** The titles of the tables, as /lessons has them. */
const TABLES = { methods: "Deferreds: methods", "sync-and-async": "Deferreds: sync and async" };

/** Make the nodes of a lesson, by its number from 1. */
export async function lessonOf(number) {
  const { lessons, cards } = await course();
  const lesson = lessons[number - 1];
  const picture = html("div", { class: "panel picture predict", id: "learn-picture" });
  const code = new Code(html("div", { class: "panel code-panel", id: "learn-code" }));
  const report = html("div", { class: "panel report", id: "learn-report", "aria-live": "polite", hidden: true });
  const notice = html("p", { class: "panel", id: "learn-notice", role: "status", hidden: true });
  notice.append(html("strong", {}, "Notice. "), ...prose(lesson.notice));
  const reveal = (isFirst) => {
    report.hidden = false;
    notice.hidden = !isFirst;
    code.place.classList.remove("unread");
  };
  let scene = lesson.scenes[0];
  const player = new Player(picture, {
    small: true,
    prose,
    watch: ({ about }, number, last) => {
      code.light(about);
      code.place.classList.toggle("follows", number > 0);
      if (number === last) reveal(scene === lesson.scenes[0]);
    },
  });
  const choose = async (chosen) => {
    scene = chosen;
    report.hidden = notice.hidden = true;
    for (const button of content.querySelectorAll("[data-scene]"))
      button.setAttribute("aria-pressed", String(button.dataset.scene === scene.path + scene.side));
    const body = await get(chosen.path);
    if (scene !== chosen) return; // another one was chosen meanwhile
    const ran = scene.side === "deferred" ? body : body[scene.side];
    code.show(codeOf(ran));
    code.place.classList.toggle("unread", scene === lesson.scenes[0]);
    report.replaceChildren(...reportOf(ran), ...othersOf(ran));
    if (ran.grid) return player.show(ran, { outcome: outcomeOf(ran), first: true });
    player.say(noDeferred(ran));
    reveal(scene === lesson.scenes[0]);
  };
  const change = (chosen) => choose(chosen).catch((refusal) => player.say(refusal.message));
  const scenes = lesson.scenes.map((one) =>
    html("button", { type: "button", "data-scene": one.path + one.side, click: () => change(one) }, one.title),
  );
  const content = html(
    "div",
    {},
    html("p", { class: "lead" }, ...prose(lesson.says)),
    questionOf(lesson.question),
    html("div", { class: "chips scenes", role: "group", "aria-label": "Scenes" }, ...scenes),
    html(
      "div",
      { class: "split learn" },
      html("div", { class: "stack" }, picture, report, notice, html("p", { class: "caption" }, ...prose(LEGEND))),
      code.place,
    ),
    ...(lesson.table ? await rowsOf(lesson.table, change) : []),
    ...(lesson.cards ? cardsOf(cards) : []),
    neighboursOf(lessons, number),
  );
  await choose(lesson.scenes[0]);
  return [content];
}

function neighboursOf(lessons, number) {
  return html(
    "p",
    { class: "row", id: "learn-neighbours" },
    number > 1 ? html("a", { href: `#learn/${number - 1}` }, `← ${lessons[number - 2].title}`) : "",
    number < lessons.length
      ? html("a", { href: `#learn/${number + 1}` }, `${lessons[number].title} →`)
      : html("a", { href: "#learn/exercises" }, "Exercises →"),
  );
}

function questionOf({ asks, choices, right, because }) {
  const said = html("p", { class: "said", role: "status" });
  const answer = (index, chosen) => {
    for (const one of chosen.parentElement.querySelectorAll("button"))
      one.setAttribute("aria-pressed", String(one === chosen));
    said.replaceChildren(
      html(
        "strong",
        { class: index === right ? "good" : "bad" },
        index === right ? "Right. " : `Not quite: it is “${choices[right]}”. `,
      ),
      ...prose(because),
      " Now press Play, and watch it.",
    );
  };
  return html(
    "fieldset",
    { class: "panel chips question" },
    html("legend", {}, ...prose(asks)),
    ...choices.map((choice, index) =>
      html("button", { type: "button", click: (event) => answer(index, event.currentTarget) }, choice),
    ),
    said,
  );
}

/** Make the table of the slides that a lesson is about: each row runs. */
async function rowsOf(slug, change) {
  const rows = (await get("/lessons")).tables[TABLES[slug]];
  const run = (row, index) => {
    const scene = { path: `/lessons/tables/${slug}/${index + 1}`, side: "deferred" };
    const go = async () => {
      await change(scene);
      byId("learn-picture").scrollIntoView({ block: "nearest" });
    };
    const name = `Run ${row.says}`;
    const attributes = { class: "small", "data-scene": scene.path + scene.side, "aria-label": name };
    return html("button", { type: "button", ...attributes, click: go }, "Run");
  };
  const today = rows.some((row) => row.today) ? ["today"] : [];
  return [
    html("h2", {}, TABLES[slug]),
    html(
      "div",
      { class: "scroll words", role: "region", "aria-label": TABLES[slug], tabindex: "0" },
      table(
        ["run", "what", ...today],
        rows.map((row, index) => [run(row, index), html("code", {}, row.says), ...today.map(() => row.today)]),
        "",
      ),
    ),
  ];
}
