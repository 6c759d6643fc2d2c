/** The documented JSON form (docs/prove.schema.json), in pieces: a result of a large cluster is longer than one text may be. */
import type { Comparison } from "../comparison.ts";
import type { ProveResult } from "../result.ts";

/** One loss and one workload a line, so that two results can be compared line by line. */
export function* proveJson(result: ProveResult, comparison?: Comparison): Generator<string> {
  const { losses, workloads, ...head } = result;
  const first = JSON.stringify({ ...head, ...(comparison && { comparison }) }, undefined, 2);
  yield `${first.slice(0, -2)},\n  "losses": [`;
  yield* lines(losses);
  yield `],\n  "workloads": [`;
  yield* lines(workloads);
  yield "]\n}\n";
}

function* lines(items: readonly unknown[]): Generator<string> {
  for (const [index, item] of items.entries()) yield `${index === 0 ? "" : ","}\n    ${JSON.stringify(item)}`;
  if (items.length > 0) yield "\n  ";
}
