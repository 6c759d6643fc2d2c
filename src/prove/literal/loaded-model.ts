import { Snapshot } from "../../scheduler/snapshot.ts";
import type { Model } from "../model/model.ts";

/** The model as the scheduler's own snapshot, and the way back. */
export interface LoadedModel {
  readonly snapshot: Snapshot;
  readonly nodeIndex: ReadonlyMap<string, number>;
  /** By uid of a pod that stands in the snapshot. */
  readonly podIndex: ReadonlyMap<string, number>;
}

export function loadModel(model: Model): LoadedModel {
  const snapshot = new Snapshot(model.objects);
  for (const node of model.nodes) snapshot.setNode(node);
  const podIndex = new Map<string, number>();
  for (let i = 0; i < model.podCount; i++) {
    if ((model.nodeOf[i] as number) < 0) continue;
    const pod = model.podAt(i);
    snapshot.setPod(pod);
    podIndex.set(pod.metadata.uid, i);
  }
  return { snapshot, nodeIndex: new Map(model.nodes.map(({ metadata }, i) => [metadata.name, i])), podIndex };
}
