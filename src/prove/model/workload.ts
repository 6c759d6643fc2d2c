import type { Deployment, Job, KubeObject, ReplicaSet, StatefulSet } from "../../kube/types/index.ts";
import { groupKindOf } from "./owners.ts";

/** What a person made, and what verdicts are about: the top-most known owner of pods, or a pod that nobody owns. */
export interface Workload {
  readonly index: number;
  readonly apiVersion: string;
  /** "Deployment", "StatefulSet", …; "Pod" for pods without an owner; any kind, where it is not one of Kubernetes' own. */
  readonly kind: string;
  /** Empty for owners that are not in a namespace. */
  readonly namespace: string;
  readonly name: string;
  /** As far as it matters; absent when the input does not hold it, and for pods. */
  readonly object?: KubeObject;
  /** How many pods it wants; absent where that is not a number of its own, or not known. */
  readonly replicas?: number;
  /** A pod that a kubelet runs by itself, of which the API only has a mirror. */
  readonly isStatic: boolean;
}

/** More than any cluster holds: such a number is a mistake. */
const REPLICAS_MAX = 1_000_000;

/** How many pods a workload's object asks for, or what is wrong with the number. */
export function replicasOf(object: KubeObject): { readonly replicas?: number; readonly problem?: string } {
  const wanted = wantedBy(object);
  if (wanted === undefined) return {};
  const { field, value } = wanted;
  if (Number.isInteger(value) && value >= 0 && value <= REPLICAS_MAX) return { replicas: value };
  return { problem: `${field} is ${value}; expected a whole number from 0 to ${REPLICAS_MAX}` };
}

function wantedBy(object: KubeObject): { readonly field: string; readonly value: number } | undefined {
  switch (groupKindOf(object)) {
    case "apps/Deployment":
    case "apps/ReplicaSet":
    case "apps/StatefulSet":
    case "/ReplicationController": {
      const { spec } = object as Deployment | ReplicaSet | StatefulSet;
      return { field: "spec.replicas", value: spec?.replicas ?? 1 };
    }
    case "batch/Job": {
      const { spec, status } = object as Job;
      const left = (spec?.completions ?? Number.POSITIVE_INFINITY) - (status?.succeeded ?? 0);
      const parallelism = spec?.suspend ? 0 : (spec?.parallelism ?? 1);
      return { field: "spec.parallelism", value: Math.min(parallelism, Math.max(0, left)) };
    }
    default:
      return undefined;
  }
}

/** Whether a Job is over: its pods, if any are left, are not wanted any more. */
export function isFinished(object: KubeObject): boolean {
  if (groupKindOf(object) !== "batch/Job") return false;
  const { conditions = [] } = (object as Job).status ?? {};
  return conditions.some(
    ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
  );
}
