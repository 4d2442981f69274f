// Try it: a real request from this page, its response, and the path of its result.

import { byId, html, mayMove } from "./dom.js";
import { Player } from "./player.js";
import { prose } from "./prose.js";
import { Refusal, pathWith, send } from "./api.js";
import { UNWATCHED, answerOf, gridOf, showToTheEnd, watch } from "./answers.js";

/** Path -> what it returns, and the parameter that it takes. */
const ENDPOINTS = {
  "/contacts": ["a user's contacts", "username"],
  "/user-info": ["a user's details", "username"],
  "/user-name": ["a user's display name", "username"],
  "/users": ["several users, separated by spaces", "username"],
  "/page-title": ["a page's title", "url"],
  "/readyz": ["backend health", null],
};
const VARIANTS = ["v1", "v2", "v3", "v4", "v5", "v6", "v7", "product"];
const HUNG_UP =
  "You cancelled. As soon as the service notices, it cancels the chain and logs 499, unless a deadline is faster.";
const EXAMPLES = { username: "dustin", url: "http://buildbot.net" };
let player;
let hangUp = null;
let watched;
let known;

export function start(suggestions) {
  watched = suggestions.xray;
  known = suggestions.usernames.length > 0;
  const empty = watched ? "Send a request to see its path here." : UNWATCHED;
  player = new Player(byId("try-picture"), { empty, prose });
  const endpoint = byId("try-endpoint");
  const option = (value, words) => html("option", { value }, words);
  endpoint.append(
    html("optgroup", { label: "Endpoints" }, ...Object.keys(ENDPOINTS).map((path) => option(path, path))),
    html(
      "optgroup",
      { label: "The slides' variants of /contacts" },
      ...VARIANTS.map((name) =>
        option(`/lessons/contacts/${name}`, name === "product" ? "Lesson: this service" : `Lesson ${name}`),
      ),
    ),
  );
  endpoint.addEventListener("change", () => choose(suggestions));
  byId("try-value").addEventListener("input", showPath);
  byId("try-leave").addEventListener("click", () => hangUp?.abort());
  byId("try-form").addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", linkTo(byId("try-endpoint").value, byId("try-value").value));
    run({ play: true });
  });
  choose(suggestions);
}

/**
 * Send the request that the hash names: an endpoint, and a value. Without one, and if there are sample users, send a
 * first request immediately, so that the view begins with a picture.
 */
export function enter([endpoint, value]) {
  if (endpoint) {
    byId("try-endpoint").value = `/${endpoint}`;
    if (!byId("try-endpoint").value) byId("try-endpoint").selectedIndex = 0;
    byId("try-endpoint").dispatchEvent(new Event("change"));
    if (value !== undefined) byId("try-value").value = value;
    showPath();
    run({ play: true });
  } else if (known && watched && !hangUp && !player.told) run({ play: false, first: true });
}

/** The link that sends a request: it lasts, so that it can be handed out. */
const linkTo = (endpoint, value) => `#try/${[endpoint.slice(1), value].map(encodeURIComponent).join("/")}`;

const parameter = () =>
  byId("try-endpoint").value in ENDPOINTS ? ENDPOINTS[byId("try-endpoint").value][1] : "username";

const takesSeveral = () => byId("try-endpoint").value === "/users";

function values() {
  const value = byId("try-value").value;
  if (takesSeveral()) return value.split(/\s+/).filter(Boolean);
  return value ? [value] : [];
}

/** Add a value to the chosen ones, or remove it if it is among them. */
function toggled(value) {
  const chosen = values();
  return chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
}

const path = () => pathWith(byId("try-endpoint").value, parameter(), parameter() ? values() : []);

