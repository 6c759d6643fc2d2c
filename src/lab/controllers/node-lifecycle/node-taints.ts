/** Which taints a node's state calls for, and node objects with other taints. Decides; does not write. */
import {
  hasTaint,
  isSameTaint,
  TAINT_DISK_PRESSURE,
  TAINT_MEMORY_PRESSURE,
  TAINT_NETWORK_UNAVAILABLE,
  TAINT_NOT_READY,
  TAINT_PID_PRESSURE,
  TAINT_UNREACHABLE,
  TAINT_UNSCHEDULABLE,
} from "../../../kube/taints.ts";
import type { Condition, Node, StringMap, Taint } from "../../../kube/types/index.ts";

export const NOT_READY: Taint = { key: TAINT_NOT_READY, effect: "NoExecute" };
export const UNREACHABLE: Taint = { key: TAINT_UNREACHABLE, effect: "NoExecute" };

/** Keys of NoSchedule taints by condition and its status. */
const CONDITION_TAINTS: Readonly<Record<string, Partial<Record<Condition["status"], string>>>> = {
  Ready: { False: TAINT_NOT_READY, Unknown: TAINT_UNREACHABLE },
  MemoryPressure: { True: TAINT_MEMORY_PRESSURE },
  DiskPressure: { True: TAINT_DISK_PRESSURE },
  NetworkUnavailable: { True: TAINT_NETWORK_UNAVAILABLE },
  PIDPressure: { True: TAINT_PID_PRESSURE },
};

const OWN_NO_SCHEDULE_KEYS: ReadonlySet<string> = new Set([
  TAINT_UNSCHEDULABLE,
  ...Object.values(CONDITION_TAINTS).flatMap((byStatus) => Object.values(byStatus)),
]);

/** Labels that mirror another: the beta names of what has a stable name. */
const MIRRORED_LABELS = [
  ["kubernetes.io/os", "beta.kubernetes.io/os"],
  ["kubernetes.io/arch", "beta.kubernetes.io/arch"],
] as const;

export interface TaintChange {
  readonly add: readonly Taint[];
  readonly remove: readonly Taint[];
}

/** The NoSchedule taints that the node lacks, given its conditions and whether it is cordoned, and those it should not have. */
export function noScheduleChange(node: Node): TaintChange {
  const wanted: Taint[] = [];
  for (const { type, status } of node.status.conditions ?? []) {
    const key = CONDITION_TAINTS[type]?.[status];
    if (key !== undefined) wanted.push({ key, effect: "NoSchedule" });
  }
  if (node.spec.unschedulable === true) wanted.push({ key: TAINT_UNSCHEDULABLE, effect: "NoSchedule" });
  const present = (node.spec.taints ?? []).filter(
    ({ key, effect }) => effect === "NoSchedule" && OWN_NO_SCHEDULE_KEYS.has(key),
  );
  return {
    add: wanted.filter((taint) => !hasTaint(present, taint)),
    remove: present.filter((taint) => !hasTaint(wanted, taint)),
  };
}

/** The NoExecute taint for that status of Ready and the one that must not stand beside it; none for a ready node. */
export function noExecuteTaintFor(
  ready: Condition["status"],
): { readonly wanted: Taint; readonly opposite: Taint } | undefined {
  if (ready === "False") return { wanted: NOT_READY, opposite: UNREACHABLE };
  if (ready === "Unknown") return { wanted: UNREACHABLE, opposite: NOT_READY };
  return undefined;
}

/** The node with the taints: in the place of the one it has already, or at the end. */
export function withTaints(node: Node, added: readonly Taint[]): Node {
  let taints: readonly Taint[] = node.spec.taints ?? [];
  for (const taint of added) {
    taints = hasTaint(taints, taint)
      ? taints.map((other) => (isSameTaint(other, taint) ? taint : other))
      : [...taints, taint];
  }
  return { ...node, spec: { ...node.spec, taints } };
}

/** The node without the taints. */
export function withoutTaints(node: Node, removed: readonly Taint[]): Node {
  const { taints = [], ...spec } = node.spec;
  const left = taints.filter((taint) => !hasTaint(removed, taint));
  return { ...node, spec: left.length === 0 ? spec : { ...spec, taints: left } };
}

/** The labels that the node lacks or has with another value than the label they mirror. */
export function mirroredLabels(node: Node): StringMap | undefined {
  const labels = node.metadata.labels ?? {};
  const updates: Record<string, string> = {};
  for (const [stable, beta] of MIRRORED_LABELS) {
    const value = labels[stable];
    if (value !== undefined && labels[beta] !== value) updates[beta] = value;
  }
  return Object.keys(updates).length === 0 ? undefined : updates;
}
