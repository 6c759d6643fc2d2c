import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import { setOf } from "../../kube/managed-fields/entries.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { FieldChange } from "./field-changes.ts";
import { FIELD_MANAGER, leavesOf } from "./field-owners.ts";
import { placeOfKind, valueAt, withValueAt } from "./field-path.ts";

/**
 * What server-side apply is sent so that these changes are made: the changed fields alone, and those that are Holdfast's already, as
 * leaving one out would give it up. What goes cannot be said this way: an apply only removes what it owned before.
 * @param live the object as it is
 */
export function appliedConfig(
  kind: Kind,
  live: KubeObject,
  changes: readonly Pick<FieldChange, "path" | "after">[],
): Record<string, unknown> {
  const place = placeOfKind(kind);
  const kept = (live.metadata.managedFields ?? [])
    .filter(
      ({ manager, operation, subresource }) =>
        manager === FIELD_MANAGER && operation === "Apply" && !subresource,
    )
    .flatMap((entry) => leavesOf(setOf(entry)))
    .map((path) => ({ path, after: valueAt(live, path, place) }))
    .filter(({ after }) => after !== undefined);
  let config: Record<string, unknown> = {};
  for (const { path, after } of [...kept, ...changes]) {
    if (after !== undefined) config = withValueAt(config, path, after, place);
  }
  const { name, namespace } = live.metadata;
  return {
    ...config,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      ...(config.metadata as object | undefined),
      name,
      ...(namespace !== undefined && { namespace }),
    },
  };
}
