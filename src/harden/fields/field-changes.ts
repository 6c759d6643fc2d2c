/** What makes one object of another, field by field, each as small as it can be owned. */
import type { Kind } from "../../kube/kind.ts";
import { compareObjects } from "../../kube/managed-fields/compare.ts";
import { type FieldSet, isMember } from "../../kube/managed-fields/field-set.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { type FieldPath, placeOfKind, valueAt } from "./field-path.ts";

export interface FieldChange {
  readonly path: FieldPath;
  /** `undefined` where the field is not there. */
  readonly before: unknown;
  readonly after: unknown;
}

/** The fields in which `after` differs; one that comes or goes whole is one change. In the order of the object's fields. */
export function changesBetween(kind: Kind, before: KubeObject, after: KubeObject): FieldChange[] {
  const place = placeOfKind(kind);
  const { changed, removed } = compareObjects(before, after, place) ?? {};
  const paths = [...(changed ? tops(changed, []) : []), ...(removed ? tops(removed, []) : [])];
  return paths.map((path) => ({
    path,
    before: valueAt(before, path, place),
    after: valueAt(after, path, place),
  }));
}

/** The members of a set that no other member lies above. */
function tops(set: FieldSet, above: FieldPath): FieldPath[] {
  return Object.entries(set).flatMap(([step, below]) => {
    if (step === ".") return [];
    const path = [...above, step];
    return isMember(below) ? [path] : tops(below, path);
  });
}
