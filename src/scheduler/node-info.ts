import { invariant } from "../base/invariant.ts";
import { wholeValue } from "../base/quantity.ts";
import type { CompiledSelector } from "../kube/selectors.ts";
import type { Node, StringMap, Taint } from "../kube/types/index.ts";
import { UsedPorts } from "./host-ports.ts";
import type { ImageState } from "./image-states.ts";
import type { PodInfo } from "./pod-info.ts";
import { NO_RESOURCES, type Resources, resourcesOf } from "./pod-resources.ts";
import { forbidsScheduling } from "./tolerations.ts";

const NO_LABELS: StringMap = Object.freeze({});
const NO_TAINTS: readonly Taint[] = Object.freeze([]);
const NO_PODS: readonly PodInfo[] = Object.freeze([]);
const NO_IMAGES: ReadonlyMap<string, ImageState> = new Map();

/** The pods of one namespace on a node. */
interface Neighbours {
  readonly pods: PodInfo[];
  /** By a selector's text, how many of them it selects; only as long as they stay the same. */
  readonly counts: Map<string, number>;
}

/**
 * A node with the pods that stand on it or are promised to it, and their sums kept up to date: adding or removing a pod
 * costs the pod, not the node.
 */
export class NodeInfo {
  readonly name: string;
  /** Its place in the snapshot's list of nodes; meaningless while it is not in there. */
  position = -1;
  /** Absent while pods of a node are known that is not: it was deleted, or it is still to come. */
  node: Node | undefined;
  labels: StringMap = NO_LABELS;
  /** Taints with which the node takes no new pods that do not tolerate them. */
  hardTaints: readonly Taint[] = NO_TAINTS;
  /** Taints of effect PreferNoSchedule. */
  softTaints: readonly Taint[] = NO_TAINTS;
  allocatable: Resources = NO_RESOURCES;
  podsMax = 0;
  images: ReadonlyMap<string, ImageState> = NO_IMAGES;

  requestedMilliCpu = 0;
  requestedMemoryBytes = 0;
  requestedEphemeralStorageBytes = 0;
  readonly requestedScalars = new Map<string, number>();
  nonZeroMilliCpu = 0;
  nonZeroMemoryBytes = 0;
  usedPorts: UsedPorts | undefined;

  readonly #pods: PodInfo[] = [];
  readonly #neighbours = new Map<string, Neighbours>();
  readonly #podsWithAffinity: PodInfo[] = [];
  /** "namespace/name" of claims, with how many of the pods mount them. */
  readonly #claimUses = new Map<string, number>();

  constructor(name: string) {
    this.name = name;
  }

  get pods(): readonly PodInfo[] {
    return this.#pods;
  }

  get podsWithAffinity(): readonly PodInfo[] {
    return this.#podsWithAffinity;
  }

  podsIn(namespace: string): readonly PodInfo[] {
    return this.#neighbours.get(namespace)?.pods ?? NO_PODS;
  }

  /** How many pods of the namespace are selected, without those on their way out. Counted once until pods here change. */
  countSelected(selector: CompiledSelector, namespace: string): number {
    const neighbours = this.#neighbours.get(namespace);
    if (neighbours === undefined) return 0;
    const text = selector.toString();
    let count = neighbours.counts.get(text);
    if (count === undefined) {
      count = 0;
      for (const pod of neighbours.pods) if (!pod.isTerminating && selector.matches(pod.labels)) count++;
      neighbours.counts.set(text, count);
    }
    return count;
  }

  usesClaim(key: string): boolean {
    return this.#claimUses.has(key);
  }

  /** Takes over what the node says of itself. What did not change, by identity, is not read again. */
  setNode(node: Node): void {
    const previous = this.node;
    this.node = node;
    this.labels = node.metadata.labels ?? NO_LABELS;
    if (previous === undefined || previous.spec.taints !== node.spec.taints) {
      const taints = node.spec.taints ?? NO_TAINTS;
      this.hardTaints = taints.filter(forbidsScheduling);
      this.softTaints = taints.filter(({ effect }) => effect === "PreferNoSchedule");
    }
    const { allocatable } = node.status;
    if (previous === undefined || previous.status.allocatable !== allocatable) {
      this.allocatable = resourcesOf(allocatable);
      this.podsMax = allocatable?.pods === undefined ? 0 : wholeValue(allocatable.pods);
    }
  }

  /** Keeps the pods of a node that is gone, until they are gone too. */
  clearNode(): void {
    this.node = undefined;
  }

