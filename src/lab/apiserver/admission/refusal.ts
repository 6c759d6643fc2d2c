import type { StatusError } from "../../../kube/status-error.ts";
import { forbidden } from "../errors.ts";
import type { AdmissionRequest } from "./chain.ts";

/** How every plugin refuses: 403 in the object's name, which for a name still to be generated is its prefix. */
export function refusal({ kind, name, object }: AdmissionRequest, why: string): StatusError {
  const known = name || object?.metadata.name || object?.metadata.generateName || "Unknown";
  return forbidden(kind, known, why);
}
