/**
 * What placing, preempting and judging read of a pod, and nothing else. Pods of which this is equal share it: it is the
 * prototype of their `PodClass`. Names, node and times stay with each pod.
 */
import { deepEqual } from "../../base/deep.ts";
import { findCondition } from "../../kube/conditions.ts";
import { controllerOf } from "../../kube/owners.ts";
import type {
  Affinity,
  Container,
  ContainerStatus,
  NodeSelectorTerm,
  OwnerReference,
  Pod,
  PodSpec,
  PodStatus,
} from "../../kube/types/index.ts";
import type { Interner } from "./interner.ts";
import {
  KEPT_SPEC_FIELDS,
  METADATA_PARTS,
  type PartName,
  type PodParts,
  partsOf,
  SPEC_PARTS,
} from "./pod-parts.ts";

export interface PodShape {
  /** Unbound; its name is empty unless nobody owns it: such a pod is like no other. */
  readonly prototype: Pod;
  /** A DaemonSet's pod whose affinity names its node: the prototype leaves that out. */
  readonly isPinned: boolean;
  /** Amounts that cannot be counted with, and are left out. */
  readonly problems: readonly string[];
  /** The same text for equal prototypes, pinned or not. */
  readonly key: string;
}

/** What a shape is made of beside the parts. */
export interface ShapeInput {
  readonly name: string;
  readonly parts: PodParts;
  /** The containers as they ask, to hold their statuses against. */
  readonly asking: Partial<Pick<PodSpec, "containers" | "initContainers">>;
  readonly status: PodStatus | undefined;
  readonly isPinned: boolean;
}

/** @param pod as an API server stores it; every field that is there has its right type */
export function shapeOf(pod: Pod, interner: Interner): PodShape {
  const { metadata, spec, status } = pod;
  const isPinned = controllerOf(pod)?.kind === "DaemonSet" && isPinnedToNode(spec);
  const affinity = isPinned ? withoutPin(spec.affinity) : spec.affinity;
  const parts = partsOf({ ...pod, spec: { ...spec, affinity } as PodSpec }, interner);
  return shapeFrom({ name: metadata.name, parts, asking: spec, status, isPinned }, interner);
}

export function shapeFrom({ name, parts, isPinned, ...rest }: ShapeInput, interner: Interner): PodShape {
  const owners = parts.ownerReferences?.value as readonly OwnerReference[] | undefined;
  const isAlone = owners === undefined || owners[0]?.kind === "Node";
  const generateName = isAlone ? undefined : (parts.generateName?.value as string | undefined);
  const labels = parts.labels?.value as Pod["metadata"]["labels"] | undefined;
  const prototype: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: isAlone ? name : "",
      ...(generateName && { generateName }),
      namespace: (parts.namespace?.value as string | undefined) ?? "default",
      uid: "",
      resourceVersion: "",
      creationTimestamp: "",
      ...(labels && { labels }),
      ...(owners && { ownerReferences: owners }),
    },
    spec: specOf(parts),
    status: statusOf(rest, interner),
  };
  const problems = SPEC_PARTS.flatMap((part) => parts[part]?.problems ?? NO_PROBLEMS);
  const numbers = numbersOf(prototype, parts, interner);
  const key = `${isPinned ? "pinned " : ""}${numbers.join(",")}`;
  return { prototype, isPinned, problems, key };
}

/** Numbers that are the same for the same prototype: mostly those of the parts, as defaults are rare. */
function numbersOf({ metadata, spec, status }: Pod, parts: PodParts, interner: Interner): number[] {
  const numberOf = (name: PartName, value: unknown) => {
    const part = parts[name];
    if (part !== undefined && part.value === value) return part.number;
    return value === undefined ? 0 : interner.numberOf(value);
  };
  const numbers = [interner.numberOf(metadata.name), interner.numberOf(status)];
  for (const name of METADATA_PARTS) numbers.push(numberOf(name, metadata[name]));
  const fields = spec as PodSpec & { readonly resourceClaims?: unknown };
  for (const name of SPEC_PARTS) numbers.push(numberOf(name, fields[name]));
  return numbers;
}

const NO_PROBLEMS: readonly string[] = [];