function showPath() {
  const [about] = ENDPOINTS[byId("try-endpoint").value] ?? ["one variant of ajax_get_contacts, bug for bug"];
  byId("try-path").textContent = `GET ${path()}`;
  byId("try-what").textContent = about;
  const chosen = values();
  const chips = [...byId("try-people").querySelectorAll("button")];
  for (const chip of chips) chip.setAttribute("aria-pressed", String(chosen.includes(chip.value)));
  const last = chips.find((chip) => chip.value === chosen.at(-1));
  byId("try-about").textContent = last ? `${last.value}: ${last.title}.` : "";
}

function choose({ usernames, urls }) {
  const name = parameter();
  const field = byId("try-value");
  byId("try-label").hidden = !name;
  byId("try-parameter").textContent = name ?? "";
  const suggested = { username: usernames, url: urls }[name] ?? [];
  if (name && field.dataset.parameter !== name) field.value = suggested[0]?.value ?? EXAMPLES[name];
  if (field.dataset.several && !takesSeveral()) field.value = field.value.trim().split(/\s+/)[0];
  field.dataset.several = takesSeveral() ? "yes" : "";
  field.dataset.parameter = name ?? "";
  const people = byId("try-people");
  const about = html("p", { id: "try-about" });
  people.hidden = !suggested.length;
  people.querySelector("legend").textContent =
    name === "url" ? "Sample pages and faults" : "Sample users and faults";
  people.replaceChildren(
    people.querySelector("legend"),
    ...suggested.map((one) =>
      html(
        "button",
        {
          type: "button",
          value: one.value,
          title: one.about,
          click: () => {
            field.value = takesSeveral() ? toggled(one.value).join(" ") : one.value;
            showPath();
          },
        },
        one.value,
      ),
    ),
    about,
  );
  showPath();
}

async function run({ play, first = false }) {
  hangUp?.abort();
  const ours = new AbortController();
  const isOurs = () => hangUp === ours;
  hangUp = ours;
  const asked = path();
  byId("try-leave").hidden = false;
  byId("try-answer").replaceChildren(html("p", { class: "quiet" }, `GET ${asked} …`));
  const looking = watched && !asked.startsWith("/lessons") ? watch(player, asked, ours.signal) : null;
  try {
    const answer = await send(asked, { signal: ours.signal });
    looking?.stop();
    if (!isOurs()) return;
    const outcome = showAnswer(asked, answer);
    rest();
    const { seen, link, words } = await gridOf(asked, answer, watched);
    if (!isOurs()) return;
    if (seen) player.show(seen, { title: `GET ${asked}`, outcome, link, play, first });
    else player.say(words);
    if (play) showPicture();
  } catch (error) {
    looking?.stop();
    if (!isOurs()) return;
    const left = error.name === "AbortError";
    if (!left && !(error instanceof Refusal)) throw error;
    byId("try-answer").replaceChildren(html("p", {}, left ? HUNG_UP : error.message));
    if (left && looking?.found) await showToTheEnd(player, looking.found, asked, "nothing, because it cancelled");
    else player.say(left ? "You cancelled before the chain could be shown." : "No response, so no picture.");
  } finally {
    if (isOurs()) {
      hangUp = null;
      rest();
    }
  }
}

/** Where the picture is below the form, scroll to it. */
function showPicture() {
  if (matchMedia("(max-width: 61.99rem)").matches)
    byId("try-picture").scrollIntoView({ block: "start", behavior: mayMove() ? "smooth" : "instant" });
}

/** Hide the Cancel button, and move the focus from it. */
function rest() {
  const leave = byId("try-leave");
  if (document.activeElement === leave) byId("try-send").focus();
  leave.hidden = true;
}

/** Show a response or, for a lesson, what the browser would get; return its status as text. */
function showAnswer(asked, answer) {
  const { status, variant } = answer.body;
  const report = answer.ok && asked.startsWith("/lessons");
  const shown = report ? { ...answer, status: status ?? "no response", ok: status === 200 } : answer;
  byId("try-answer").replaceChildren(
    ...answerOf(asked, shown, report ? `is what ${variant} would send the browser; computed ` : ""),
  );
  return String(shown.status);
}
