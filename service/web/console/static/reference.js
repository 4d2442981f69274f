// API: each operation with its parameters, responses and examples, drawn from its own description; and each problem.

import { bringBelow, byId, html, table } from "./dom.js";
import { get } from "./api.js";
import { Description, asCurl, asFetch, bounds, exampleOf } from "./openapi.js";
import { snippet } from "./snippets.js";

/** Paths that the first view can send a request to, and those that the view of things that take time shows. */
const TRIED = /^\/(contacts|user-info|user-name|users|page-title|readyz|lessons\/contacts\/\{variant\})$/;
const LASTING = ["/countdown", "/wait-for-file"];
let drawing = null;

/** Draw the view once, and show the operation or problem that the hash names. */
export async function enter([kind, name]) {
  drawing ??= Promise.all([get("/openapi.json"), get("/problems")]).then(
    ([api, { problems }]) => draw(new Description(api), problems),
    (refusal) => {
      drawing = null;
      throw refusal;
    },
  );
  await drawing;
  const wanted = kind && document.getElementById(`api-${kind}${name ? `-${name}` : ""}`);
  if (!wanted) return;
  wanted.open = true;
  bringBelow(document.querySelector("header"), wanted);
  wanted.querySelector("summary")?.focus({ preventScroll: true });
}

function draw(api, problems) {
  byId("api-operations").replaceChildren(...api.operations().map((operation) => panelOf(api, operation)));
  byId("api-problems").replaceChildren(...problems.map(panelOfProblem));
}

function panelOf(api, operation) {
  const { path, method, summary, description, operationId, parameters, responses } = operation;
  const isStream = "text/event-stream" in (responses["200"].content ?? {});
  const asked = exampleOf(operation);
  const url = location.origin + asked;
  return html(
    "details",
    { id: `api-${operationId}`, class: "panel operation" },
    html(
      "summary",
      {},
      html("code", {}, `${method} ${path}`),
      " ",
      html("span", { class: "quiet" }, ...prose(summary)),
    ),
    description && html("p", {}, ...prose(description)),
    html("h3", {}, "Parameters"),
    scrolling(
      `Parameters of ${path}`,
      table(
        ["name", "in", "accepts", "what it is"],
        parameters.map((one) => [
          html("code", {}, one.name),
          one.in,
          bounds(one),
          html("span", {}, ...prose(one.description)),
        ]),
        "None.",
      ),
    ),
    html("h3", {}, "Responses"),
    scrolling(
      `Responses of ${path}`,
      table(
        ["status", "what it is"],
        Object.entries(responses).map(([status, response]) => [status, meaningOf(api, status, response)]),
        "",
      ),
    ),
    html("h3", {}, "Example"),
    snippet("curl", asCurl(url, isStream)),
    snippet("JavaScript", asFetch(url, isStream)),
    html("p", {}, tryLink(path, asked)),
  );
}

function meaningOf(api, status, response) {
  const codes = api.codes(response);
  if (codes.length)
    return html("span", { class: "codes" }, ...codes.map((code) => html("a", { href: linkTo(code) }, code)));
  const { description, content } = api.resolve(response);
  const [media] = Object.values(content ?? {});
  if (!media) return description;
  const events = Object.entries(media["x-events"] ?? {}).map(
    ([name, schema]) => `event: ${name}\ndata: ${api.shape(schema)}`,
  );
  return html("div", {}, description, html("pre", {}, events.join("\n\n") || api.shape(media.schema)));
}

/** Make elements of a text with code between backticks. */
const prose = (text) => text.split("`").map((part, place) => (place % 2 ? html("code", {}, part) : part));

const linkTo = (code) => `#api/problem/${code.replaceAll("_", "-")}`;

/** Make the link that sends the request of an example: to a view with its picture, where there is one. */
function tryLink(path, asked) {
  if (LASTING.includes(path)) return html("a", { href: "#live" }, "Try it, and watch it wait");
  if (!TRIED.test(path)) return html("a", { href: asked }, "Try it");
  const [where, query = ""] = asked.slice(1).split("?");
  const value = [...new URLSearchParams(query).values()][0] ?? "";
  return html("a", { href: `#try/${[where, value].map(encodeURIComponent).join("/")}` }, "Try it, and see its picture");
}

function panelOfProblem({ type, status, code, title, meaning, when, advice }) {
  return html(
    "details",
    { id: `api-problem-${type.split("/").at(-1)}`, class: "panel operation" },
    html("summary", {}, `${status} `, html("code", {}, code), " ", html("span", { class: "quiet" }, ...prose(meaning))),
    html("h3", {}, title),
    html("p", {}, html("strong", {}, "When it happens. "), when),
    html("p", {}, html("strong", {}, "What to do. "), advice),
    html("p", {}, html("a", { href: type }, type)),
  );
}

const scrolling = (label, part) =>
  html("div", { class: "scroll words", role: "region", "aria-label": label, tabindex: "0" }, part);
