import type { Pod } from "../../src/kube/types/index.ts";
import type { Overheard } from "./extender.ts";
import type { OurAnswer } from "./our-scheduler.ts";
import { refusalOf } from "./pod-watch.ts";

/** What the real scheduler made of a pod, once. */
export interface RealAnswer {
  /** The nodes that passed every filter. */
  readonly feasible: readonly string[];
  /** The node that it chose among them. */
  readonly chosen?: string;
  /** Why it has none. */
  readonly message?: string;
  /** Every node that preemption could use, and the one that it promised. */
  readonly candidates: ReadonlyMap<
    string,
    { readonly uids: readonly string[]; readonly budgetViolations: number }
  >;
  readonly nominated?: string;
}

/** Reads the answer from the pod as the scheduler left it and from what the extender heard. */
export function realAnswer(pod: Pod, { feasible, candidates }: Overheard): RealAnswer {
  const { nodeName } = pod.spec;
  if (nodeName) return { feasible: feasible.at(-1) ?? [], chosen: nodeName, candidates: new Map() };
  const { nominatedNodeName } = pod.status;
  return {
    feasible: [],
    message: refusalOf(pod) ?? "",
    candidates: candidates[0] ?? new Map(),
    ...(nominatedNodeName && candidates.length > 0 && { nominated: nominatedNodeName }),
  };
}

/** Everything in which the two differ, a line each. Where the real one chooses by chance, any choice that we could make will do. */
export function differences(real: RealAnswer, ours: OurAnswer): readonly string[] {
  const found: string[] = [];
  if (real.message !== ours.message) {
    found.push(
      `message: real ${JSON.stringify(real.message)}`,
      `         ours ${JSON.stringify(ours.message)}`,
    );
  }
  const [onlyReal, onlyOurs] = unshared(real.feasible, ours.feasible);
  if (onlyReal.length > 0) found.push(`feasible for the real one only: ${onlyReal.join(" ")}`);
  if (onlyOurs.length > 0) found.push(`feasible for us only: ${onlyOurs.join(" ")}`);
  for (const [who, chosen] of Object.entries({ real: real.chosen, ours: ours.chosen })) {
    if (chosen !== undefined && !ours.best.includes(chosen)) {
      found.push(`chosen node: ${who} ${chosen}, our best-scored ${ours.best.join(" ")}`);
    }
  }
  return [...found, ...differentVictims(real, ours)];
}

function differentVictims(real: RealAnswer, ours: OurAnswer): readonly string[] {
  const found: string[] = [];
  for (const name of new Set([...real.candidates.keys(), ...ours.candidates.keys()])) {
    const [theirs, own] = [real.candidates.get(name), ours.candidates.get(name)].map((victims) =>
      victims === undefined
        ? "none"
        : `${[...victims.uids].sort().join(" ")}, ${victims.budgetViolations} budget violations`,
    );
    if (theirs !== own) found.push(`victims on ${name}: real ${theirs}; ours ${own}`);
  }
  if (real.nominated !== undefined && !ours.leastHarmful.includes(real.nominated)) {
    found.push(`nominated node: real ${real.nominated}, our least harmful ${ours.leastHarmful.join(" ")}`);
  }
  return found;
}

/** What is in the one only, and in the other only. */
function unshared(a: readonly string[], b: readonly string[]): [string[], string[]] {
  const [inA, inB] = [new Set(a), new Set(b)];
  return [a.filter((one) => !inB.has(one)), b.filter((one) => !inA.has(one))];
}
