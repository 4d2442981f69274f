// A client of the service, as any page could have it.

/** A failed request, with a message for the visitor. */
export class Refusal extends Error {}

/** The token that identifies the visitor, empty without one; it is kept nowhere else. */
let token = "";

/** Send this token with each request from now on. */
export const useToken = (text) => (token = text.trim());

/** Send a request; return its status, its JSON, its request id, and how many milliseconds it took. */
export async function send(path, options = {}) {
  const started = performance.now();
  let response;
  try {
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    response = await fetch(path, { ...options, headers, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The service cannot be reached. Is it running?");
  }
  const body = await bodyOf(response);
  return {
    ok: response.ok,
    status: response.status,
    body,
    id: response.headers.get("X-Request-Id"),
    milliseconds: performance.now() - started,
  };
}

/** Decode the JSON of a response; what is not JSON, or not whole, comes from something between page and service. */
async function bodyOf(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (error instanceof SyntaxError)
      throw new Refusal(`The response is ${response.status} ${response.headers.get("Content-Type")}, and not JSON.`);
    throw new Refusal(`The connection broke in the middle of a response with status ${response.status}.`);
  }
}

/** Get the JSON of a successful response; otherwise throw a Refusal with the error of its problem document. */
export async function get(path, options) {
  const answer = await send(path, options);
  if (!answer.ok) throw new Refusal(answer.body.error);
  return answer.body;
}

/** Find the id of the newest pending request for a path that is at most `seconds` old; null if it is not found. */
export async function findWaiting(path, seconds) {
  const { pathname, search } = new URL(path, location.href);
  const { waiting } = await get("/xray");
  const ours = waiting.filter((one) => one.asks_for === `GET ${pathname}${search}` && one.age < seconds + 0.5);
  return ours.length ? ours[0].request_id : null;
}

/** Add a query to a path: one parameter, once for each of its values. */
export function pathWith(path, parameter, values) {
  const query = values.map((value) => `${parameter}=${encodeURIComponent(value.toWellFormed?.() ?? value)}`).join("&");
  return query ? `${path}?${query}` : path;
}
