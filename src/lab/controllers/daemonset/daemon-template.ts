/** A DaemonSet's pod template as its pods get it: bound to a node by affinity, and putting up with what befalls nodes. */
import {
  TAINT_DISK_PRESSURE,
  TAINT_MEMORY_PRESSURE,
  TAINT_NETWORK_UNAVAILABLE,
  TAINT_NOT_READY,
  TAINT_PID_PRESSURE,
  TAINT_UNREACHABLE,
  TAINT_UNSCHEDULABLE,
} from "../../../kube/taints.ts";
import type {
  DaemonSet,
  NodeSelectorTerm,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Toleration,
} from "../../../kube/types/index.ts";
import { REVISION_HASH_LABEL } from "../shared/revisions.ts";

const GENERATION_ANNOTATION = "deprecated.daemonset.template.generation";
const GENERATION_LABEL = "pod-template-generation";

const exists = (key: string, effect: "NoExecute" | "NoSchedule"): Toleration => ({
  key,
  operator: "Exists",
  effect,
});

/** What every daemon pod tolerates: it stays on a node in trouble, and goes to one that takes no others. */
const TOLERATED: readonly Toleration[] = [
  exists(TAINT_NOT_READY, "NoExecute"),
  exists(TAINT_UNREACHABLE, "NoExecute"),
  exists(TAINT_DISK_PRESSURE, "NoSchedule"),
  exists(TAINT_MEMORY_PRESSURE, "NoSchedule"),
  exists(TAINT_PID_PRESSURE, "NoSchedule"),
  exists(TAINT_UNSCHEDULABLE, "NoSchedule"),
];
const TOLERATED_ON_HOST_NETWORK = [...TOLERATED, exists(TAINT_NETWORK_UNAVAILABLE, "NoSchedule")];

const tolerationsMade = new WeakMap<PodSpec, readonly Toleration[]>();

/** The template's tolerations and those of every daemon pod. */
export function daemonTolerations(spec: PodSpec): readonly Toleration[] {
  let tolerations = tolerationsMade.get(spec);
  if (tolerations === undefined) {
    tolerations = addTolerations(spec);
    tolerationsMade.set(spec, tolerations);
  }
  return tolerations;
}

/** The template for pods of that revision, for any node yet. */
export function daemonTemplate(set: DaemonSet, hash: string): PodTemplateSpec {
  const { metadata, spec } = set.spec.template;
  const generation = set.metadata.annotations?.[GENERATION_ANNOTATION];
  const labels = {
    ...metadata?.labels,
    ...(generation !== undefined && { [GENERATION_LABEL]: generation }),
    [REVISION_HASH_LABEL]: hash,
  };
  return { metadata: { ...metadata, labels }, spec: { ...spec, tolerations: daemonTolerations(spec) } };
}

/** The template for a pod that may run on that node only. */
export function templateForNode(template: PodTemplateSpec, nodeName: string): PodTemplateSpec {
  const { affinity } = template.spec;
  const term: NodeSelectorTerm = {
    matchFields: [{ key: "metadata.name", operator: "In", values: [nodeName] }],
  };
  const nodeAffinity = {
    ...affinity?.nodeAffinity,
    // What else the template requires of nodes has been seen to already: the node was chosen by it.
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
  };
  return { ...template, spec: { ...template.spec, affinity: { ...affinity, nodeAffinity } } };
}

/** The node that the pod is on, or is meant for. */
export function targetNodeOf({ spec }: Pod): string | undefined {
  if (spec.nodeName !== undefined && spec.nodeName !== "") return spec.nodeName;
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  for (const { matchFields = [] } of terms ?? []) {
    for (const { key, operator, values = [] } of matchFields) {
      if (key === "metadata.name" && operator === "In" && values.length === 1) return values[0];
    }
  }
  return undefined;
}

/** Whether the pod is of the present template. */
export function isUpdated(set: DaemonSet, pod: Pod, hash: string): boolean {
  const labels = pod.metadata.labels ?? {};
  const generation = set.metadata.annotations?.[GENERATION_ANNOTATION];
  return (
    labels[REVISION_HASH_LABEL] === hash ||
    (generation !== undefined && labels[GENERATION_LABEL] === generation)
  );
}

function addTolerations(spec: PodSpec): readonly Toleration[] {
  const given = spec.tolerations ?? [];
  const added = spec.hostNetwork === true ? TOLERATED_ON_HOST_NETWORK : TOLERATED;
  const isSame = (a: Toleration, b: Toleration) =>
    a.key === b.key &&
    a.effect === b.effect &&
    a.operator === b.operator &&
    (a.value ?? "") === (b.value ?? "");
  // One that is given already with a time limit loses it, in its place: daemon pods stay.
  const replaced = given.map((toleration) => added.find((own) => isSame(own, toleration)) ?? toleration);
  return [...replaced, ...added.filter((own) => !given.some((toleration) => isSame(own, toleration)))];
}
