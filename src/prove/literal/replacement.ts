import { controllerReferenceTo } from "../../kube/owners.ts";
import type { PersistentVolumeClaim, Pod } from "../../kube/types/index.ts";
import { claimNameOf } from "../../scheduler/volumes/claims.ts";
import type { Model } from "../model/model.ts";

/** The pod that a controller makes in the place of another: the same in everything but its name. */
export function replacementPod(model: Model, index: number): Pod {
  const { metadata, spec, status } = model.podAt(index);
  const { deletionTimestamp: _gone, ...kept } = metadata;
  const { nodeName: _node, ...unbound } = spec;
  const { startTime: _start, ...fresh } = status;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...kept, name: replacementName(kept.name), uid: `${kept.uid}/next` },
    spec: unbound,
    status: fresh,
  };
}

/** The name of the pod that is made in the place of another; each has one such successor at a time. */
export function replacementName(name: string): string {
  return `${name}-next`;
}

/** The claims that the ephemeral volume controller makes for the pod as soon as it is there. */
export function claimsMadeFor(pod: Pod): readonly PersistentVolumeClaim[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const template = volume.ephemeral?.volumeClaimTemplate;
    if (template?.spec === undefined) return [];
    const { metadata, spec } = template;
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        ...metadata,
        name: claimNameOf(pod, volume),
        namespace: pod.metadata.namespace,
        uid: `${pod.metadata.uid}/${volume.name}`,
        ownerReferences: [controllerReferenceTo(pod)],
      },
      spec,
      status: { phase: "Pending" },
    };
    return [claim as unknown as PersistentVolumeClaim];
  });
}
