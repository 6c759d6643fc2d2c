import type { Kind } from "../../../kube/kind.ts";
import type { LooseObject } from "../loose.ts";
import type { AdmissionRequest } from "./chain.ts";

/** What becomes of fields that a kind does not know: nothing, or a refusal. */
export type FieldValidation = "Ignore" | "Strict";

/** What it takes to read an object that was changed in another version of its kind. */
export interface VersionContext {
  /** An object that was given back, read as one of the kind: completed, and without what the kind does not know. */
  decode(
    request: AdmissionRequest,
    kind: Kind,
    object: LooseObject,
    validation: FieldValidation,
  ): LooseObject;
  /** An object of the registry in another version of its kind. */
  show(request: AdmissionRequest, kind: Kind, stored: LooseObject): LooseObject;
  /** An object of any version as the registry has it. */
  keep(request: AdmissionRequest, kind: Kind, object: LooseObject): LooseObject;
}
