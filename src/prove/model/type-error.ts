import { findKind } from "../../kube/kinds.ts";
import { checkFields } from "../../kube/schema/check-fields.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { groupKindOf } from "./owners.ts";
import { READ_KINDS } from "./read-kinds.ts";

/** Why an object of a built-in kind cannot be what it says, in the words of a real API server. */
export function typeError(object: KubeObject): string | undefined {
  const kind = findKind(object.apiVersion, object.kind);
  if (kind === undefined) {
    const isRead = READ_KINDS.has(groupKindOf(object));
    return isRead ? `Kubernetes 1.34 serves no ${object.kind} in version ${object.apiVersion}` : undefined;
  }
  const { error } = checkFields(kind, object);
  return error;
}
