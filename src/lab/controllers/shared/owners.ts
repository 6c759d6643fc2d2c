import type { Kind } from "../../../kube/kind.ts";
import type { KubeObject, OwnerReference } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";

/** The living object of that kind that a controller reference means; a reference to an earlier object of the name means nobody. */
export function resolveController<T extends KubeObject>(
  api: Api,
  kind: Kind<T>,
  namespace: string | undefined,
  reference: OwnerReference | undefined,
): T | undefined {
  if (reference === undefined || reference.kind !== kind.kind) return undefined;
  const owner = api.get(kind, namespace, reference.name);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

/** Whether both name the same controller in the same way. */
export function isSameReference(a: OwnerReference | undefined, b: OwnerReference | undefined): boolean {
  if (a === b) return true;
  return (
    a?.uid === b?.uid &&
    a?.name === b?.name &&
    a?.kind === b?.kind &&
    a?.apiVersion === b?.apiVersion &&
    a?.blockOwnerDeletion === b?.blockOwnerDeletion
  );
}
