import type { Facts, Requirement } from "./facts.ts";

/** Of what one workload has to have, the most that anybody asks of it alone. */
export function enoughOf(index: number, { requirements, requirementsOf }: Facts): number {
  let enough = 0;
  for (const each of requirementsOf[index] ?? []) {
    const { workloads, enough: needed } = requirements[each] as Requirement;
    if (workloads.length === 1) enough = Math.max(enough, needed);
  }
  return enough;
}
