// The history of a Deferred: turns its X-ray grid into a sequence of moments with captions.

import { duration } from "./dom.js";

/** The last part of a qualified name. */
export const shortName = (name) => name.replaceAll("<locals>.", "").split(".").pop();

/** The part of a qualified name before that. */
export const ownerOf = (name) => name.replaceAll("<locals>.", "").split(".").slice(0, -1).join(".");

/** Where a Deferred was made: file name and line. */
export const placeOf = (made) => `${made.file.split("/").pop()}:${made.line}`;

/**
 * Tell a grid, with its `outcome` for the browser: as `moments`, each with a caption and a side, and as `root`, the
 * grid with the number of the moment at which each of its parts happened, or Infinity if it has not happened.
 */
export function tell(grid, outcome = "") {
  const moments = [];
  const say = (caption, side = null) => moments.push({ caption, side }) - 1;
  const root = follow(grid, say);
  root.outcome = outcome && `the browser gets ${outcome}`;
  if (!isWaiting(grid) && !grid.unhandled) {
    root.end = say(`The chain ends with ${outcomeOf(grid)}${outcome && `; ${root.outcome}`}.`, sideOf(grid));
  }
  return { root, moments };
}

function follow(grid, say) {
  const node = { grid, made: say(`${shortName(grid.made.function)} makes a ${grid.kind} (${placeOf(grid.made)}).`) };
  node.members = [
    ...grid.members.map((member, index) => [member, `Member ${index + 1} of ${grid.members.length}`]),
    ...grid.awaited.map((awaited) => [awaited, "Its coroutine awaits a Deferred"]),
  ].map(([member, what]) => ({ grid: member, moment: say(`${what}: ${outcomeOf(member)}`, sideOf(member)) }));
  const first = grid.steps.find((step) => step.came);
  const before = first ? first.took : grid.gave;
  node.side = first?.came ?? grid.left ?? "callback";
  node.value = before;
  if (grid.state === "fired" || first) {
    const value = before ? ` with ${before}` : "";
    const how = node.side === "errback" ? "fails" : "fires";
    node.fired = say(`The ${grid.kind} ${how}${value}.${grid.cancelled ? " It was cancelled." : ""}`, node.side);
  } else {
    node.fired = Infinity;
    node.waits = say(
      grid.state === "waiting"
        ? `It has not fired: it has waited for ${duration(grid.age)}.`
        : "It has not fired, and never will: nothing is left that could fire it.",
    );
  }
  node.steps = grid.steps.map((step) => followStep(step, say, grid));
  node.forgotten = grid.forgotten.map((one) => ({
    grid: one,
    moment: say(
      `A step made a Deferred in ${shortName(one.made.function)} (${placeOf(one.made)}), but neither returned it` +
        " nor gave it an errback. Is a return missing?",
    ),
  }));
  if (grid.unhandled)
    node.unhandled = say("The failure was never handled: the chain ended without an errback for it.", "errback");
  return node;
}

function followStep(step, say, grid) {
  if (!step.came) return { step, enter: Infinity, leave: Infinity, nested: null };
  const name = step[step.came];
  const took = step.took ? ` takes ${step.took}` : ` runs`;
  if (!step.returned && step.left) {
    const moment = say(name ? `${shortName(name)}${took}, ${leaving(step)}` : passing(step), step.left);
    return { step, enter: moment, leave: moment, nested: null };
  }
  const enter = say(
    step.returned
      ? `${shortName(name)}${took}, and returns a Deferred: the chain waits for it.`
      : `${shortName(name)}${took}, and has waited for ${duration(Math.max(0, grid.age - step.started))}.`,
    step.came,
  );
  const nested = step.returned ? follow(step.returned, say) : null;
  const leave = step.left ? say(`${shortName(name)} is done, ${leaving(step)}`, step.left) : Infinity;
  return { step, enter, leave, nested };
}

function leaving(step) {
  const gave = step.gave ?? (step.left === "errback" ? "a failure" : "a result");
  const took = step.seconds === null ? "" : ` (${duration(step.seconds)})`;
  if (step.came === "callback") {
    return step.left === "callback" ? `and gives ${gave}${took}.` : `and fails: ${gave}${took}. On to the errbacks.`;
  }
  return step.left === "errback"
    ? `and the failure goes on: ${gave}${took}.`
    : `and recovers: ${gave}${took}. Back to the callbacks.`;
}

function passing(step) {
  const other = shortName(step.callback ?? step.errback ?? "");
  return step.came === "callback"
    ? `Nothing to handle: ${other} is an errback, so the result skips it.`
    : `No errback here: the failure skips ${other}.`;
}

/** Summarise the outcome of a grid or, for a member, what it passed to its list or coroutine. */
export function outcomeOf(grid) {
  const last = grid.steps.findLast((step) => step.came);
  if (grid.unseen) return `${grid.unseen} more steps, which are not shown`;
  if (last && isJoin(last)) return last.took ?? grid.state;
  if (grid.state === "waiting") return `has been waiting for ${duration(grid.age)}`;
  if (last && !last.left) return `waiting in ${shortName(last[last.came] ?? "a step")}`;
  return (last ? last.gave : grid.gave) ?? (grid.unhandled ? "a failure" : grid.state);
}

/** Whether a chain is still waiting for something to fire. */
export const isWaiting = (grid) => grid.state === "waiting" || grid.steps.some((step) => step.came && !step.left);

/** The side on which a grid has ended; null if it has not, or if its end was not recorded. */
export function sideOf(grid) {
  const last = grid.steps.findLast((step) => step.came);
  if (last && isJoin(last)) return last.came;
  return last ? last.left : grid.left;
}

/** Whether a step passes the result of a member to its DeferredList, or of an awaited Deferred to its coroutine. */
const isJoin = ({ callback }) =>
  Boolean(callback?.startsWith("DeferredList.") || callback === "_gotResultInlineCallbacks");
