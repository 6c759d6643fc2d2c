/** What has changed between two results: for pull requests, which are to fail only for what they make worse. */
import { isWorse, type LossResult, type ProveResult, type Verdict, worstOf } from "./result.ts";

/** One workload's verdict on one loss, or on the worst of several of a kind. */
export interface Change {
  /** Id of the loss. */
  readonly loss: string;
  /** "Deployment shop/cart" */
  readonly workload: string;
  readonly before: Verdict;
  readonly after: Verdict;
  /** Of the later verdict, unless it is safe. */
  readonly cause?: string;
}

export interface Comparison {
  /** In the order of the losses. */
  readonly worse: readonly Change[];
  readonly better: readonly Change[];
  /** How many verdicts that are not safe are what they were. */
  readonly same: number;
}

/**
 * Compares verdicts by loss and workload. Pods are made up anew with every change, so losses of pods count by workload: the
 * worst of them. Losses that only one result has looked at are not compared, but for nodes and the like that are new.
 */
export function compareResults(before: ProveResult, after: ProveResult): Comparison {
  const [old, now] = [verdictsOf(before.losses), verdictsOf(after.losses)];
  const worse: Change[] = [];
  const better: Change[] = [];
  let same = 0;
  for (const key of new Set([...now.keys(), ...old.keys()])) {
    const [was, is] = [old.get(key), now.get(key)];
    const { loss, workload } = (is ?? was) as Seen;
    const [from, to] = [was?.verdict ?? "safe", is?.verdict ?? "safe"];
    const change = { loss, workload, before: from, after: to, ...(is !== undefined && { cause: is.cause }) };
    if (isWorse(to, from)) worse.push(change);
    else if (isWorse(from, to)) better.push(change);
    else same++;
  }
  return { worse, better, same };
}

/** The worst of what has got worse. */
export function worstChange({ worse }: Comparison): Verdict {
  return worstOf(worse.map(({ after }) => after));
}

interface Seen {
  readonly loss: string;
  readonly workload: string;
  readonly verdict: Verdict;
  readonly cause: string;
}

function verdictsOf(losses: readonly LossResult[]): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const { id, kind, workloads } of losses) {
    for (const { kind: of, namespace, name, verdict, cause } of workloads) {
      if (verdict === "safe") continue;
      const workload = `${of} ${namespace}/${name}`;
      const loss = kind === "pod" ? "one of its pods" : id;
      const key = `${loss} ${workload}`;
      const known = seen.get(key);
      if (known === undefined || isWorse(verdict, known.verdict))
        seen.set(key, { loss, workload, verdict, cause });
    }
  }
  return seen;
}
