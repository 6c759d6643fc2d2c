import type { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";
import { SCORES } from "./profile.ts";
import type { Snapshot } from "./snapshot.ts";

/** One plugin's share in the scores of all nodes, weighted, in the nodes' order. */
export interface PluginScores {
  readonly plugin: string;
  readonly scores: readonly number[];
}

/** What each plugin gives each node: 0 … 100, times its weight. Plugins that would rate all alike are not there. */
export function scoreNodes(
  pod: PodInfo,
  snapshot: Snapshot,
  nodes: readonly NodeInfo[],
): readonly PluginScores[] {
  const all: PluginScores[] = [];
  for (const plugin of SCORES) {
    const scorer = plugin.preScore(pod, snapshot, nodes);
    if (scorer === undefined) continue;
    const scores: number[] = new Array(nodes.length);
    for (let i = 0; i < nodes.length; i++) scores[i] = scorer.score(nodes[i] as NodeInfo);
    scorer.normalize?.(scores, nodes);
    for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) * plugin.weight;
    all.push({ plugin: plugin.name, scores });
  }
  return all;
}

/** One of the nodes with the highest sum of scores: each as likely as the others, or the first of the ranking. */
export function pickBest(
  nodes: readonly NodeInfo[],
  all: readonly PluginScores[],
  ties: { pick(nodes: readonly NodeInfo[]): NodeInfo },
): NodeInfo {
  let highest = Number.NEGATIVE_INFINITY;
  let best: NodeInfo[] = [];
  for (let i = 0; i < nodes.length; i++) {
    let sum = 0;
    for (const { scores } of all) sum += scores[i] as number;
    if (sum > highest) {
      highest = sum;
      best = [];
    }
    if (sum === highest) best.push(nodes[i] as NodeInfo);
  }
  return best.length === 1 ? (best[0] as NodeInfo) : ties.pick(best);
}
