import type { Node, Pod } from "../kube/types/index.ts";
import { ClusterObjects } from "./cluster-objects.ts";
import { ImageStates } from "./image-states.ts";
import { Keeper } from "./kept/keeper.ts";
import type { KeptAnswers } from "./kept/kept-answers.ts";
import { NodeInfo } from "./node-info.ts";
import { NodeTree } from "./node-tree.ts";
import { type PodInfo, podInfo } from "./pod-info.ts";
import { TermIndex } from "./term-index.ts";

/**
 * The scheduler's picture of the cluster: every node with the pods on it, and the other objects that decide placement.
 * It follows changes one by one and is never rebuilt. An attempt reads it while nothing changes, so it needs no copy.
 *
 * Pods here are those that hold a node: bound, or promised to one (`assume`) while the binding is under way. A pod may come
 * before its node and outlive it.
 */
export class Snapshot {
  readonly objects: ClusterObjects;
  /** What the pods on nodes say about the company that they want. */
  readonly terms = new TermIndex();
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #tree = new NodeTree();
  readonly #images = new ImageStates();
  /** By uid, the pod as it was counted and where. */
  readonly #pods = new Map<string, { readonly info: PodInfo; readonly nodeName: string }>();
  #list: readonly NodeInfo[] | undefined;
  readonly #keeper = new Keeper();

  constructor(objects: ClusterObjects = new ClusterObjects()) {
    this.objects = objects;
  }

  /** Every node that exists, one of each zone in turn. */
  get nodes(): readonly NodeInfo[] {
    this.#list ??= this.#listNodes();
    return this.#list;
  }

  /** What has been worked out about pods like this one and still holds. */
  keptFor(pod: PodInfo): KeptAnswers {
    // What is kept goes by the nodes' places in the list.
    this.#list ??= this.#listNodes();
    return this.#keeper.answersFor(pod);
  }

  /** Whether some node has an image. */
  get hasImages(): boolean {
    return !this.#images.isEmpty;
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
    if (this.#tree.set(node)) this.#list = undefined;
    const isMoved = previous !== undefined && previous.metadata.labels !== node.metadata.labels;
    if (isMoved) this.#countTerms(info, -1);
    info.setNode(node);
    if (isMoved || previous === undefined) this.#countTerms(info, 1);
    if (previous !== undefined) this.#noteNode(info, previous);
  }

  /** Forgets a node. Its pods stay known until they are removed, but no longer count for anything. */
  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info?.node === undefined) return;
    this.#images.remove(info.node);
    this.#countTerms(info, -1);
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
      const node = this.#infoOf(nodeName);
      node.addPod(info);
      this.#notePod(node, info, 1);
    }
    this.#pods.set(uid, { info, nodeName });
  }

  removePod(uid: string): void {
    const known = this.#pods.get(uid);
    if (known === undefined) return;
    this.#pods.delete(uid);
    const node = this.#infoOf(known.nodeName);
    node.removePod(known.info);
    this.#notePod(node, known.info, -1);
    this.#dropIfEmpty(node);
  }

  /** The pod of that uid as it is counted here. */
  pod(uid: string): PodInfo | undefined {
    return this.#pods.get(uid)?.info;
  }

  #listNodes(): readonly NodeInfo[] {
    const list = this.#tree.order.map((name) => this.#nodes.get(name) as NodeInfo);
    for (let i = 0; i < list.length; i++) (list[i] as NodeInfo).position = i;
    this.#keeper.begin(list.length);
    return list;
  }

  #notePod(node: NodeInfo, pod: PodInfo, by: 1 | -1): void {
    if (node.node === undefined) return;
    if (pod.hasAffinity) this.terms.change(pod.affinity, node.labels, by);
    this.#keeper.note({ kind: "pod", node, pod, by });
  }

  /** The terms of all pods on a node come with it, or go. */
  #countTerms({ podsWithAffinity, labels }: NodeInfo, by: 1 | -1): void {
    for (const { affinity } of podsWithAffinity) this.terms.change(affinity, labels, by);
  }

  /** Objects are shared as far as they did not change: most updates of nodes are of conditions, which placement does not read. */
  #noteNode(info: NodeInfo, { metadata, spec, status }: Node): void {
    const { node } = info;
    const isRelabelled = metadata.labels !== node?.metadata.labels;
    const isRetainted = spec.taints !== node?.spec.taints;
    const isOther = spec !== node?.spec || status.allocatable !== node.status.allocatable;
    if (isRelabelled || isRetainted || isOther) {
      this.#keeper.note({ kind: "node", node: info, isRelabelled, isRetainted });
    }
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
