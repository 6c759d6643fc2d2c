import type { ContainerImage } from "../../../kube/types/index.ts";
import { imageDigest, imageSizeBytes, qualifiedImage } from "./image-names.ts";

/** The most images that a kubelet names in its node's status: nodeStatusMaxImages. */
const REPORTED_MAX = 50;

/** The images on a machine's disk, by their full names. */
export class ImageStore {
  readonly #images = new Set<string>();

  has(image: string): boolean {
    return this.#images.has(qualifiedImage(image));
  }

  add(image: string): void {
    this.#images.add(qualifiedImage(image));
  }

  /** Forgets images that no container uses: what a kubelet does first when its disk runs full. */
  removeUnused(used: ReadonlySet<string>): void {
    for (const image of this.#images) if (!used.has(image)) this.#images.delete(image);
  }

  /** As the node's status lists them: the largest first. */
  report(): ContainerImage[] {
    return [...this.#images]
      .map((image) => ({ names: [imageDigest(image), image], sizeBytes: imageSizeBytes(image) }))
      .sort((a, b) => b.sizeBytes - a.sizeBytes || ((a.names[1] ?? "") < (b.names[1] ?? "") ? -1 : 1))
      .slice(0, REPORTED_MAX);
  }
}
