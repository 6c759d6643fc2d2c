import { qualifiedImage } from "../../lab/node/host/image-names.ts";
import type { Facts } from "./facts.ts";
import { NO_TIME, type Seconds } from "./seconds.ts";
import type { ImagePull } from "./start-time.ts";

/** A kubelet names no more images than this in its node's status (nodeStatusMaxImages). */
const NAMED_MAX = 50;

/** Which images are on which nodes: those that a node names, and those of the pods that run on it. */
export class Images {
  readonly #facts: Facts;
  readonly #byNode = new Map<number, ReadonlySet<string>>();
  readonly #inFull = new Map<string, string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** What pulling that image takes on that node. */
  pullOn(node: number, { qualified, pull, check }: ImagePull): Seconds {
    if (this.#on(node).has(qualified)) return check;
    const named = this.#facts.model.nodes[node]?.status.images?.length ?? 0;
    // A longer list is cut: the image may be there all the same.
    return named >= NAMED_MAX ? { ...pull, min: NO_TIME.min } : pull;
  }

  #on(node: number): ReadonlySet<string> {
    const known = this.#byNode.get(node);
    if (known !== undefined) return known;
    const { model, classes } = this.#facts;
    const images = new Set<string>();
    for (const { names = [] } of model.nodes[node]?.status.images ?? [])
      for (const name of names) images.add(this.#name(name));
    for (const pod of model.podsOn(node)) {
      for (const { qualified } of classes[model.classOf[pod] as number]?.start.images ?? [])
        images.add(qualified);
    }
    this.#byNode.set(node, images);
    return images;
  }

  /** The image's name in full: many nodes have the same. */
  #name(image: string): string {
    let name = this.#inFull.get(image);
    if (name === undefined) {
      name = qualifiedImage(image);
      this.#inFull.set(image, name);
    }
    return name;
  }
}
