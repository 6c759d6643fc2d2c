/** Data that a loss may cost: the only copy on what is lost, or a second writer beside one that may still run. */
import type { Loss } from "../losses/loss.ts";
import type { ClassFacts, Facts, WorkloadFacts } from "./facts.ts";

/** What is at risk first, as a sentence. @param ready how many of the lost pods were ready */
export function atRisk(
  workload: WorkloadFacts,
  pods: readonly number[],
  ready: number,
  loss: Loss,
  facts: Facts,
): string | undefined {
  const { model, classes } = facts;
  // Copies that other pods of the workload hold are the application's own affair.
  const hasOthers = workload.ready > ready;
  for (const pod of pods) {
    const { data, podClass } = classes[model.classOf[pod] as number] as ClassFacts;
    const node = model.nodeOf[pod] as number;
    for (const { claim, kind, nodes } of data.volumes) {
      const isOnly = kind === "node-local" && (!hasOthers || isShared(claim, workload, facts));
      if (isOnly && nodes !== undefined && isSubset(nodes, loss.nodes))
        return `the only copy of claim ${claim} is on ${nameOf(facts, node)}`;
      if (kind === "shared" && data.singleWriter !== undefined && podClass.replacement === "at-once")
        return `another ${data.singleWriter} starts on claim ${claim}, and the one on ${nameOf(facts, node)} may still write if its node is only cut off`;
    }
    if (data.unkept !== undefined && !hasOthers) return `${data.unkept}: gone with ${nameOf(facts, node)}`;
  }
  return undefined;
}

function isSubset(nodes: ReadonlySet<number>, of: readonly number[]): boolean {
  const all = new Set(of);
  for (const node of nodes) if (!all.has(node)) return false;
  return true;
}

/** Whether every pod of the workload mounts that claim. */
function isShared(claim: string, { classes: own }: WorkloadFacts, { classes }: Facts): boolean {
  return own.every((index) => classes[index]?.data.volumes.some((volume) => volume.claim === claim));
}

function nameOf({ model }: Facts, node: number): string {
  return model.nodes[node]?.metadata.name ?? "its node";
}
