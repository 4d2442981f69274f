// Steps: what each does to a result in the words of the slides, and which of them are folded into one box.

/** What the functions of Twisted and of Klein are called where they are folded, by the beginning of their names. */
const PLUMBING = { "Deferred.addTimeout.": "addTimeout", "KleinResource.": "the HTTP server" };
/** The same, for whole names. */
const PLUMBING_BY_NAME = { err: "the HTTP server" };

/** Say what a step that has run is: terminal, nonterminal, or none of it. */
export function kindOf(step) {
  if (!step[step.came]) return "passes by";
  if (!step.left) return step.returned ? "returns a Deferred" : "";
  if (step.came === "callback") {
    if (step.left === "errback") return step.returned ? "returns a Deferred, which fails" : "raises";
    return step.returned ? "returns a Deferred" : "returns a result";
  }
  if (step.left === "callback") return "terminal: recovers";
  return step.gave === step.took ? "nonterminal: returns the failure" : "raises another error";
}

/** Group the steps of a grid: each group has steps that are folded under a label, or one step without one. */
export function grouped(steps) {
  const groups = [];
  for (const step of steps) {
    const label = labelOf(step);
    const last = groups.at(-1);
    if (label && last?.label === label) last.steps.push(step);
    else groups.push({ label, steps: [step] });
  }
  return groups.flatMap((group) => (group.steps.length > 1 ? [group] : [{ label: "", steps: group.steps }]));
}

function labelOf({ callback, errback, came, left, returned }) {
  if (returned || (came && !left)) return ""; // what waits, or has waited, is worth a look
  const labels = [callback, errback].filter(Boolean).map(plumbing);
  return labels.every((label) => label && label === labels[0]) ? labels[0] : "";
}

function plumbing(name) {
  const start = Object.keys(PLUMBING).find((prefix) => name.startsWith(prefix));
  return start ? PLUMBING[start] : (PLUMBING_BY_NAME[name] ?? "");
}
