// Try it: a real request from this page, its answer, and the way that it took.

import { byId, html } from "./dom.js";
import { Player } from "./player.js";
import { Refusal, get, pathWith, send } from "./api.js";
import { answerOf, showToTheEnd, watch } from "./answers.js";

/** Path -> what it is, and the parameter that it takes. */
const ENDPOINTS = {
  "/contacts": ["whom somebody talks to", "username"],
  "/user-info": ["who somebody is", "username"],
  "/user-name": ["what somebody is called", "username"],
  "/users": ["several, with spaces between", "username"],
  "/page-title": ["what a page is called", "url"],
  "/readyz": ["how the backends are", null],
};
const VARIANTS = ["v1", "v2", "v3", "v4", "v5", "v6", "v7", "product"];
const HUNG_UP =
  "You hung up. As soon as the service notices, it cancels the chain, unless a deadline is faster: 499 in its log.";
const EXAMPLES = { username: "dustin", url: "http://buildbot.net" };
let player;
let hangUp = null;
let watched;
let known;

export function start(suggestions) {
  watched = suggestions.xray;
  known = suggestions.usernames.length > 0;
  player = new Player(byId("try-picture"), { empty: "Send a request, and the way that it takes is drawn here." });
  const endpoint = byId("try-endpoint");
  const option = (value, words) => html("option", { value }, words);
  endpoint.append(
    html("optgroup", { label: "Endpoints" }, ...Object.keys(ENDPOINTS).map((path) => option(path, path))),
    html(
      "optgroup",
      { label: "The slides' variants of /contacts" },
      ...VARIANTS.map((name) => option(`/lessons/contacts/${name}`, `${name} of the lessons`)),
    ),
  );
  endpoint.addEventListener("change", () => choose(suggestions));
  byId("try-value").addEventListener("input", showPath);
  byId("try-leave").addEventListener("click", () => hangUp?.abort());
  byId("try-form").addEventListener("submit", (event) => {
    event.preventDefault();
    run({ play: true });
  });
  choose(suggestions);
}

/** Where there are people who are known, somebody is asked for at once: there is a picture to begin with. */
export function enter() {
  if (known && watched && !hangUp && !player.told) run({ play: false });
}

const parameter = () =>
  byId("try-endpoint").value in ENDPOINTS ? ENDPOINTS[byId("try-endpoint").value][1] : "username";

const takesSeveral = () => byId("try-endpoint").value === "/users";

function values() {
  const value = byId("try-value").value;
  if (takesSeveral()) return value.split(/\s+/).filter(Boolean);
  return value ? [value] : [];
}

/** The values with another one among them; without it, if it was. */
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
    name === "url" ? "Pages and faults that the fakes know" : "People and faults that the fakes know";
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

async function run({ play }) {
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
    const { seen, link, words } = await gridOf(asked, answer);
    if (!isOurs()) return;
    if (seen) player.show(seen, { title: `GET ${asked}`, outcome, link, play });
    else player.say(words);
  } catch (error) {
    looking?.stop();
    if (!isOurs()) return;
    const left = error.name === "AbortError";
    if (!left && !(error instanceof Refusal)) throw error;
    byId("try-answer").replaceChildren(html("p", {}, left ? HUNG_UP : error.message));
    if (left && looking?.found) await showToTheEnd(player, looking.found, asked, "nothing: it hung up");
    else
      player.say(left ? "You hung up before its chain could be looked at." : "There is no answer, and so no picture.");
  } finally {
    if (isOurs()) {
      hangUp = null;
      rest();
    }
  }
}

/** Take the button to hang up away, and the focus from it. */
function rest() {
  const leave = byId("try-leave");
  if (document.activeElement === leave) byId("try-send").focus();
  leave.hidden = true;
}

/** Show an answer; of a lesson's report, what the browser would get. Say what that is in few words. */
function showAnswer(asked, answer) {
  const { status, variant } = answer.body;
  const report = answer.ok && asked.startsWith("/lessons");
  const shown = report ? { ...answer, status: status ?? "no answer", ok: status === 200 } : answer;
  byId("try-answer").replaceChildren(
    ...answerOf(asked, shown, report ? `is what a browser gets of ${variant}; reported ` : ""),
  );
  return String(shown.status);
}

/** Find the way of a request: what was `seen`, with a `link` to it if there is one; or `words` on why nothing was. */
async function gridOf(asked, answer) {
  if (!asked.startsWith("/lessons") && !watched)
    return { words: "X-ray is off, so the way of this request is not known." };
  try {
    if (!asked.startsWith("/lessons")) return { seen: await get(`/xray/${answer.id}`), link: `#request/${answer.id}` };
    const seen = await get(asked.replace(/(\?|$)/, "/grid$1"));
    return seen.grid
      ? { seen }
      : { words: "No Deferred: this variant raised before it had made one, past all its errbacks." };
  } catch (refusal) {
    return { words: refusal.message };
  }
}
