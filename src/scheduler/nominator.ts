import type { Pod } from "../kube/types/index.ts";
import { type PodInfo, podInfo } from "./pod-info.ts";

/**
 * Pods that have a node promised because others were evicted from it for them. While they wait, pods of no higher priority
 * are scheduled as if they stood there already.
 */
export class Nominator {
  readonly #byNode = new Map<string, Map<string, PodInfo>>();
  readonly #nodeOf = new Map<string, string>();

  /** The pods promised to a node. */
  on(nodeName: string): Iterable<PodInfo> {
    return this.#byNode.get(nodeName)?.values() ?? [];
  }

  get isEmpty(): boolean {
    return this.#nodeOf.size === 0;
  }

  /** Notes the promise to a pod; without `nodeName` the one that its status tells, if any. */
  add(pod: Pod, nodeName: string | undefined = pod.status.nominatedNodeName): void {
    const { uid } = pod.metadata;
    this.delete(uid);
    if (!nodeName) return;
    this.#nodeOf.set(uid, nodeName);
    const pods = this.#byNode.get(nodeName) ?? new Map<string, PodInfo>();
    pods.set(uid, podInfo(pod));
    this.#byNode.set(nodeName, pods);
  }

  /** Follows an update. A promise that neither state of the pod tells of yet is kept: it is only being written. */
  update(before: Pod, after: Pod): void {
    const isUntold = !before.status.nominatedNodeName && !after.status.nominatedNodeName;
    const promised = isUntold ? this.#nodeOf.get(before.metadata.uid) : undefined;
    this.delete(before.metadata.uid);
    this.add(after, promised ?? after.status.nominatedNodeName);
  }

  delete(uid: string): void {
    const nodeName = this.#nodeOf.get(uid);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(uid);
    const pods = this.#byNode.get(nodeName);
    pods?.delete(uid);
    if (pods?.size === 0) this.#byNode.delete(nodeName);
  }
}
