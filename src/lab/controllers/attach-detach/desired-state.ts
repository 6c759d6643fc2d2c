/**
 * Which volumes which nodes should have: those of their pods that are not done with them. A pod counts until its object is
 * gone, or its status says that it has ended or that nothing of it runs any more; what has become of its node does not matter.
 */
import type { PersistentVolume, Pod } from "../../../kube/types/index.ts";

/** An attachable volume by its unique name. */
export interface NamedVolume {
  readonly name: string;
  readonly volume: PersistentVolume;
}

/** A volume that a node should have. */
export interface WantedVolume extends NamedVolume {
  readonly nodeName: string;
  readonly pods: ReadonlyMap<string, Pod>;
  /** Whether its pods have been told that another node has it. */
  isConflictTold: boolean;
}

export class DesiredState {
  readonly #byNode = new Map<string, Map<string, WantedVolume & { readonly pods: Map<string, Pod> }>>();
  readonly #places = new Map<string, { readonly nodeName: string; readonly names: Set<string> }>();

  /** From now on the node's volumes are looked after. */
  addNode(nodeName: string): void {
    if (!this.#byNode.has(nodeName)) this.#byNode.set(nodeName, new Map());
  }

  /** The node is gone; what its pods want still is not, as long as their objects are there. */
  removeNode(nodeName: string): void {
    if (this.#byNode.get(nodeName)?.size === 0) this.#byNode.delete(nodeName);
  }

  manages(nodeName: string): boolean {
    return this.#byNode.has(nodeName);
  }

  /** The pod wants these volumes on its node. Those that it wanted before it goes on wanting: claims may be gone already. */
  addPod(pod: Pod, volumes: readonly NamedVolume[]): boolean {
    const { nodeName } = pod.spec;
    const wanted = nodeName === undefined ? undefined : this.#byNode.get(nodeName);
    if (nodeName === undefined || wanted === undefined) return false;
    let hasChanged = false;
    for (const { name, volume } of volumes) {
      const entry = wanted.get(name) ?? { name, volume, nodeName, pods: new Map(), isConflictTold: false };
      wanted.set(name, entry);
      if (entry.pods.has(pod.metadata.uid)) continue;
      entry.pods.set(pod.metadata.uid, pod);
      const place = this.#places.get(pod.metadata.uid) ?? { nodeName, names: new Set() };
      this.#places.set(pod.metadata.uid, place);
      place.names.add(name);
      hasChanged = true;
    }
    return hasChanged;
  }

  /** The pod wants nothing any more. */
  removePod(uid: string): boolean {
    const place = this.#places.get(uid);
    if (place === undefined) return false;
    this.#places.delete(uid);
    const wanted = this.#byNode.get(place.nodeName);
    for (const name of place.names) {
      const entry = wanted?.get(name);
      entry?.pods.delete(uid);
      if (entry?.pods.size === 0) wanted?.delete(name);
    }
    return true;
  }

  has(name: string, nodeName: string): boolean {
    return this.#byNode.get(nodeName)?.has(name) ?? false;
  }

  /** Everything wanted, by node in the order in which they came. */
  all(): readonly WantedVolume[] {
    return [...this.#byNode.values()].flatMap((wanted) => [...wanted.values()]);
  }

  /** The pods that want the volume on those nodes. */
  podsOn(nodeNames: readonly string[], name: string): readonly Pod[] {
    return nodeNames.flatMap((nodeName) => [...(this.#byNode.get(nodeName)?.get(name)?.pods.values() ?? [])]);
  }
}
