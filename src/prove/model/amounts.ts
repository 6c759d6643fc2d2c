import { parseQuantity, wholeValue } from "../../base/quantity.ts";
import type { ResourceList } from "../../kube/types/index.ts";

/** A list of amounts without those that cannot be counted with, and what is wrong with them. */
export interface CheckedAmounts {
  readonly list: ResourceList | undefined;
  /** "cpu: "-1" is negative" */
  readonly problems: readonly string[];
}

/** A PiB, or as many cores: no object of a cluster has more, and sums of a few of them are still exact. */
const AMOUNT_MAX = 2 ** 50;

/** Takes out what is no quantity, negative, or more than any cluster has. */
export function checkAmounts(list: ResourceList | undefined): CheckedAmounts {
  if (list === undefined) return { list, problems: [] };
  const problems: string[] = [];
  const kept = Object.entries(list).filter(([name, text]) => {
    const problem = problemOf(text);
    if (problem !== undefined) problems.push(`${name}: ${JSON.stringify(text)} ${problem}`);
    return problem === undefined;
  });
  return { list: problems.length === 0 ? list : Object.fromEntries(kept), problems };
}

function problemOf(text: string): string | undefined {
  const answer = parseQuantity(text);
  if (!answer.ok) return `is no quantity (${answer.error})`;
  const value = wholeValue(answer.value);
  if (value < 0) return "is negative";
  return value > AMOUNT_MAX ? "is more than can be counted exactly" : undefined;
}
