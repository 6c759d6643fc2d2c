/**
 * Keeps a claim that is being deleted until no pod uses it any more. A pod counts from the moment when it is bound to a node
 * until its object is gone: the kubelet may have its files open for as long as that.
 */
import { persistentVolumeClaims, pods } from "../../../kube/kinds.ts";
import type { PersistentVolumeClaim, Pod } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import { claimNameOf, isMadeFor } from "../../../scheduler/volumes/claims.ts";
import type { ControllerFactory } from "../../context.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { isPodDone } from "../shared/pod-claims.ts";
import { mayGo, needsProtection, withFinalizer, withoutFinalizer } from "../shared/protection.ts";
import { watchAll } from "../shared/watch.ts";

const NAME = "pvc-protection-controller";

const FINALIZER = "kubernetes.io/pvc-protection";

/** Protects claims that are in use. */
export const pvcProtection: ControllerFactory = ({ api, engine }) => {
  const queue = new WorkQueue(engine, {
    name: NAME,
    reconcile: (key) => {
      const { namespace, name } = splitKey(key);
      const claim = api.get(persistentVolumeClaims, namespace, name);
      if (claim === undefined) return;
      if (needsProtection(claim, FINALIZER))
        api.update(persistentVolumeClaims, withFinalizer(claim, FINALIZER));
      if (!mayGo(claim, FINALIZER)) return;
      const isUsed = api.list(pods, { namespace }).some((pod) => uses(pod, claim));
      if (!isUsed) api.update(persistentVolumeClaims, withoutFinalizer(claim, FINALIZER));
    },
  });
  return {
    name: NAME,
    start() {
      watchAll(api, persistentVolumeClaims, ({ type, object }) => {
        const isOurs = needsProtection(object, FINALIZER) || mayGo(object, FINALIZER);
        if (type !== "DELETED" && isOurs) queue.add(keyOf(object));
      });
      watchAll(api, pods, ({ type, object }) => {
        const canHelp = type === "DELETED" || isPodDone(object) || object.spec.nodeName === undefined;
        if (!canHelp) return;
        for (const volume of object.spec.volumes ?? []) {
          const name = claimNameOf(object, volume);
          const claim =
            name === undefined ? undefined : api.get(persistentVolumeClaims, object.metadata.namespace, name);
          if (claim !== undefined && mayGo(claim, FINALIZER)) queue.add(keyOf(claim));
        }
      });
    },
  };
};

function uses(pod: Pod, claim: PersistentVolumeClaim): boolean {
  if (pod.spec.nodeName === undefined) return false;
  return (pod.spec.volumes ?? []).some((volume) => {
    if (claimNameOf(pod, volume) !== claim.metadata.name) return false;
    // The claim of an ephemeral volume may hold up the very pod that it waits for.
    return volume.ephemeral === undefined || (!isShutDown(pod) && isMadeFor(pod, claim));
  });
}

/** The kubelet is through with it, or somebody has declared it so. */
function isShutDown({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;
}
