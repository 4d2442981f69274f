// A command or a piece of code, with a button that copies it.

import { html } from "./dom.js";
import { copy } from "./export.js";

export function snippet(language, text) {
  const button = html("button", { type: "button", class: "small", "aria-label": `Copy: ${language}` }, "Copy");
  button.addEventListener("click", () => copy(text, button));
  const code = html("pre", { tabindex: "0", "aria-label": language }, text);
  return html("div", { class: "snippet" }, html("span", { class: "quiet" }, language), button, code);
}
