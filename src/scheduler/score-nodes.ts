import { NodeScores } from "./kept/node-scores.ts";
import type { NodeInfo } from "./node-info.ts";
import type { NodeScorer, ScorePlugin } from "./plugin.ts";
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
    const rater = plugin.looksAt === "node" ? keptScores(plugin, scorer, pod, snapshot) : scorer;
    all.push({ plugin: plugin.name, scores: weightedScores(rater, plugin.weight, nodes) });
  }
  return all;
}

function weightedScores(scorer: NodeScorer, weight: number, nodes: readonly NodeInfo[]): number[] {
  const scores: number[] = new Array(nodes.length);
  if (scorer.scoreAll !== undefined) scorer.scoreAll(nodes, scores);
  else for (let i = 0; i < nodes.length; i++) scores[i] = scorer.score(nodes[i] as NodeInfo);
  scorer.normalize?.(scores, nodes);
  if (weight !== 1) for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) * weight;
  return scores;
}

function keptScores(plugin: ScorePlugin, scorer: NodeScorer, pod: PodInfo, snapshot: Snapshot): NodeScores {
  return snapshot
    .keptFor(pod)
    .part(plugin.name, undefined, () => new NodeScores(scorer, snapshot.nodes.length));
}

/** One of the nodes with the highest sum of scores: each as likely as the others, or the first of the ranking. */
export function pickBest(
  nodes: readonly NodeInfo[],
  all: readonly PluginScores[],
  ties: { pick(nodes: readonly NodeInfo[]): NodeInfo },
): NodeInfo {
  const sums: number[] = new Array(nodes.length).fill(0);
  for (const { scores } of all) {
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (scores[i] as number);
  }
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < sums.length; i++) highest = Math.max(highest, sums[i] as number);
  const best: NodeInfo[] = [];
  for (let i = 0; i < sums.length; i++) if (sums[i] === highest) best.push(nodes[i] as NodeInfo);
  return best.length === 1 ? (best[0] as NodeInfo) : ties.pick(best);
}
