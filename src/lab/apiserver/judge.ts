import type { Kind } from "../../kube/kind.ts";
import { validateCreate, validateUpdate } from "../../kube/validation/validate.ts";
import type { CustomVersion } from "./custom/custom-version.ts";
import { validateCustom } from "./custom/validate.ts";
import type { RegistryContext } from "./registry/context.ts";

/** Types are no question any more: bodies were decoded, and what the server does to them afterwards is typed. */
const IS_TYPED = true;

/** Judges built-in kinds by the rules of Kubernetes, and custom ones by what their definition says besides. */
export function judgeBy(
  customVersionOf: (kind: Kind) => CustomVersion | undefined,
): RegistryContext["judge"] {
  return ({ kind, collection }, object, old) => {
    const causes =
      old === undefined
        ? validateCreate(collection.kind, object, IS_TYPED)
        : validateUpdate(collection.kind, object, old, IS_TYPED);
    const structural = customVersionOf(kind)?.structural;
    if (structural === undefined) return causes;
    const custom = validateCustom(structural, object);
    if (old === undefined || custom.length === 0) return [...causes, ...custom];
    // What was wrong before may stay wrong: definitions change, and objects must still be changeable.
    const before = new Set(
      validateCustom(structural, old).map(({ field, message }) => `${field}: ${message}`),
    );
    return [...causes, ...custom.filter(({ field, message }) => !before.has(`${field}: ${message}`))];
  };
}
