// One lesson of the course: code beside the picture, a question to answer before it plays, and what to notice after it.

import { html, table } from "./dom.js";
import { get } from "./api.js";
import { Code } from "./code.js";
import { cardsOf } from "./cards.js";
import { Player } from "./player.js";
import { course, prose } from "./prose.js";
import { NO_DEFERRED, codeOf, outcomeOf, reportOf } from "./runs.js";

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
  const player = new Player(picture, {
    small: true,
    prose,
    watch: ({ about }, number, last) => {
      code.light(about);
      code.place.classList.toggle("follows", number > 0);
      if (number === last) report.hidden = notice.hidden = false;
    },
  });
  const choose = async (scene) => {
    report.hidden = true;
    for (const button of scenes.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.textContent === scene.title));
    const body = await get(scene.path);
    const ran = scene.side === "deferred" ? body : body[scene.side];
    code.show(codeOf(ran));
    report.replaceChildren(...reportOf(ran));
    if (ran.grid) player.show(ran, { outcome: outcomeOf(ran), first: true });
    else player.say(NO_DEFERRED);
    if (!ran.grid) report.hidden = notice.hidden = false;
  };
  const scenes = html(
    "div",
    { class: "chips scenes", role: "group", "aria-label": "Scenes" },
    ...lesson.scenes.map((scene) => html("button", { type: "button", click: () => choose(scene) }, scene.title)),
  );
  await choose(lesson.scenes[0]);
  return [
    html("p", { class: "lead" }, ...prose(lesson.says)),
    questionOf(lesson.question),
    scenes,
    html("div", { class: "split learn" }, picture, code.place),
    html("div", { class: "split learn" }, report, notice),
    ...(lesson.table ? await rowsOf(lesson.table, choose) : []),
    ...(lesson.cards ? cardsOf(cards) : []),
    html(
      "p",
      { class: "row" },
      number > 1 ? html("a", { href: `#learn/${number - 1}` }, `← ${lessons[number - 2].title}`) : "",
      number < lessons.length
        ? html("a", { href: `#learn/${number + 1}` }, `${lessons[number].title} →`)
        : html("a", { href: "#learn/exercises" }, "Exercises →"),
    ),
  ];
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
async function rowsOf(slug, choose) {
  const rows = (await get("/lessons")).tables[TABLES[slug]];
  const run = (row, index) =>
    html(
      "button",
      {
        type: "button",
        class: "small",
        "aria-label": `Run ${row.says}`,
        click: async () => {
          await choose({ title: row.says, path: `/lessons/tables/${slug}/${index + 1}`, side: "deferred" });
          document.getElementById("learn-picture").scrollIntoView({ block: "nearest" });
        },
      },
      "Run",
    );
  return [
    html("h2", {}, TABLES[slug]),
    html(
      "div",
      { class: "scroll words", role: "region", "aria-label": TABLES[slug], tabindex: "0" },
      table(
        ["run", "what", "today"],
        rows.map((row, index) => [run(row, index), html("code", {}, row.says), row.today]),
        "",
      ),
    ),
  ];
}
