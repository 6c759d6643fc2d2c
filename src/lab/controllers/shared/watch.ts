import type { Kind } from "../../../kube/kind.ts";
import { controllerOf } from "../../../kube/owners.ts";
import type { KubeObject } from "../../../kube/types/index.ts";
import type { Api, ChangeHandler } from "../../apiserver/api.ts";
import { isSameReference, resolveController } from "./owners.ts";

/** Tells `handler` of every object of the kind that there is, as ADDED, and of every change from then on: an informer. */
export function watchAll<T extends KubeObject>(api: Api, kind: Kind<T>, handler: ChangeHandler<T>): void {
  api.onChange(kind, handler);
  for (const object of api.list(kind)) handler({ type: "ADDED", object });
}

export interface ChildWatch<C extends KubeObject, O extends KubeObject> {
  readonly childKind: Kind<C>;
  readonly ownerKind: Kind<O>;
  /** Whether the owner wants this child, which has no controller, for itself. */
  readonly selects: (owner: O, child: C) => boolean;
  /** Called once for each owner that has to look at the change. */
  readonly onOwner: (owner: O, child: C, previous: C | undefined) => void;
}

/**
 * Tells owners of changes of what they control, or could adopt: the controller of now, the controller of before,
 * and for a child without one all that select it.
 */
export function watchChildren<C extends KubeObject, O extends KubeObject>(
  api: Api,
  watch: ChildWatch<C, O>,
): void {
  const { childKind, ownerKind, selects, onOwner } = watch;
  watchAll(api, childKind, ({ type, object, previous }) => {
    const { namespace } = object.metadata;
    const reference = controllerOf(object);
    const before = previous === undefined ? undefined : controllerOf(previous);
    const hasMoved = previous !== undefined && !isSameReference(reference, before);
    if (hasMoved) {
      const owner = resolveController(api, ownerKind, namespace, before);
      if (owner !== undefined) onOwner(owner, object, previous);
    }
    if (reference !== undefined) {
      const owner = resolveController(api, ownerKind, namespace, reference);
      if (owner !== undefined) onOwner(owner, object, previous);
      return;
    }
    const isNews = previous === undefined || hasMoved || previous.metadata.labels !== object.metadata.labels;
    if (type === "DELETED" || object.metadata.deletionTimestamp !== undefined || !isNews) return;
    if (object.metadata.labels === undefined) return;
    const place = namespace === undefined ? {} : { namespace };
    for (const owner of api.list(ownerKind, place))
      if (selects(owner, object)) onOwner(owner, object, previous);
  });
}
