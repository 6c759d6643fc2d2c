import type { Node, Pod, StringMap } from "../../../kube/types/index.ts";
import {
  type AffinityTerm,
  type AffinityTerms,
  matchesAllTerms,
  termMatches,
  withNamespaces,
} from "../../affinity-terms.ts";
import type { NodeChange, NodeFollower } from "../../kept/node-change.ts";
import type { NodeInfo } from "../../node-info.ts";
import { type FilterPlugin, type NodeFilter, type Rejection, rejection } from "../../plugin.ts";
import { type PodInfo, podInfo } from "../../pod-info.ts";
import type { ClusterEvent } from "../../queue/cluster-event.ts";
import type { Snapshot } from "../../snapshot.ts";
import { TopologyCounts } from "./topology-counts.ts";

const NOT_NEAR = rejection("InterPodAffinity", false, "node(s) didn't match pod affinity rules");
const NOT_APART = rejection("InterPodAffinity", true, "node(s) didn't match pod anti-affinity rules");
const UNWELCOME = rejection(
  "InterPodAffinity",
  true,
  "node(s) didn't satisfy existing pods anti-affinity rules",
);

/** Keeps pods near and apart as required, and away from pods that want to be left alone. */
export const interPodAffinity: FilterPlugin = {
  name: "InterPodAffinity",
  looksAt: "cluster",
  events: [
    { resource: "Pod", actions: ["Add", "UpdatePodLabel", "Delete"], hint: changesCompany },
    { resource: "Node", actions: ["Add", "UpdateNodeLabel"], hint: changesDomains },
  ],
  preFilter(pod, snapshot) {
    const { affinity } = pod;
    const isParticular = affinity.required.length > 0 || affinity.requiredApart.length > 0;
    if (!isParticular && !snapshot.terms.has("requiredApart")) return undefined;
    const filter = snapshot
      .keptFor(pod)
      .part("company", snapshot.objects.namespaces.version, () => prepareFilter(pod, snapshot));
    return isParticular || filter.isAnyoneUnwelcoming ? filter : undefined;
  },
};

function prepareFilter(pod: PodInfo, snapshot: Snapshot): CompanyFilter {
  const namespaces = () => snapshot.objects.namespaces.all();
  const required = withNamespaces(pod.affinity.required, namespaces());
  const requiredApart = withNamespaces(pod.affinity.requiredApart, namespaces());
  const namespaceLabels = namespaceLabelsOf(pod, snapshot);
  const unwelcome = countUnwelcome(pod, namespaceLabels, snapshot);
  const terms = { required, requiredApart };
  return new CompanyFilter(pod, terms, namespaceLabels, { unwelcome, ...countCompany(terms, snapshot) });
}

/** The labels of the pod's namespace; a namespace that is not known has none. */
export function namespaceLabelsOf({ namespace }: PodInfo, { objects }: Snapshot): StringMap | undefined {
  return objects.namespaces.get(undefined, namespace)?.metadata.labels;
}

type RequiredTerms = Pick<AffinityTerms, "required" | "requiredApart">;

interface Counts {
  /** Domains of pods that do not want this pod near them. */
  readonly unwelcome: TopologyCounts;
  /** Domains of pods that this pod must be near to. */
  readonly near: TopologyCounts;
  /** Domains of pods that this pod must be apart from. */
  readonly apart: TopologyCounts;
}

function countUnwelcome(
  pod: PodInfo,
  namespaceLabels: StringMap | undefined,
  snapshot: Snapshot,
): TopologyCounts {
  const counts = new TopologyCounts();
  for (const { term, pods } of snapshot.terms.of("requiredApart")) {
    if (!termMatches(term, pod, namespaceLabels)) continue;
    for (const [value, count] of pods) counts.addTo(term.topologyKey, value, count);
  }
  return counts;
}

function countCompany(
  { required, requiredApart }: RequiredTerms,
  snapshot: Snapshot,
): Omit<Counts, "unwelcome"> {
  const near = new TopologyCounts();
  const apart = new TopologyCounts();
  const namespaces = namespacesOf([...required, ...requiredApart]);
  const count = (pods: readonly PodInfo[], node: NodeInfo) => {
    for (const pod of pods) {
      addNear(near, required, pod, node, 1);
      addApart(apart, requiredApart, pod, undefined, node, 1);
    }
  };
  for (const node of snapshot.nodes) {
    if (namespaces === "all") count(node.pods, node);
    else for (const namespace of namespaces) count(node.podsIn(namespace), node);
  }
  return { near, apart };
}

/** The only namespaces whose pods the terms can mean. */
function namespacesOf(terms: readonly AffinityTerm[]): ReadonlySet<string> | "all" {
  const names = new Set<string>();
  for (const { namespaces, namespaceSelector } of terms) {
    if (namespaceSelector.selectsEverything) return "all";
    for (const name of namespaces) names.add(name);
  }
  return names;
}

