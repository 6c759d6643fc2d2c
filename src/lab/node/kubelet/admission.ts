import { wholeValue } from "../../../base/quantity.ts";
import { matchingTolerations } from "../../../kube/taints.ts";
import type { Node, Pod } from "../../../kube/types/index.ts";
import { hostPortsOf, UsedPorts } from "../../../scheduler/host-ports.ts";
import { podRequests, resourcesOf } from "../../../scheduler/pod-resources.ts";
import { matchesRequiredAffinity } from "../../../scheduler/required-node-affinity.ts";

/** Why a kubelet does not take a pod that was bound to its node. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** A pod, and the node that is to take it. */
export interface AdmissionInput {
  readonly pod: Pod;
  readonly node: Node;
  /** The pods that the node has taken and that are not over. */
  readonly others: readonly Pod[];
  readonly diskPressure: boolean;
}

/** systemCriticalPriority: pods that stay whatever happens to the node. */
export const CRITICAL_PRIORITY = 2_000_000_000;

/** Looks once more whether the pod may run here: the scheduler may have been wrong, or not have been asked. */
export function rejectionOf(input: AdmissionInput): Rejection | undefined {
  const { pod, node, diskPressure } = input;
  if (diskPressure && (pod.spec.priority ?? 0) < CRITICAL_PRIORITY) {
    return { reason: "Evicted", message: "The node had condition: [DiskPressure]. " };
  }
  const shortage = shortageOf(input);
  if (shortage !== undefined) return shortage;
  if (!matchesRequiredAffinity(pod.spec, node)) {
    return failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
  }
  const used = new UsedPorts();
  for (const other of input.others) used.add(hostPortsOf(other.spec));
  if (used.conflictsWith(hostPortsOf(pod.spec))) {
    return failed("NodePorts", "node(s) didn't have free ports for the requested pod ports");
  }
  const taints = (node.spec.taints ?? []).filter(({ effect }) => effect === "NoExecute");
  if (matchingTolerations(taints, pod.spec.tolerations) === undefined) {
    return failed("TaintToleration", "node(s) had taints that the pod didn't tolerate");
  }
  return undefined;
}

function shortageOf({ pod, node, others }: AdmissionInput): Rejection | undefined {
  const { allocatable = {} } = node.status;
  const podsMax = wholeValue(allocatable.pods ?? "0");
  if (others.length + 1 > podsMax) return short("OutOfpods", "pods", 1, others.length, podsMax);
  const has = resourcesOf(allocatable);
  const asked = podRequests(pod).requests;
  const used = others.map((other) => podRequests(other).requests);
  const rows = [
    ["OutOfcpu", "cpu", "milliCpu"],
    ["OutOfmemory", "memory", "memoryBytes"],
    ["OutOfephemeral-storage", "ephemeral-storage", "ephemeralStorageBytes"],
  ] as const;
  for (const [reason, name, field] of rows) {
    const sum = used.reduce((total, each) => total + each[field], 0);
    if (asked[field] > 0 && asked[field] > has[field] - sum) {
      return short(reason, name, asked[field], sum, has[field]);
    }
  }
  for (const [name, amount] of asked.scalars) {
    const capacity = has.scalars.get(name);
    // A resource that the node has never heard of is none of its business.
    if (capacity === undefined) continue;
    const sum = used.reduce((total, each) => total + (each.scalars.get(name) ?? 0), 0);
    if (amount > capacity - sum) return short(`OutOf${name}`, name, amount, sum, capacity);
  }
  return undefined;
}

function short(reason: string, name: string, asked: number, used: number, capacity: number): Rejection {
  const message = `Node didn't have enough resource: ${name}, requested: ${asked}, used: ${used}, capacity: ${capacity}`;
  return { reason, message };
}

function failed(predicate: string, why: string): Rejection {
  return { reason: predicate, message: `Predicate ${predicate} failed: ${why}` };
}
