import type { ContainerImage, Node } from "../kube/types/index.ts";

/** One image and the nodes that have it. */
export interface ImageState {
  readonly sizeBytes: number;
  readonly nodeNames: Set<string>;
}

/** Which images lie on which nodes, by every name that an image has. */
export class ImageStates {
  readonly #states = new Map<string, ImageState>();

  get isEmpty(): boolean {
    return this.#states.size === 0;
  }

  /** An image by one of its names. */
  get(name: string): ImageState | undefined {
    return this.#states.get(name);
  }

  /** Notes a node's images and gives them back by name. */
  add(node: Node): ReadonlyMap<string, ImageState> {
    const onNode = new Map<string, ImageState>();
    for (const [name, { sizeBytes }] of namesOf(node.status.images)) {
      let state = this.#states.get(name);
      if (state === undefined) {
        state = { sizeBytes: sizeBytes ?? 0, nodeNames: new Set() };
        this.#states.set(name, state);
      }
      state.nodeNames.add(node.metadata.name);
      onNode.set(name, state);
    }
    return onNode;
  }

  remove(node: Node): void {
    for (const [name] of namesOf(node.status.images)) {
      const state = this.#states.get(name);
      state?.nodeNames.delete(node.metadata.name);
      if (state?.nodeNames.size === 0) this.#states.delete(name);
    }
  }
}

function* namesOf(images: readonly ContainerImage[] | undefined): Generator<[string, ContainerImage]> {
  for (const image of images ?? []) for (const name of image.names ?? []) yield [name, image];
}
