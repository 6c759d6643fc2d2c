/** Topology spread constraints, read for one pod: selectors made ready, defaults filled in. */
import { controllerOf } from "../../../kube/owners.ts";
import {
  type CompiledSelector,
  compileLabels,
  compileSelector,
  labelsContain,
} from "../../../kube/selectors.ts";
import type {
  Node,
  Pod,
  ReplicaSet,
  StatefulSet,
  StringMap,
  TopologySpreadConstraint,
} from "../../../kube/types/index.ts";
import type { ClusterObjects } from "../../cluster-objects.ts";
import { narrowedSelector, requirementsByKeys } from "../../narrowed-selector.ts";
import type { NodeInfo } from "../../node-info.ts";
import { matchesRequiredAffinity } from "../../required-node-affinity.ts";
import { firstUntolerated } from "../../tolerations.ts";

/** The label by which "one domain" means "one node". */
export const HOSTNAME_KEY = "kubernetes.io/hostname";

/** One constraint as counting needs it. */
export interface Constraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: CompiledSelector;
  readonly minDomains: number;
  /** Only nodes that the pod's node affinity selects make domains. */
  readonly honorsAffinity: boolean;
  /** Only nodes whose taints the pod tolerates make domains. */
  readonly honorsTaints: boolean;
}

/** What applies to pods that bring no constraints: part of the default profile, and only a preference. */
const SYSTEM_DEFAULTS: readonly { topologyKey: string; maxSkew: number }[] = [
  { topologyKey: HOSTNAME_KEY, maxSkew: 3 },
  { topologyKey: "topology.kubernetes.io/zone", maxSkew: 5 },
];

/** The pod's own constraints of one sort. */
export function constraintsOf(
  pod: Pod,
  whenUnsatisfiable: TopologySpreadConstraint["whenUnsatisfiable"],
): readonly Constraint[] {
  const { topologySpreadConstraints = [] } = pod.spec;
  return topologySpreadConstraints
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map((constraint) => readConstraint(constraint, pod.metadata.labels ?? {}));
}

/** The preferences for a pod without constraints: spread beside the pods of its Services and its controller. */
export function defaultConstraints(pod: Pod, objects: ClusterObjects): readonly Constraint[] {
  const selector = siblingsOf(pod, objects);
  if (selector.selectsEverything) return [];
  return SYSTEM_DEFAULTS.map(({ topologyKey, maxSkew }) => ({
    topologyKey,
    maxSkew,
    selector,
    minDomains: 1,
    honorsAffinity: true,
    honorsTaints: false,
  }));
}

/** Whether a node has a value for every constraint's topology key. */
export function hasEveryKey(labels: StringMap | undefined, constraints: readonly Constraint[]): boolean {
  return constraints.every(({ topologyKey }) => labels?.[topologyKey] !== undefined);
}

/** Whether the node's domain counts for this constraint, by its inclusion policies. */
export function countsNode(constraint: Constraint, pod: Pod, { node, hardTaints }: NodeInfo): boolean {
  if (constraint.honorsAffinity && !matchesRequiredAffinity(pod.spec, node as Node)) return false;
  return !constraint.honorsTaints || firstUntolerated(hardTaints, pod.spec.tolerations) === undefined;
}

/** How many pods on the node are selected. Pods on their way out do not count, and no selector counts none. */
export function countMatching(node: NodeInfo, selector: CompiledSelector, namespace: string): number {
  return selector.selectsEverything ? 0 : node.countSelected(selector, namespace);
}

function readConstraint(constraint: TopologySpreadConstraint, labels: StringMap): Constraint {
  const { labelSelector, matchLabelKeys } = constraint;
  return {
    maxSkew: constraint.maxSkew,
    topologyKey: constraint.topologyKey,
    selector: narrowedSelector(
      compileSelector(labelSelector),
      requirementsByKeys(matchLabelKeys, labels, "in"),
    ),
    minDomains: constraint.minDomains ?? 1,
    honorsAffinity: (constraint.nodeAffinityPolicy ?? "Honor") === "Honor",
    honorsTaints: constraint.nodeTaintsPolicy === "Honor",
  };
}

/** Selects the pods that belong together with this one, as far as Services and its controller say so. */
function siblingsOf(pod: Pod, objects: ClusterObjects): CompiledSelector {
  const { namespace, labels } = pod.metadata;
  let served: StringMap = {};
  for (const { spec } of objects.services.in(namespace)) {
    if (spec.selector !== undefined && labelsContain(labels, spec.selector)) {
      served = { ...served, ...spec.selector };
    }
  }
  const owner = controllerOf(pod);
  const ofOwner = (object: ReplicaSet | StatefulSet | undefined) =>
    narrowedSelector(compileSelector(object?.spec.selector ?? {}), compileLabels(served).requirements);
  switch (owner && `${owner.apiVersion}/${owner.kind}`) {
    case "v1/ReplicationController": {
      const controller = objects.replicationControllers.get(namespace, owner?.name);
      return compileLabels({ ...served, ...controller?.spec.selector });
    }
    case "apps/v1/ReplicaSet":
      return ofOwner(objects.replicaSets.get(namespace, owner?.name));
    case "apps/v1/StatefulSet":
      return ofOwner(objects.statefulSets.get(namespace, owner?.name));
    default:
      return compileLabels(served);
  }
}
