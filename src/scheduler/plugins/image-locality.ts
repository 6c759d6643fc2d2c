import type { Pod } from "../../kube/types/index.ts";
import type { ImageState } from "../image-states.ts";
import { MAX_NODE_SCORE, type NodeScorer, type ScorePlugin } from "../plugin.ts";

const MB = 1024 * 1024;
/** Below this an image is not worth a detour. */
export const SIZE_MIN_BYTES = 23 * MB;
/** Per container; larger images do not count for more. */
const SIZE_MAX_BYTES = 1000 * MB;

const NO_IMAGES: NodeScorer = Object.freeze({ score: () => 0 });

/** Prefers nodes that have the pod's images already: by size, and less the fewer nodes share that luck. */
export const imageLocality: ScorePlugin = {
  name: "ImageLocality",
  looksAt: "cluster",
  weight: 1,
  preScore({ pod }, snapshot) {
    if (!snapshot.hasImages) return NO_IMAGES;
    const images = imagesOf(pod);
    const sizeMaxBytes = SIZE_MAX_BYTES * images.length;
    const nodeCount = snapshot.nodes.length;
    return {
      score: (node) => {
        if (node.images.size === 0) return 0;
        let sumBytes = 0;
        for (const image of images) {
          const state = node.images.get(image);
          if (state !== undefined) sumBytes += spreadSize(state, nodeCount);
        }
        const counted = Math.min(Math.max(sumBytes, SIZE_MIN_BYTES), sizeMaxBytes);
        return Math.floor((MAX_NODE_SCORE * (counted - SIZE_MIN_BYTES)) / (sizeMaxBytes - SIZE_MIN_BYTES));
      },
    };
  },
};

/** An image that lies on few nodes counts for less, so that they do not draw every pod that uses it. */
export function spreadSize({ sizeBytes, nodeNames }: ImageState, nodeCount: number): number {
  return Math.trunc(sizeBytes * (nodeNames.size / nodeCount));
}

function imagesOf({ spec }: Pod): readonly string[] {
  return [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => withTag(image));
}

/** Container runtimes report names with a tag, always. */
export function withTag(image: string): string {
  return image.lastIndexOf(":") <= image.lastIndexOf("/") ? `${image}:latest` : image;
}
