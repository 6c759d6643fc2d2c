/**
 * Namespaces: empties one that is being deleted, and lets it go.
 *
 * Pods go first, the rest when the last of them has stopped (`contents.ts`); what is left, and why, stands in the
 * namespace's conditions (`deletion-conditions.ts`). Nothing is forced: a finalizer that nobody takes off holds it for ever.
 */
import { namespaces } from "../../../kube/kinds.ts";
import { isStatus, StatusError } from "../../../kube/status-error.ts";
import type { Namespace } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";
import type { ControllerFactory } from "../../context.ts";
import { momentMs } from "../shared/moment.ts";
import { watchAll } from "../shared/watch.ts";
import { deleteContents, namespacedKinds } from "./contents.ts";
import { deletionConditions } from "./deletion-conditions.ts";

const NAME = "namespace-controller";

/** The namespace is left alone for so long after its deletion, so that every API server has noticed it. */
const DELETION_GRACE_MS = 5_000;

/** The finalizer that this controller takes off when the namespace is empty. */
const FINALIZER = "kubernetes";

const BACKOFF_MS = [5, 60_000] as const;

/** Empties namespaces that are being deleted, of every kind that `kinds` serves, and lets them go. */
export function namespace(kinds: KindRegistry): ControllerFactory {
  return ({ api, engine }) => {
    const reconcile = (name: string): void => {
      const found = api.get(namespaces, undefined, name);
      const deletedAt = found?.metadata.deletionTimestamp;
      if (found === undefined || deletedAt === undefined) return;
      const leaving = markTerminating(found);
      if ((leaving.spec.finalizers ?? []).length === 0) return;
      const elapsedSeconds = (engine.now() - momentMs(deletedAt)) / 1_000;
      const { remains, estimateSeconds } = deleteContents(api, namespacedKinds(kinds), name, elapsedSeconds);
      const told = tell(leaving, remains);
      const [error] = remains.errors;
      if (error !== undefined) throw new StatusError("InternalError", error);
      if (estimateSeconds > 0) queue.addAfter(name, (Math.floor(estimateSeconds / 2) + 1) * 1_000);
      else finalize(told);
    };

    const markTerminating = (found: Namespace): Namespace => {
      if (found.status.phase === "Terminating") return found;
      return api.updateStatus(namespaces, { ...found, status: { ...found.status, phase: "Terminating" } });
    };

    const tell = (leaving: Namespace, remains: Parameters<typeof deletionConditions>[1]): Namespace => {
      const conditions = deletionConditions(leaving.status.conditions, remains, engine.now());
      if (conditions === leaving.status.conditions) return leaving;
      return api.updateStatus(namespaces, { ...leaving, status: { ...leaving.status, conditions } });
    };

    const finalize = (leaving: Namespace): void => {
      const finalizers = (leaving.spec.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
      try {
        api.update(
          namespaces,
          { ...leaving, spec: { ...leaving.spec, finalizers } },
          { subresource: "finalize" },
        );
      } catch (error) {
        if (!isStatus(error, "NotFound")) throw error;
      }
    };

    const queue = new WorkQueue(engine, { name: NAME, reconcile, backoffMs: BACKOFF_MS });
    return {
      name: NAME,
      start() {
        watchAll(api, namespaces, ({ type, object }) => {
          const isLeaving = type !== "DELETED" && object.metadata.deletionTimestamp !== undefined;
          if (isLeaving) queue.addAfter(object.metadata.name, DELETION_GRACE_MS);
        });
      },
    };
  };
}
