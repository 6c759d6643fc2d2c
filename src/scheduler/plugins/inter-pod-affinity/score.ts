import type { StringMap } from "../../../kube/types/index.ts";
import { type AffinityTerm, type AffinityTerms, termMatches, withNamespaces } from "../../affinity-terms.ts";
import type { NodeChange, NodeFollower } from "../../kept/node-change.ts";
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
  looksAt: "cluster",
  weight: 2,
  preScore(pod, snapshot) {
    const { terms } = snapshot;
    const isWished = terms.has("required") || terms.has("preferred") || terms.has("preferredApart");
    if (!isWished && !hasWishes(pod.affinity)) return undefined;
    const ratings = snapshot
      .keptFor(pod)
      .part("company scores", snapshot.objects.namespaces.version, () => new CompanyRatings(pod, snapshot));
    return ratings.domains.isEmpty
      ? undefined
      : { score: ({ labels }) => ratings.domains.sum(labels), normalize: normalizeByRange };
  },
};

type Wishes = Pick<AffinityTerms, "preferred" | "preferredApart">;

function hasWishes({ preferred, preferredApart }: Wishes): boolean {
  return preferred.length > 0 || preferredApart.length > 0;
}

/** The wishes of all, summed by domain. */
class CompanyRatings implements NodeFollower {
  readonly domains = new TopologyCounts();
  readonly #pod: PodInfo;
  readonly #wishes: Wishes;
  readonly #namespaceLabels: StringMap | undefined;

  constructor(pod: PodInfo, snapshot: Snapshot) {
    const namespaces = () => snapshot.objects.namespaces.all();
    this.#pod = pod;
    this.#wishes = {
      preferred: withNamespaces(pod.affinity.preferred, namespaces()),
      preferredApart: withNamespaces(pod.affinity.preferredApart, namespaces()),
    };
    this.#namespaceLabels = namespaceLabelsOf(pod, snapshot);
    this.#rateTheirs(snapshot, "required", 1);
    this.#rateTheirs(snapshot, "preferred", 1);
    this.#rateTheirs(snapshot, "preferredApart", -1);
    if (!hasWishes(this.#wishes)) return;
    for (const node of snapshot.nodes) for (const other of node.pods) this.#rateMine(other, node, 1);
  }

  follow(change: NodeChange): boolean {
    if (change.kind === "node") return !change.isRelabelled;
    const { pod, node, by } = change;
    this.#rateMine(pod, node, by);
    if (pod.hasAffinity) this.#rateOne(pod, node, by);
    return true;
  }

  /** What the pods that are there say about this one. */
  #rateTheirs({ terms }: Snapshot, sort: keyof AffinityTerms, sign: 1 | -1): void {
    for (const { term, pods } of terms.of(sort)) {
      if (!termMatches(term, this.#pod, this.#namespaceLabels)) continue;
      const weight = sign * (term.weight || REQUIRED_AFFINITY_WEIGHT);
      for (const [value, count] of pods) this.domains.addTo(term.topologyKey, value, weight * count);
    }
  }

  /** What this pod says about one that comes into the node's domains, or leaves them. */
  #rateMine(other: PodInfo, { labels }: NodeInfo, by: 1 | -1): void {
    const { preferred, preferredApart } = this.#wishes;
    for (const term of preferred) {
      if (termMatches(term, other)) this.domains.add(labels, term.topologyKey, by * term.weight);
    }
    for (const term of preferredApart) {
      if (termMatches(term, other)) this.domains.add(labels, term.topologyKey, -by * term.weight);
    }
  }

  /** What such a pod says about this one. */
  #rateOne({ affinity }: PodInfo, { labels }: NodeInfo, by: 1 | -1): void {
    const add = (terms: readonly AffinityTerm[], sign: number) => {
      for (const term of terms) {
        if (!termMatches(term, this.#pod, this.#namespaceLabels)) continue;
        this.domains.add(labels, term.topologyKey, sign * (term.weight || REQUIRED_AFFINITY_WEIGHT));
      }
    };
    add(affinity.required, by);
    add(affinity.preferred, by);
    add(affinity.preferredApart, -by);
  }
}

function normalizeByRange(scores: number[]): void {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    lowest = Math.min(lowest, score);
    highest = Math.max(highest, score);
  }
  const range = highest - lowest;
  for (const [i, score] of scores.entries()) {
    scores[i] = range > 0 ? Math.trunc(MAX_NODE_SCORE * ((score - lowest) / range)) : 0;
  }
}