/** A pod counts for affinity when it satisfies every term. */
function addNear(
  counts: TopologyCounts,
  terms: readonly AffinityTerm[],
  pod: PodInfo,
  node: NodeInfo,
  by: number,
): void {
  if (!matchesAllTerms(terms, pod)) return;
  for (const { topologyKey } of terms) counts.add(node.labels, topologyKey, by);
}

/** A pod counts against each anti-affinity term that means it. */
function addApart(
  counts: TopologyCounts,
  terms: readonly AffinityTerm[],
  pod: PodInfo,
  namespaceLabels: StringMap | undefined,
  node: NodeInfo,
  by: number,
): void {
  for (const term of terms) {
    if (termMatches(term, pod, namespaceLabels)) counts.add(node.labels, term.topologyKey, by);
  }
}

class CompanyFilter implements NodeFilter, NodeFollower {
  readonly #pod: PodInfo;
  readonly #terms: RequiredTerms;
  readonly #namespaceLabels: StringMap | undefined;
  readonly #counts: Counts;

  constructor(pod: PodInfo, terms: RequiredTerms, namespaceLabels: StringMap | undefined, counts: Counts) {
    this.#pod = pod;
    this.#terms = terms;
    this.#namespaceLabels = namespaceLabels;
    this.#counts = counts;
  }

  /** Whether there is a pod that does not want this one near it. */
  get isAnyoneUnwelcoming(): boolean {
    return !this.#counts.unwelcome.isEmpty;
  }

  filter({ labels }: NodeInfo): Rejection | undefined {
    if (!this.#isNear(labels)) return NOT_NEAR;
    if (!this.#isApart(labels)) return NOT_APART;
    return this.#counts.unwelcome.hasAny(labels) ? UNWELCOME : undefined;
  }

  podAdded(pod: PodInfo, node: NodeInfo): void {
    this.#change(pod, node, 1);
  }

  podRemoved(pod: PodInfo, node: NodeInfo): void {
    this.#change(pod, node, -1);
  }

  follow(change: NodeChange): boolean {
    if (change.kind === "node") return !change.isRelabelled;
    this.#change(change.pod, change.node, change.by);
    return true;
  }

  fork(): NodeFilter {
    const { unwelcome, near, apart } = this.#counts;
    const counts = { unwelcome: unwelcome.fork(), near: near.fork(), apart: apart.fork() };
    return new CompanyFilter(this.#pod, this.#terms, this.#namespaceLabels, counts);
  }

  #isNear(labels: StringMap): boolean {
    const { required } = this.#terms;
    const { near } = this.#counts;
    let isThere = true;
    for (const { topologyKey } of required) {
      const value = labels[topologyKey];
      if (value === undefined) return false;
      if (near.get(topologyKey, value) <= 0) isThere = false;
    }
    // The first of pods that want to be near each other has nobody to be near to.
    return isThere || (near.isEmpty && matchesAllTerms(required, this.#pod));
  }

  #isApart(labels: StringMap): boolean {
    const { apart } = this.#counts;
    if (apart.isEmpty) return true;
    return this.#terms.requiredApart.every(({ topologyKey }) => {
      const value = labels[topologyKey];
      return value === undefined || apart.get(topologyKey, value) <= 0;
    });
  }

  #change(pod: PodInfo, node: NodeInfo, by: number): void {
    const { unwelcome, near, apart } = this.#counts;
    const { required, requiredApart } = this.#terms;
    addApart(unwelcome, pod.affinity.requiredApart, this.#pod, this.#namespaceLabels, node, by);
    addNear(near, required, pod, node, by);
    addApart(apart, requiredApart, pod, undefined, node, by);
  }
}

/**
 * kube-scheduler 1.34 looks at the waiting pod's own terms only: the end of a pod whose anti-affinity kept it away does
 * not bring it back, the next flush of unschedulable pods does.
 */
function changesCompany(pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as Pod | undefined;
  const after = event.after as Pod | undefined;
  if ((after && !after.spec.nodeName) || (before && !before.spec.nodeName)) return false;
  const { required, requiredApart } = podInfo(pod).affinity;
  const isNear = (other: Pod) => matchesAllTerms(required, podInfo(other));
  const isHated = (other: Pod) => matchesAllTerms(requiredApart, podInfo(other));
  if (before === undefined) return isNear(after as Pod);
  if (after === undefined) return isHated(before);
  return (!isNear(before) && isNear(after)) || (isHated(before) && !isHated(after));
}

function changesDomains(pod: Pod, event: ClusterEvent): boolean {
  const before = (event.before as Node | undefined)?.metadata;
  const after = (event.after as Node).metadata;
  const { required, requiredApart } = podInfo(pod).affinity;
  const domainOf = (node: Node["metadata"], { topologyKey }: AffinityTerm) => node.labels?.[topologyKey];
  if (before === undefined) {
    return requiredApart.length > 0 || required.some((term) => domainOf(after, term) !== undefined);
  }
  const isMoved = (term: AffinityTerm) => domainOf(before, term) !== domainOf(after, term);
  return (
    required.some((term) => isMoved(term) && domainOf(after, term) !== undefined) ||
    requiredApart.some((term) => isMoved(term) && domainOf(before, term) !== undefined)
  );
}
