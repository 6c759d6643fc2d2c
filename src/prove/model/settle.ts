import { findCondition } from "../../kube/conditions.ts";
import { controllerOf } from "../../kube/owners.ts";
import type { Node } from "../../kube/types/index.ts";
import type { ClassDraft } from "./class-drafts.ts";
import type { Notes } from "./notes.ts";
import { fullName } from "./pod-order.ts";
import { ORPHANED, type PodTable, READY, TERMINATING } from "./pod-table.ts";
import { describeObject, type Unknown } from "./unknown.ts";

export interface Settled {
  /** The places of the pods that count. */
  readonly order: Uint32Array;
  /** Pods on nodes that are not there; `pod` is the place in `order`. */
  readonly orphans: readonly (Unknown & { readonly pod: number })[];
}

export interface SettleInput {
  readonly pods: PodTable;
  readonly drafts: readonly ClassDraft[];
  /** By the number that pods are noted with. */
  readonly nodeNames: readonly string[];
  readonly notes: Notes;
}

/**
 * Puts pods on the nodes that there are, and lets what is going on come to its end: a pod that is being deleted on a node that
 * works is gone by the time a loss has its effect. Changes `pods` in place.
 */
export function settlePods(
  order: Uint32Array,
  { pods, drafts, nodeNames, notes }: SettleInput,
  nodes: readonly Node[],
): Settled {
  const indexes = new Map(nodes.map(({ metadata }, i) => [metadata.name, i]));
  const indexOf = nodeNames.map((name) => indexes.get(name) ?? -1);
  const works = nodes.map(isWorking);
  const kept: number[] = [];
  const orphans: (Unknown & { readonly pod: number })[] = [];
  for (const pod of order) {
    const flags = pods.flags[pod] as number;
    const number = pods.nodeOf[pod] as number;
    const node = number < 0 ? -1 : (indexOf[number] as number);
    pods.nodeOf[pod] = node;
    const { prototype } = drafts[pods.classOf[pod] as number] as ClassDraft;
    const name = () => describeObject("Pod", prototype.metadata.namespace, fullName(pods, drafts, pod));
    if ((flags & TERMINATING) !== 0 && (node < 0 || works[node])) {
      if (controllerOf(prototype)?.kind !== "StatefulSet") {
        notes.add("being deleted; taken to be gone when a loss takes effect", name());
        continue;
      }
      notes.add("being deleted; taken to wait for a node again, as its StatefulSet will have it", name());
      pods.nodeOf[pod] = -1;
      pods.flags[pod] = flags & ~TERMINATING & ~READY;
    } else if (number >= 0 && node < 0) {
      const why = orphaned(nodeNames[number] as string);
      orphans.push({ object: name(), why, pod: kept.length });
      pods.flags[pod] = (flags | ORPHANED) & ~READY;
    }
    kept.push(pod);
  }
  return { order: Uint32Array.from(kept), orphans };
}

/** Whether the node's kubelet does its work; nodes that nobody has said anything about do. */
export function isWorking({ status }: Node): boolean {
  return (findCondition(status.conditions, "Ready")?.status ?? "True") === "True";
}

/** What is said of a pod whose node is not there. */
export function orphaned(nodeName: string): string {
  return `is bound to node ${nodeName}, which is not in the input; it holds nothing anywhere`;
}
