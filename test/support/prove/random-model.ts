import { RandomStream } from "../../../src/base/random.ts";
import type { Model } from "../../../src/prove/model/model.ts";
import { modelOf } from "../../../src/prove/model-of.ts";
import { RandomCluster } from "./random-cluster.ts";

/** The model of the random cluster that the seed makes, of up to 8 nodes. */
export function randomModel(seed: number): Model {
  return modelOf(new RandomCluster(new RandomStream(seed, "clusters")).objects);
}

/** The nodes of a subset, whose bits say which. */
export function nodesOf(subset: number): readonly number[] {
  return Array.from({ length: 8 }, (_, node) => node).filter((node) => ((subset >> node) & 1) === 1);
}