function specOf(parts: PodParts): PodSpec {
  const spec: Record<string, unknown> = {};
  for (const name of KEPT_SPEC_FIELDS) {
    const value = parts[name]?.value;
    if (value !== undefined) spec[name] = value;
  }
  spec.restartPolicy ??= "Always";
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ??= "default-scheduler";
  spec.containers = parts.containers?.value ?? NO_CONTAINERS;
  const { initContainers, volumes, affinity, overhead, resources } = parts;
  if ((initContainers?.value as readonly Container[] | undefined)?.length)
    spec.initContainers = initContainers?.value;
  if (volumes?.value) spec.volumes = volumes.value;
  if (affinity?.value) spec.affinity = affinity.value;
  if (overhead?.value) spec.overhead = overhead.value;
  if (resources?.value) spec.resources = resources.value;
  return spec as unknown as PodSpec;
}

const NO_CONTAINERS: readonly Container[] = Object.freeze([]);

/** Whether a DaemonSet's controller made the pod for its node: every required term names that. */
function isPinnedToNode({ affinity, nodeName }: PodSpec): boolean {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (!nodeName || !terms?.length) return false;
  return terms.every((term) => deepEqual(term.matchFields, fieldsOfPin(nodeName)));
}

function fieldsOfPin(nodeName: string): NonNullable<NodeSelectorTerm["matchFields"]> {
  return [{ key: "metadata.name", operator: "In", values: [nodeName] }];
}

function withoutPin(affinity: Affinity | undefined): Affinity | undefined {
  const { nodeAffinity, ...others } = affinity ?? {};
  const { requiredDuringSchedulingIgnoredDuringExecution: required, ...preferred } = nodeAffinity ?? {};
  const terms = (required?.nodeSelectorTerms ?? [])
    .map(({ matchFields: _pin, ...term }) => term)
    .filter((term) => Object.keys(term).length > 0);
  const rest = {
    ...preferred,
    ...(terms.length > 0 && {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
    }),
  };
  const kept = { ...others, ...(Object.keys(rest).length > 0 && { nodeAffinity: rest }) };
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/** The affinity of a pinned pod as it stands in the cluster. */
export function withPin(affinity: Affinity | undefined, nodeName: string): Affinity {
  const { nodeAffinity } = affinity ?? {};
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [{}];
  const pinned = terms.map((term) => ({ ...term, matchFields: fieldsOfPin(nodeName) }));
  return {
    ...affinity,
    nodeAffinity: {
      ...nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: pinned },
    },
  };
}

/** Only what is not as the spec says: containers that are being resized in place count by what they have (KEP-1287). */
function statusOf({ asking, status }: Pick<ShapeInput, "asking" | "status">, interner: Interner): PodStatus {
  const resized = (statuses: readonly ContainerStatus[] | undefined, containers?: readonly Container[]) =>
    statuses?.some((one) => isResized(one, containers)) ? statuses.map((one) => grantedTo(one)) : undefined;
  const containerStatuses = resized(status?.containerStatuses, asking.containers);
  const initContainerStatuses = resized(status?.initContainerStatuses, asking.initContainers);
  if (containerStatuses === undefined && initContainerStatuses === undefined) return PENDING;
  const pending = findCondition(status?.conditions, "PodResizePending");
  return interner.intern({
    phase: "Pending",
    ...(containerStatuses && { containerStatuses }),
    ...(initContainerStatuses && { initContainerStatuses }),
    ...(pending && {
      conditions: [{ type: pending.type, status: pending.status, reason: pending.reason ?? "" }],
    }),
  });
}

const PENDING: PodStatus = Object.freeze({ phase: "Pending" });

function isResized(
  { name, resources, allocatedResources }: ContainerStatus,
  containers?: readonly Container[],
) {
  if (resources === undefined) return false;
  const asked = containers?.find((container) => container.name === name)?.resources?.requests;
  return (
    !deepEqual(resources.requests, asked) ||
    (allocatedResources !== undefined && !deepEqual(allocatedResources, asked))
  );
}

function grantedTo({ name, resources, allocatedResources }: ContainerStatus): ContainerStatus {
  return {
    name,
    state: {},
    lastState: {},
    ready: false,
    restartCount: 0,
    image: "",
    imageID: "",
    ...(resources?.requests && { resources: { requests: resources.requests } }),
    ...(allocatedResources && { allocatedResources }),
  };
}
