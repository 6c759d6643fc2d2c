/**
 * A cluster with changes, when they are through: what is missing is made, and what is on a node is ready there. A cluster that is compared
 * with its changed self is staged as well, without changes: a workload whose pods are not up would else look as if it had nothing to
 * lose, and any change that brings them up as if it made things worse.
 */
import type { KubeObject, Pod } from "../../kube/types/index.ts";
import type { Manifest } from "../../view/manifests.ts";
import type { AssumedNodes } from "./assumed-nodes.ts";
import { asManifests, withChanges } from "./changes.ts";
import { runningOn } from "./settle.ts";
import { type Stage, stageManifests } from "./stage.ts";

/** What is taken for granted on both sides. */
export const BOTH_SETTLED =
  "with the change and without: pods that are missing or not ready now are made and ready";

export interface ChangedStage extends Stage {
  /** What was staged. */
  readonly manifests: readonly Manifest[];
}

/**
 * @param nodes where the objects bring none
 * @throws {InputError} with file, line and field for a change that an API server would refuse
 */
export function stagedWith(
  changes: readonly Manifest[],
  { objects, nodes }: { readonly objects: readonly KubeObject[]; readonly nodes: AssumedNodes },
): ChangedStage {
  const manifests = withChanges(asManifests(objects.flatMap(settled), "the cluster"), changes);
  return { ...stageManifests(manifests, { nodes, seed: 1 }), manifests };
}

/** A pod that stays on its node as if it were ready there, and none that is on its way out; anything else as it is. */
function settled(object: KubeObject): KubeObject | [] {
  if (object.kind !== "Pod" || object.apiVersion !== "v1") return object;
  const pod = object as Pod;
  if (pod.metadata.deletionTimestamp !== undefined) return [];
  const { nodeName } = pod.spec;
  const isOver = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
  return !nodeName || isOver ? pod : runningOn(pod, nodeName);
}
