/**
 * Binds claims and volumes: static volumes by size, class, modes and selector, the others by asking their provisioner. Both
 * sides name each other, the volume first; whatever comes in between, the next turn finds out and finishes or undoes it.
 *
 * Claims without a volume are looked at again every fifteen seconds, for nothing tells of a new class or volume that would
 * suit them. Volumes are made and deleted by `csi-provisioner`, and given to nodes by `attach-detach`.
 */
import { persistentVolumeClaims, persistentVolumes } from "../../../kube/kinds.ts";
import type { PersistentVolumeClaim } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import { BIND_COMPLETED } from "../../../scheduler/volumes/claims.ts";
import type { ControllerFactory } from "../../context.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { LazyLoop } from "../shared/lazy-loop.ts";
import { watchAll } from "../shared/watch.ts";
import { ClaimTurns } from "./claim-turn.ts";
import { isOutOfStep, takeVolumeTurn } from "./volume-turn.ts";

const NAME = "persistentvolume-controller";

/** Brings claims and volumes together. */
export const persistentVolume: ControllerFactory = (context) => {
  const { api, engine, timing } = context;
  const claimTurns = new ClaimTurns(context);

  const claimQueue = new WorkQueue(engine, {
    name: `${NAME}/claims`,
    reconcile: (key) => {
      const { namespace, name } = splitKey(key);
      const claim = api.get(persistentVolumeClaims, namespace, name);
      if (claim === undefined) return;
      claimTurns.take(claim);
      if (isUnbound(claim)) loop.wake();
    },
  });
  const volumeQueue = new WorkQueue(engine, {
    name: `${NAME}/volumes`,
    reconcile: (name) => {
      const volume = api.get(persistentVolumes, undefined, name);
      if (volume === undefined) return;
      const claim = takeVolumeTurn(context, volume);
      if (claim !== undefined) claimQueue.add(keyOf(claim));
      if (isOutOfStep(context, volume)) loop.wake();
    },
  });
  const loop = new LazyLoop(engine, {
    name: NAME,
    periodMs: timing.claimSyncMs,
    // Turns that still find nothing wake the next pass.
    pass: () => {
      for (const claim of api.list(persistentVolumeClaims))
        if (isUnbound(claim)) claimQueue.add(keyOf(claim));
      for (const volume of api.list(persistentVolumes)) {
        if (isOutOfStep(context, volume)) volumeQueue.add(volume.metadata.name);
      }
    },
  });

  return {
    name: NAME,
    start() {
      loop.start();
      watchAll(api, persistentVolumes, ({ type, object }) => {
        if (type !== "DELETED") volumeQueue.add(object.metadata.name);
        const { claimRef } = object.spec;
        if (type === "DELETED" && claimRef !== undefined)
          claimQueue.add(`${claimRef.namespace}/${claimRef.name}`);
      });
      watchAll(api, persistentVolumeClaims, ({ type, object }) => {
        if (type !== "DELETED") claimQueue.add(keyOf(object));
        else {
          claimTurns.forget(object.metadata.uid);
          if (object.spec.volumeName) volumeQueue.add(object.spec.volumeName);
        }
      });
    },
  };
};

function isUnbound({ metadata }: PersistentVolumeClaim): boolean {
  return metadata.annotations?.[BIND_COMPLETED] === undefined;
}
