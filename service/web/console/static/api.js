// Asks the service for things, as any page would.

/** What cannot be had, in words for people. */
export class Refusal extends Error {}

/** Send a request: its status, its JSON, its id, and how many milliseconds it took. */
export async function send(path, options = {}) {
  const started = performance.now();
  let response;
  try {
    response = await fetch(path, { ...options, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The service cannot be reached. Is it running?");
  }
  const body = await response.json();
  return {
    ok: response.ok,
    status: response.status,
    body,
    id: response.headers.get("X-Request-Id"),
    milliseconds: performance.now() - started,
  };
}

/** Get the JSON of a good answer; of another one, the words of its problem document are the refusal. */
export async function get(path, options) {
  const answer = await send(path, options);
  if (!answer.ok) throw new Refusal(answer.body.error);
  return answer.body;
}

/** Find the request that waits, of those that ask for a path; the youngest, and no older than it can be. */
export async function findWaiting(path, seconds) {
  const { pathname, search } = new URL(path, location.href);
  const { waiting } = await get("/xray");
  const ours = waiting.filter((one) => one.asks_for === `GET ${pathname}${search}` && one.age < seconds + 0.5);
  return ours.length ? ours[0].request_id : null;
}

/** Join a path with one parameter, or with the same one several times. */
export function pathWith(path, parameter, values) {
  const query = values.map((value) => `${parameter}=${encodeURIComponent(value.toWellFormed?.() ?? value)}`).join("&");
  return query ? `${path}?${query}` : path;
}
