import type { Facts } from "./facts.ts";

/** Of what one workload has to have, the most that anybody asks of it alone. */
export function enoughOf(index: number, { requirements }: Facts): number {
  let enough = 0;
  for (const { workloads, enough: needed } of requirements) {
    if (workloads.length === 1 && workloads[0] === index) enough = Math.max(enough, needed);
  }
  return enough;
}
