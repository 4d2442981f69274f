// Learn: the course, the mistakes, the word list and the exercises.

import { bringBelow, byId, html } from "./dom.js";
import { lessonOf } from "./lesson.js";
import { listOf, mistakeOf } from "./mistakes.js";
import { course, linkTo, prose } from "./prose.js";
import { snippet } from "./snippets.js";

let turn = 0;
let shown = "";

/** Show the page that the hash names: a number, `mistakes`, `words` or `exercises`; without one, the contents. */
export async function enter([page = "", name = ""]) {
  const ours = ++turn;
  const place = byId("learn-content");
  place.setAttribute("aria-busy", "true");
  const { title, nodes } = await pageOf(page, name);
  if (turn !== ours) return;
  byId("title-learn").replaceChildren(...prose(title));
  place.replaceChildren(...nodes.filter(Boolean));
  if (shown && shown !== location.hash) {
    scrollTo(0, 0);
    byId("title-learn").focus({ preventScroll: true });
  }
  shown = location.hash;
  place.setAttribute("aria-busy", "false");
  place.dataset.page = [page, name].filter(Boolean).join("/");
  for (const link of byId("learn-pages").querySelectorAll("a")) {
    if (link.hash === `#learn${/^[a-z]/.test(page) ? `/${page}` : ""}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const word = page === "words" && name && byId(`word-${name}`);
  if (word) bringBelow(document.querySelector("header"), word);
}

async function pageOf(page, name) {
  const { lessons, words, exercises } = await course();
  const number = Number(page);
  if (Number.isInteger(number) && lessons[number - 1])
    return { title: `${number}. ${lessons[number - 1].title}`, nodes: await lessonOf(number) };
  if (page === "mistakes" && name) return mistakeOf(name);
  if (page === "mistakes") return { title: "Mistakes", nodes: await listOf() };
  if (page === "words") return { title: "Words", nodes: [wordsOf(words)] };
  if (page === "exercises") return { title: "Exercises", nodes: exercisesOf(exercises) };
  return { title: "Learn Deferreds", nodes: contentsOf(lessons) };
}

function contentsOf(lessons) {
  return [
    html(
      "p",
      { class: "lead" },
      ...prose(
        "Twelve short lessons in the order of the “Twisted Introduction” slides of 2010. Each shows code as it " +
          "runs, beside the picture of its Deferred, and asks a question before you press Play.",
      ),
    ),
    html(
      "ol",
      { class: "contents" },
      ...lessons.map(({ title, says }, index) =>
        html(
          "li",
          {},
          html("a", { href: `#learn/${index + 1}` }, title),
          html("p", {}, ...prose(says.match(/^.*?[.](?= |$)/)[0])),
        ),
      ),
    ),
    html(
      "p",
      {},
      "After them: ",
      html("a", { href: "#learn/mistakes" }, "every mistake, wrong and right side by side"),
      "; ",
      html("a", { href: "#learn/exercises" }, "ten exercises"),
      "; and ",
      html("a", { href: "#lessons" }, "the eight variants of ajax_get_contacts, compared"),
      ".",
    ),
  ];
}

function wordsOf(words) {
  return html(
    "dl",
    { class: "words-list" },
    ...words.flatMap(({ term, means }) => [
      html("dt", { id: `word-${term}` }, html("a", { href: linkTo(term) }, term)),
      html("dd", {}, ...prose(means)),
    ]),
  );
}

function exercisesOf(exercises) {
  return [
    html(
      "p",
      { class: "lead" },
      "Ten small files, each a function with a fault or a gap. Mend them in your editor; the check runs each, and ",
      "says what happened instead, with the picture as text.",
    ),
    snippet("Write them into a folder", "python -m service.lessons exercises"),
    snippet("Check all of them", "python -m service.lessons check"),
    snippet("Check one of them", "python -m service.lessons check exercises/e04_recover_from_one_error.py"),
    html(
      "p",
      { class: "caption" },
      ...prose(
        "Use the Python that this service is installed in, such as `.venv/bin/python`. In the picture as text the " +
          "function that ran is in brackets, callbacks on the left and errbacks on the right; `|` means that the " +
          "result stays on its side, and `\\` and `/` that it changes sides. `the_caller` is the check itself.",
      ),
    ),
    html(
      "ol",
      { class: "stack list" },
      ...exercises.map(({ name, title, says }, index) =>
        html(
          "li",
          { class: "panel operation" },
          html("strong", {}, `${index + 1}. `, ...prose(title)),
          " ",
          html("code", { class: "quiet" }, `${name}.py`),
          html("p", {}, ...prose(says)),
        ),
      ),
    ),
  ];
}
