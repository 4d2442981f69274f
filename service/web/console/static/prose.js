// Prose: texts with code between backticks, in which the terms of the word list are links.

import { html } from "./dom.js";
import { get } from "./api.js";

let asked = null;
let terms = null;
/** Any form of a word -> the word; in lower case. */
const words = new Map();

/** Get the course, once: its lessons, words, cards and exercises. */
export function course() {
  asked ??= get("/lessons/course").then(
    (found) => {
      learn(found.words);
      return found;
    },
    (refusal) => {
      asked = null;
      throw refusal;
    },
  );
  return asked;
}

function learn(list) {
  for (const word of list) for (const form of [word.term, ...word.also]) words.set(form.toLowerCase(), word);
  const longestFirst = [...words.keys()].sort((one, other) => other.length - one.length);
  terms = new RegExp(`(?<![\\w./~])(${longestFirst.join("|")})(?!\\w|\\.\\w)`, "gi"); // not in the name of a file
}

/** Make nodes of a text: code elements, and a link for the first occurrence of each term. */
export function prose(text) {
  const seen = new Set();
  return text.split(/``|`/).flatMap((part, index) => (index % 2 ? [html("code", {}, part)] : linked(part, seen)));
}

function linked(text, seen) {
  if (!terms) return [text];
  return text.split(terms).map((part, index) => {
    const word = index % 2 ? words.get(part.toLowerCase()) : null;
    if (!word || seen.has(word)) return part;
    seen.add(word);
    return html("a", { class: "word", href: linkTo(word.term), title: word.means.replaceAll("`", "") }, part);
  });
}

export const linkTo = (term) => `#learn/words/${encodeURIComponent(term)}`;

/** Link the terms in the texts of the page itself. */
export function linkTerms() {
  for (const place of document.querySelectorAll("[data-prose]"))
    for (const node of [...place.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE))
      node.replaceWith(...linked(node.data, new Set()));
}
