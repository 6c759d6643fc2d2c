import type { Kind } from "../../../kube/kind.ts";
import type { LooseObject } from "../loose.ts";
import type { AdmissionRequest } from "./chain.ts";
import type { VersionContext } from "./version-context.ts";
import type { Shown } from "./webhooks/review.ts";

/** A request's objects in the version that somebody asked for. */
export function shownAs(context: Pick<VersionContext, "show">, request: AdmissionRequest, kind: Kind): Shown {
  const { object, old, face } = request;
  const show = (stored: LooseObject | undefined) => {
    if (stored === undefined || isOwnObject(request)) return stored;
    return face === undefined ? context.show(request, kind, stored) : face.show(stored);
  };
  return { object: show(object), old: show(old) };
}

/** Whether the request carries an object of its subresource's own, such as a Binding: it is the same in all versions. */
export function isOwnObject({ kind, subresource, face, operation }: AdmissionRequest): boolean {
  if (operation === "CONNECT") return true;
  const own = subresource === undefined ? undefined : kind.subresources[subresource];
  return face === undefined && own !== undefined && own.kind !== kind.kind;
}
