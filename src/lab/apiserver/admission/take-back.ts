import type { Kind } from "../../../kube/kind.ts";
import type { LooseObject } from "../loose.ts";
import type { AdmissionRequest } from "./chain.ts";
import { isOwnObject } from "./shown.ts";
import type { FieldValidation, VersionContext } from "./version-context.ts";

/** A request's object as the registry has it, after it was changed in the version in which it was shown. */
export function takeBack(
  context: VersionContext,
  request: AdmissionRequest,
  kind: Kind,
  changed: LooseObject,
  validation: FieldValidation = "Ignore",
): LooseObject {
  if (request.face !== undefined) return request.face.changed(request.object as LooseObject, changed);
  if (isOwnObject(request)) return changed;
  const whole = context.decode(request, kind, changed, validation);
  return context.keep(request, kind, whole);
}
