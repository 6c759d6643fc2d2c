import { cel } from "../../kube/cel/loader.ts";
import { Correlated } from "../../kube/custom/correlation.ts";
import { validateEmbedded } from "../../kube/custom/embedded.ts";
import { validateListTypes } from "../../kube/custom/list-types.ts";
import { validateScaleValues } from "../../kube/custom/scale-values.ts";
import { hasRules, type StructuralSchema } from "../../kube/custom/structural-schema.ts";
import { validateCustom, validateCustomStatus } from "../../kube/custom/validate.ts";
import type { Kind } from "../../kube/kind.ts";
import type { StatusCause } from "../../kube/status-error.ts";
import { validateCreate, validateUpdate } from "../../kube/validation/validate.ts";
import type { CustomVersion } from "./custom/custom-version.ts";
import type { LooseObject } from "./loose.ts";
import type { RegistryContext } from "./registry/context.ts";
import type { Caller } from "./server.ts";

/** Types are no question any more: bodies were decoded, and what the server does to them afterwards is typed. */
const IS_TYPED = true;

/** Judges built-in kinds by the rules of Kubernetes, and custom ones by what their definition says besides. */
export function judgeBy(
  customVersionOf: (kind: Kind) => CustomVersion | undefined,
): RegistryContext["judge"] {
  return ({ kind, collection, caller, subresource }, object, old) => {
    // Events are judged by the group that they come through.
    const judged = kind.group === "events.k8s.io" ? kind : collection.kind;
    const causes =
      old === undefined
        ? validateCreate(judged, object, IS_TYPED)
        : validateUpdate(judged, object, old, {
            isTyped: IS_TYPED,
            ofStatus: subresource === "status",
            ofApproval: subresource === "approval",
          });
    const version = customVersionOf(kind);
    return version?.structural === undefined
      ? causes
      : [
          ...causes,
          ...judgeCustom(version.structural, version, { object, old, subresource, found: causes }, caller),
        ];
  };
}

/** What makes it useless to evaluate rules. */
const BLOCKING = new Set([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
]);

const NOT_CHECKED: StatusCause = {
  reason: "FieldValueInvalid",
  message:
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
  field: "<nil>",
};

interface Judged {
  readonly object: LooseObject;
  readonly old: LooseObject | undefined;
  readonly subresource: string | undefined;
  /** What was found wrong already. */
  readonly found: readonly StatusCause[];
}

function judgeCustom(
  schema: StructuralSchema,
  { scalePaths }: CustomVersion,
  { object, old, subresource, found }: Judged,
  caller: Caller,
): readonly StatusCause[] {
  const correlated = old && new Correlated(schema, object, old);
  const wasInOrder = old === undefined || validateListTypes(schema, old).length === 0;
  const ofStatus = subresource === "status";
  const causes = [
    ...(ofStatus
      ? validateCustomStatus(schema, object, correlated)
      : validateCustom(schema, object, correlated)),
    ...(scalePaths === undefined ? [] : validateScaleValues(scalePaths, object, ofStatus)),
    ...(ofStatus ? [] : validateEmbedded(schema, object)),
    ...(wasInOrder ? validateListTypes(schema, object) : []),
  ];
  if (!hasRules(schema)) return causes;
  if ([...found, ...causes].some(({ reason }) => BLOCKING.has(reason))) return [...causes, NOT_CHECKED];
  const rules = cel().validateRules(schema, object, correlated);
  for (const warning of rules.warnings) caller.warn?.(warning);
  return [...causes, ...rules.causes];
}
