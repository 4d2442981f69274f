// The history of a Deferred: turns its X-ray grid into a sequence of moments with captions.

import { duration } from "./dom.js";
import { grouped } from "./steps.js";

/** The last part of a qualified name. */
export const shortName = (name) => name.replaceAll("<locals>.", "").split(".").pop();

/** The part of a qualified name before that. */
export const ownerOf = (name) => name.replaceAll("<locals>.", "").split(".").slice(0, -1).join(".");

/** Where a Deferred was made: file name and line. */
export const placeOf = (made) => `${made.file.split("/").pop()}:${made.line}`;

/**
 * Tell a grid, with its `outcome` for the browser: as `moments`, each with a caption, a side, and what it is `about` (a
 * step, or the place that made a Deferred), and as `root`, the grid with the number of the moment at which each of its
 * parts happened, or Infinity if it has not happened. Steps of Twisted's and the server's own are one, if they `fold`.
 */
export function tell(grid, outcome = "", fold = true) {
  const moments = [];
  const say = (caption, side = null, about = {}) => moments.push({ caption, side, about }) - 1;
  const root = follow(grid, say, fold);
  root.outcome = outcome && `the browser gets ${outcome}`;
  if (isPaused(grid)) say("Nothing more has run: something has paused the chain.");
  else if (!isWaiting(grid) && !grid.unhandled) {
    const ends = outcome ? `The chain ends, and ${root.outcome}.` : `The chain ends with ${outcomeOf(grid)}.`;
    root.end = say(ends, sideOf(grid));
  }
  return { root, moments };
}

function follow(grid, say, fold, isInner = false) {
  const about = { made: grid.made };
  const kind = isInner ? `inner ${grid.kind}` : grid.kind;
  const [maker, place] = [shortName(grid.made.function), placeOf(grid.made)];
  const made = isInner ? `The ${kind} was made by ${maker} (${place}).` : `${maker} makes a ${kind} (${place}).`;
  const node = { grid, made: say(made, null, about) };
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
    node.fired = say(`The ${kind} ${how}${value}.${grid.cancelled ? " It was cancelled." : ""}`, node.side);
  } else {
    node.fired = Infinity;
    node.waits = say(
      grid.state === "waiting"
        ? `It has not fired: it has waited for ${duration(grid.age)}.`
        : "It has not fired, and never will: nothing is left that could fire it.",
    );
  }
  const groups = fold ? grouped(grid.steps) : grid.steps.map((step) => ({ label: "", steps: [step] }));
  node.steps = groups.map((group) =>
    group.label ? followGroup(group, say) : followStep(group.steps[0], say, grid, fold),
  );
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

/** Whether some steps of a node, or of one inside it, are folded. */
export const hasFolded = ({ steps }) => steps.some(({ folded, nested }) => folded || (nested && hasFolded(nested)));

/** Follow steps that are folded: together they are one, from what the first takes to what the last gives. */
function followGroup({ label, steps }, say) {
  const [first, last] = [steps[0], steps.at(-1)];
  const step = { ...last, came: first.came, took: first.took };
  const names = [...new Set(steps.flatMap(({ callback, errback }) => [callback, errback]).filter(Boolean))];
  const folded = { label, count: steps.length, names: names.map(shortName) };
  if (!first.came) return { step, folded, enter: Infinity, leave: Infinity, nested: null };
  const gave = step.gave ?? (step.left === "errback" ? "a failure" : "a result");
  const does = {
    callback: `${steps.length} steps of ${label} take the result, and give ${gave}.`,
    errback: `${steps.length} steps of ${label} take the failure, and give ${gave}.`,
  };
  const moment = say(does[first.came], step.left);
  return { step, folded, enter: moment, leave: moment, nested: null };
}

function followStep(step, say, grid, fold) {
  if (!step.came) return { step, enter: Infinity, leave: Infinity, nested: null };
  const name = step[step.came];
  const kind = step.came === "errback" && step.left && !step.returned ? titleOf(step) : "";
  const took = step.took ? `${kind} takes ${step.took}` : `${kind} runs`;
  if (!step.returned && step.left) {
    const moment = say(name ? `${shortName(name)}${took}, ${leaving(step)}` : passing(step), step.left, { step });
    return { step, enter: moment, leave: moment, nested: null };
  }
  const enter = say(
    step.returned
      ? `${shortName(name)}${took}, and returns a Deferred: the chain waits for it.`
      : `${shortName(name)}${took}, and has waited for ${duration(Math.max(0, grid.age - step.started))}.`,
    step.came,
    { step },
  );
  const nested = step.returned ? follow(step.returned, say, fold, true) : null;
  const leave = step.left ? say(`${shortName(name)} is done, ${leaving(step)}`, step.left, { step }) : Infinity;
  return { step, enter, leave, nested };
}

function leaving(step) {
  const gave = step.gave ?? (step.left === "errback" ? "a failure" : "a result");
  const took = step.seconds === null ? "" : ` (${duration(step.seconds)})`;
  if (step.came === "callback") {
    return step.left === "callback" ? `and gives ${gave}${took}.` : `and fails: ${gave}${took}. On to the errbacks.`;
  }
  if (step.left === "callback") return `recovers, and gives ${gave}${took}. Back to the callbacks.`;
  return step.gave === step.took ? `and returns the failure${took}.` : `and fails in turn: ${gave}${took}.`;
}

/** What an errback is, as an apposition. */
const titleOf = (step) => (step.left === "callback" ? ", a terminal errback," : ", a nonterminal errback,");

function passing(step) {
  const other = shortName(step.callback ?? step.errback ?? "");
  return step.came === "callback"
    ? `The result passes by ${other}, which is an errback: there is nothing to handle.`
    : `The failure passes by ${other}, which is a callback: it takes results only.`;
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

/** Whether a chain has its result and does not go on, because it is paused. */
const isPaused = (grid) => !isWaiting(grid) && grid.state === "fired" && grid.steps.some((step) => !step.came);

/** The side on which a grid has ended; null if it has not, or if its end was not recorded. */
export function sideOf(grid) {
  const last = grid.steps.findLast((step) => step.came);
  if (last && isJoin(last)) return last.came;
  return last ? last.left : grid.left;
}

/** Whether a step passes the result of a member to its DeferredList, or of an awaited Deferred to its coroutine. */
const isJoin = ({ callback }) =>
  Boolean(/^(DeferredList\.|race\.<locals>\.)/.test(callback ?? "") || callback === "_gotResultInlineCallbacks");