  addPod(pod: PodInfo): void {
    this.#pods.push(pod);
    const neighbours = this.#neighbours.get(pod.namespace);
    if (neighbours === undefined) this.#neighbours.set(pod.namespace, { pods: [pod], counts: new Map() });
    else {
      neighbours.pods.push(pod);
      neighbours.counts.clear();
    }
    if (pod.hasAffinity) this.#podsWithAffinity.push(pod);
    this.#count(pod, 1);
    if (pod.hostPorts.length > 0) {
      this.usedPorts ??= new UsedPorts();
      this.usedPorts.add(pod.hostPorts);
    }
    for (const name of pod.claimNames) {
      const key = `${pod.namespace}/${name}`;
      this.#claimUses.set(key, (this.#claimUses.get(key) ?? 0) + 1);
    }
  }

  removePod(pod: PodInfo): void {
    const known = take(this.#pods, pod);
    invariant(known, `Pod ${pod.key} is not among the pods of node ${this.name}`);
    const neighbours = this.#neighbours.get(known.namespace);
    if (neighbours !== undefined) {
      take(neighbours.pods, known);
      neighbours.counts.clear();
      if (neighbours.pods.length === 0) this.#neighbours.delete(known.namespace);
    }
    if (known.hasAffinity) take(this.#podsWithAffinity, known);
    this.#count(known, -1);
    this.usedPorts?.remove(known.hostPorts);
    for (const name of known.claimNames) {
      const key = `${known.namespace}/${name}`;
      const uses = (this.#claimUses.get(key) ?? 0) - 1;
      if (uses > 0) this.#claimUses.set(key, uses);
      else this.#claimUses.delete(key);
    }
  }

  /** Takes over a later state of a pod that counts just as the one before it. */
  replacePod(before: PodInfo, after: PodInfo): void {
    replace(this.#pods, before, after);
    const neighbours = this.#neighbours.get(before.namespace);
    if (neighbours !== undefined) replace(neighbours.pods, before, after);
    if (before.hasAffinity) replace(this.#podsWithAffinity, before, after);
  }

  /** A copy whose pods can be changed without changing this one. */
  fork(): NodeInfo {
    const copy = new NodeInfo(this.name);
    copy.position = this.position;
    copy.node = this.node;
    copy.labels = this.labels;
    copy.hardTaints = this.hardTaints;
    copy.softTaints = this.softTaints;
    copy.allocatable = this.allocatable;
    copy.podsMax = this.podsMax;
    copy.images = this.images;
    copy.requestedMilliCpu = this.requestedMilliCpu;
    copy.requestedMemoryBytes = this.requestedMemoryBytes;
    copy.requestedEphemeralStorageBytes = this.requestedEphemeralStorageBytes;
    for (const [name, amount] of this.requestedScalars) copy.requestedScalars.set(name, amount);
    copy.nonZeroMilliCpu = this.nonZeroMilliCpu;
    copy.nonZeroMemoryBytes = this.nonZeroMemoryBytes;
    copy.usedPorts = this.usedPorts?.fork();
    copy.#pods.push(...this.#pods);
    for (const [namespace, { pods }] of this.#neighbours) {
      copy.#neighbours.set(namespace, { pods: [...pods], counts: new Map() });
    }
    copy.#podsWithAffinity.push(...this.#podsWithAffinity);
    for (const [key, uses] of this.#claimUses) copy.#claimUses.set(key, uses);
    return copy;
  }

  #count({ requests, nonZeroMilliCpu, nonZeroMemoryBytes }: PodInfo, sign: 1 | -1): void {
    this.requestedMilliCpu += sign * requests.milliCpu;
    this.requestedMemoryBytes += sign * requests.memoryBytes;
    this.requestedEphemeralStorageBytes += sign * requests.ephemeralStorageBytes;
    this.nonZeroMilliCpu += sign * nonZeroMilliCpu;
    this.nonZeroMemoryBytes += sign * nonZeroMemoryBytes;
    for (const [name, amount] of requests.scalars) {
      this.requestedScalars.set(name, (this.requestedScalars.get(name) ?? 0) + sign * amount);
    }
  }
}

/** Removes the pod of that uid; the last one takes its place, because order among pods means nothing. */
function take(pods: PodInfo[], { uid }: PodInfo): PodInfo | undefined {
  const index = pods.findIndex((pod) => pod.uid === uid);
  if (index < 0) return undefined;
  const found = pods[index];
  const last = pods.pop() as PodInfo;
  if (index < pods.length) pods[index] = last;
  return found;
}

function replace(pods: PodInfo[], before: PodInfo, after: PodInfo): void {
  const index = pods.indexOf(before);
  invariant(index >= 0, `Pod ${before.key} is not among the pods of its node`);
  pods[index] = after;
}
