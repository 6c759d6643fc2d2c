/** Data that a loss may cost: the only copy on what is lost, or a second writer beside one that may still run. */
import type { Loss } from "../losses/loss.ts";
import { type ClassFacts, countsAsReady, type Facts, type WorkloadFacts } from "./facts.ts";

/** What is at risk, each a sentence; no more than one of each sort. */
export function atRisk(
  workload: WorkloadFacts,
  pods: readonly number[],
  loss: Loss,
  facts: Facts,
): readonly string[] {
  const { model, classes } = facts;
  const lostNodes = new Set(loss.nodes);
  // Copies that other pods of the workload hold are the application's own affair.
  const ready = pods.filter((pod) => countsAsReady(model, pod)).length;
  const hasOthers = workload.ready > ready;
  const found: string[] = [];
  const say = (what: string) => {
    if (!found.includes(what)) found.push(what);
  };
  for (const pod of pods) {
    const { data, podClass } = classes[model.classOf[pod] as number] as ClassFacts;
    for (const { claim, kind, nodes } of data.volumes) {
      const isGone = nodes !== undefined && [...nodes].every((node) => lostNodes.has(node));
      if (kind === "node-local" && isGone && (!hasOthers || isShared(claim, workload, facts))) {
        say(`the only copy of claim ${claim} is on ${nameOf(facts, model.nodeOf[pod] as number)}`);
      }
      if (kind === "shared" && data.singleWriter !== undefined && podClass.replacement === "at-once") {
        say(
          `another ${data.singleWriter} starts on claim ${claim}, and the one on ${nameOf(facts, model.nodeOf[pod] as number)} may still write if its node is only cut off`,
        );
      }
    }
    if (data.unkept !== undefined && !hasOthers)
      say(`${data.unkept}: gone with ${nameOf(facts, model.nodeOf[pod] as number)}`);
    if (found.length > 0) break;
  }
  return found.slice(0, 1);
}

/** Whether every pod of the workload mounts that claim. */
function isShared(claim: string, { classes: own }: WorkloadFacts, { classes }: Facts): boolean {
  return own.every((index) => classes[index]?.data.volumes.some((volume) => volume.claim === claim));
}

function nameOf({ model }: Facts, node: number): string {
  return model.nodes[node]?.metadata.name ?? "its node";
}
