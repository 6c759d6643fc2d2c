import type { Kind } from "../../../kube/kind.ts";
import { qualityOfService } from "../../../kube/quality-of-service.ts";
import { secondsOf } from "../../../kube/seconds.ts";
import { formatTime } from "../../../kube/time.ts";
import type {
  Affinity,
  Condition,
  Container,
  LabelSelector,
  LabelSelectorRequirement,
  Pod,
  PodAffinity,
  PodAffinityTerm,
  PodSpec,
  PodStatus,
  StringMap,
  Time,
} from "../../../kube/types/index.ts";
import { type LooseObject, withMeta } from "../loose.ts";
import { type Strategy, specChanged, strategy, withNextGeneration, withStoredMeta } from "./strategy.ts";

/** Pods end gracefully: what runs on a node is given time, what runs nowhere is not. */
export function podStrategy(kind: Kind): Strategy {
  const base = strategy(kind, { status: {}, newGeneration: specChanged, returnsDeleted: true });
  return {
    ...base,
    prepareForCreate(object, { nowMs }) {
      const pod = podOf(object);
      const spec = withGrace(withLabelKeys(pod.spec, pod.metadata.labels ?? {}));
      return withMeta(
        { ...object, spec, status: initialStatus(pod.spec, formatTime(nowMs)) } as unknown as LooseObject,
        {
          generation: 1,
        },
      );
    },
    parts: {
      status: (next, old) => statusReport(podOf(next), podOf(old)),
      ephemeralcontainers: (next, old) => partOfSpec(next, old, withEphemeralContainers),
      resize: (next, old) => partOfSpec(next, old, withResources),
    },
    gracePeriodSeconds(object, parameters) {
      const { spec, status } = podOf(object);
      const asked = parameters.gracePeriodSeconds ?? secondsOf(spec.terminationGracePeriodSeconds ?? 0);
      const ended = status.phase === "Failed" || status.phase === "Succeeded";
      return !spec.nodeName || ended ? 0 : asked < 0 ? 1 : asked;
    },
  };
}

function podOf(object: LooseObject): Pod {
  return object as unknown as Pod;
}

/** A negative time to end counts as a second. */
function withGrace(spec: PodSpec): PodSpec {
  return (spec.terminationGracePeriodSeconds ?? 0) < 0 ? { ...spec, terminationGracePeriodSeconds: 1 } : spec;
}

function initialStatus(spec: PodSpec, now: Time): PodStatus {
  const qosClass = qualityOfService(spec);
  if ((spec.schedulingGates?.length ?? 0) === 0) return { phase: "Pending", qosClass };
  const gated: Condition = {
    type: "PodScheduled",
    status: "False",
    lastProbeTime: null,
    lastTransitionTime: now,
    reason: "SchedulingGated",
    message: "Scheduling is blocked due to non-empty scheduling gates",
  };
  return { phase: "Pending", conditions: [gated], qosClass };
}

/** A kubelet reports the status and nothing else; what it does not know of, it cannot take back. */
function statusReport(next: Pod, old: Pod): LooseObject {
  const { status } = next;
  const observedGeneration = status.observedGeneration ?? old.status.observedGeneration;
  const conditions = withObservedGenerations(status.conditions, old.status.conditions);
  const merged: PodStatus = {
    ...status,
    ...(conditions === undefined ? {} : { conditions }),
    ...(status.qosClass === undefined && old.status.qosClass ? { qosClass: old.status.qosClass } : {}),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  };
  const kept = { ...next, spec: old.spec, status: merged } as unknown as LooseObject;
  return withMeta(kept, { ownerReferences: old.metadata.ownerReferences });
}

function withObservedGenerations(
  conditions: readonly Condition[] | undefined,
  old: readonly Condition[] | undefined,
): readonly Condition[] | undefined {
  if (conditions === undefined || old === undefined) return conditions;
  const observed = new Map(old.map((condition) => [condition.type, condition.observedGeneration]));
  return conditions.map((condition) => {
    const generation = observed.get(condition.type);
    return condition.observedGeneration || !generation
      ? condition
      : { ...condition, observedGeneration: generation };
  });
}

