/** Keeps a volume that is being deleted until no claim is bound to it any more. */
import { persistentVolumes } from "../../../kube/kinds.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory } from "../../context.ts";
import { mayGo, needsProtection, withFinalizer, withoutFinalizer } from "../shared/protection.ts";
import { watchAll } from "../shared/watch.ts";

const NAME = "pv-protection-controller";

const FINALIZER = "kubernetes.io/pv-protection";

/** Protects volumes that are bound. */
export const pvProtection: ControllerFactory = ({ api, engine }) => {
  const queue = new WorkQueue(engine, {
    name: NAME,
    reconcile: (name) => {
      const volume = api.get(persistentVolumes, undefined, name);
      if (volume === undefined) return;
      if (needsProtection(volume, FINALIZER)) api.update(persistentVolumes, withFinalizer(volume, FINALIZER));
      else if (mayGo(volume, FINALIZER) && volume.status.phase !== "Bound") {
        api.update(persistentVolumes, withoutFinalizer(volume, FINALIZER));
      }
    },
  });
  return {
    name: NAME,
    start() {
      watchAll(api, persistentVolumes, ({ type, object }) => {
        const isOurs = needsProtection(object, FINALIZER) || mayGo(object, FINALIZER);
        if (type !== "DELETED" && isOurs) queue.add(object.metadata.name);
      });
    },
  };
};
