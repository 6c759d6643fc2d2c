import { type AffinityTerm, termMatches, withNamespaces } from "../../affinity-terms.ts";
import type { NodeInfo } from "../../node-info.ts";
import { MAX_NODE_SCORE, type ScorePlugin } from "../../plugin.ts";
import type { PodInfo } from "../../pod-info.ts";
import type { Snapshot } from "../../snapshot.ts";
import { namespaceLabelsOf } from "./filter.ts";
import { TopologyCounts } from "./topology-counts.ts";

/** A pod that must be near this one is taken as wishing it with this weight. */
const REQUIRED_AFFINITY_WEIGHT = 1;

/** Prefers nodes in domains with wanted company: as this pod wishes, and as the pods there do. */
export const interPodAffinityScore: ScorePlugin = {
  name: "InterPodAffinity",
  weight: 2,
  preScore(pod, snapshot) {
    const domains = rateDomains(pod, snapshot);
    return domains.isEmpty
      ? undefined
      : { score: ({ labels }) => domains.sum(labels), normalize: normalizeByRange };
  },
};

/** The wishes of all, summed by domain. */
function rateDomains(pod: PodInfo, snapshot: Snapshot): TopologyCounts {
  const namespaces = () => snapshot.objects.namespaces.all();
  const preferred = withNamespaces(pod.affinity.preferred, namespaces());
  const preferredApart = withNamespaces(pod.affinity.preferredApart, namespaces());
  const hasWishes = preferred.length > 0 || preferredApart.length > 0;
  const namespaceLabels = namespaceLabelsOf(pod, snapshot);
  const domains = new TopologyCounts();
  const mine = (terms: readonly AffinityTerm[], other: PodInfo, { labels }: NodeInfo, sign: number) => {
    for (const term of terms) {
      if (termMatches(term, other)) domains.add(labels, term.topologyKey, sign * term.weight);
    }
  };
  const theirs = (terms: readonly AffinityTerm[], { labels }: NodeInfo, sign: number) => {
    for (const term of terms) {
      if (!termMatches(term, pod, namespaceLabels)) continue;
      domains.add(labels, term.topologyKey, sign * (term.weight || REQUIRED_AFFINITY_WEIGHT));
    }
  };
  for (const node of snapshot.nodes) {
    for (const other of hasWishes ? node.pods : node.podsWithAffinity) {
      mine(preferred, other, node, 1);
      mine(preferredApart, other, node, -1);
      theirs(other.affinity.required, node, 1);
      theirs(other.affinity.preferred, node, 1);
      theirs(other.affinity.preferredApart, node, -1);
    }
  }
  return domains;
}

function normalizeByRange(scores: number[]): void {
  const lowest = Math.min(...scores);
  const range = Math.max(...scores) - lowest;
  for (const [i, score] of scores.entries()) {
    scores[i] = range > 0 ? Math.trunc(MAX_NODE_SCORE * ((score - lowest) / range)) : 0;
  }
}