/** An update of one part of the spec: everything else is as it is stored. */
function partOfSpec(
  next: LooseObject,
  old: LooseObject,
  part: (next: PodSpec, old: PodSpec) => PodSpec,
): LooseObject {
  const spec = part(podOf(next).spec, podOf(old).spec);
  const prepared = withStoredMeta({ ...next, spec, status: old.status } as unknown as LooseObject, old);
  return specChanged(prepared, old) ? withNextGeneration(prepared, old) : prepared;
}

function withEphemeralContainers(next: PodSpec, old: PodSpec): PodSpec {
  const { ephemeralContainers: _, ...rest } = old;
  return next.ephemeralContainers === undefined
    ? rest
    : { ...old, ephemeralContainers: next.ephemeralContainers };
}

/** Added, renamed or moved containers stay in, for validation to refuse. */
function withResources(next: PodSpec, old: PodSpec): PodSpec {
  const containers = resized(next.containers, old.containers);
  const initContainers = resized(next.initContainers ?? [], old.initContainers ?? []);
  if (containers === undefined || initContainers === undefined) return next;
  return { ...old, containers, ...(old.initContainers === undefined ? {} : { initContainers }) };
}

function resized(next: readonly Container[], old: readonly Container[]): readonly Container[] | undefined {
  if (next.length !== old.length || next.some((container, i) => container.name !== old[i]?.name))
    return undefined;
  return next.map((container, i) => {
    const { resources, resizePolicy } = container as Container & { readonly resizePolicy?: unknown };
    return { ...(old[i] as Container), resources, ...(resizePolicy === undefined ? {} : { resizePolicy }) };
  });
}

/** Label keys in affinity terms and spread constraints become requirements with the pod's own values. */
export function withLabelKeys(spec: PodSpec, labels: StringMap): PodSpec {
  const { affinity, topologySpreadConstraints } = spec;
  if (affinity === undefined && topologySpreadConstraints === undefined) return spec;
  return {
    ...spec,
    ...(affinity === undefined ? {} : { affinity: affinityWithKeys(affinity, labels) }),
    ...(topologySpreadConstraints === undefined
      ? {}
      : {
          topologySpreadConstraints: topologySpreadConstraints.map((constraint) =>
            selectorWithKeys(constraint, labels),
          ),
        }),
  };
}

function affinityWithKeys(affinity: Affinity, labels: StringMap): Affinity {
  const { podAffinity, podAntiAffinity } = affinity;
  return {
    ...affinity,
    ...(podAffinity === undefined ? {} : { podAffinity: termsWithKeys(podAffinity, labels) }),
    ...(podAntiAffinity === undefined ? {} : { podAntiAffinity: termsWithKeys(podAntiAffinity, labels) }),
  };
}

function termsWithKeys(affinity: PodAffinity, labels: StringMap): PodAffinity {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution;
  return {
    ...affinity,
    ...(required === undefined
      ? {}
      : {
          requiredDuringSchedulingIgnoredDuringExecution: required.map((term) =>
            selectorWithKeys(term, labels),
          ),
        }),
    ...(preferred === undefined
      ? {}
      : {
          preferredDuringSchedulingIgnoredDuringExecution: preferred.map((each) => ({
            ...each,
            podAffinityTerm: selectorWithKeys(each.podAffinityTerm, labels),
          })),
        }),
  };
}

type WithKeys = Pick<PodAffinityTerm, "labelSelector" | "matchLabelKeys" | "mismatchLabelKeys">;

function selectorWithKeys<T extends WithKeys>(term: T, labels: StringMap): T {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (labelSelector === undefined) return term;
  const requirements = [
    ...requirementsFor(matchLabelKeys, "In", labels),
    ...requirementsFor(mismatchLabelKeys, "NotIn", labels),
  ];
  if (requirements.length === 0) return term;
  const matchExpressions = [...(labelSelector.matchExpressions ?? []), ...requirements];
  return { ...term, labelSelector: { ...labelSelector, matchExpressions } satisfies LabelSelector };
}

function requirementsFor(
  keys: readonly string[],
  operator: "In" | "NotIn",
  labels: StringMap,
): LabelSelectorRequirement[] {
  return keys.flatMap((key) => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  });
}
