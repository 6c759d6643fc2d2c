import type { Node, Pod } from "../kube/types/index.ts";
import { ClusterObjects } from "./cluster-objects.ts";
import { ImageStates } from "./image-states.ts";
import { NodeInfo } from "./node-info.ts";
import { NodeTree } from "./node-tree.ts";
import { type PodInfo, podInfo } from "./pod-info.ts";

/**
 * The scheduler's picture of the cluster: every node with the pods on it, and the other objects that decide placement.
 * It follows changes one by one and is never rebuilt. An attempt reads it while nothing changes, so it needs no copy.
 *
 * Pods here are those that hold a node: bound, or promised to one (`assume`) while the binding is under way. A pod may come
 * before its node and outlive it.
 */
export class Snapshot {
  readonly objects: ClusterObjects;
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #tree = new NodeTree();
  readonly #images = new ImageStates();
  /** By uid, the pod as it was counted and where. */
  readonly #pods = new Map<string, { readonly info: PodInfo; readonly nodeName: string }>();
  #list: readonly NodeInfo[] | undefined;

  constructor(objects: ClusterObjects = new ClusterObjects()) {
    this.objects = objects;
  }

  /** Every node that exists, one of each zone in turn. */
  get nodes(): readonly NodeInfo[] {
    this.#list ??= this.#tree.order.map((name) => this.#nodes.get(name) as NodeInfo);
    return this.#list;
  }

  node(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name);
    return info?.node === undefined ? undefined : info;
  }

  /** Adds a node or takes over its new state. */
  setNode(node: Node): void {
    const info = this.#infoOf(node.metadata.name);
    const previous = info.node;
    if (previous === undefined || previous.status.images !== node.status.images) {
      if (previous !== undefined) this.#images.remove(previous);
      info.images = this.#images.add(node);
    }
    const order = this.#tree.order;
    this.#tree.set(node);
    if (this.#tree.order !== order) this.#list = undefined;
    info.setNode(node);
  }

  /** Forgets a node. Its pods stay known until they are removed, but no longer count for anything. */
  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info?.node === undefined) return;
    this.#images.remove(info.node);
    info.clearNode();
    this.#tree.delete(name);
    this.#list = undefined;
    this.#dropIfEmpty(info);
  }

  /** Counts a bound pod on its node, in place of what was known of it before, assumed or not. */
  setPod(pod: Pod): void {
    const { nodeName } = pod.spec;
    if (nodeName !== undefined && nodeName !== "") this.assume(pod, nodeName);
  }

  /** Counts a pod on a node that it has been promised to. */
  assume(pod: Pod, nodeName: string): void {
    const { uid } = pod.metadata;
    const known = this.#pods.get(uid);
    if (known?.info.pod === pod && known.nodeName === nodeName) return;
    const info = podInfo(pod);
    if (known?.nodeName === nodeName && countsAlike(known.info, info)) {
      this.#infoOf(nodeName).replacePod(known.info, info);
    } else {
      if (known !== undefined) this.removePod(uid);
      this.#infoOf(nodeName).addPod(info);
    }
    this.#pods.set(uid, { info, nodeName });
  }

  removePod(uid: string): void {
    const known = this.#pods.get(uid);
    if (known === undefined) return;
    this.#pods.delete(uid);
    const node = this.#infoOf(known.nodeName);
    node.removePod(known.info);
    this.#dropIfEmpty(node);
  }

  /** The pod of that uid as it is counted here. */
  pod(uid: string): PodInfo | undefined {
    return this.#pods.get(uid)?.info;
  }

  #infoOf(name: string): NodeInfo {
    let info = this.#nodes.get(name);
    if (info === undefined) {
      info = new NodeInfo(name);
      this.#nodes.set(name, info);
    }
    return info;
  }

  #dropIfEmpty(info: NodeInfo): void {
    if (info.node === undefined && info.pods.length === 0) this.#nodes.delete(info.name);
  }
}

/** Whether a node's sums stay as they are when one takes the place of the other: most changes of pods are of their status. */
function countsAlike(a: PodInfo, b: PodInfo): boolean {
  return (
    a.pod.spec === b.pod.spec &&
    a.requests === b.requests &&
    a.labels === b.labels &&
    a.isTerminating === b.isTerminating
  );
}
