import type { Kind } from "../../kube/kind.ts";
import { applyServerSide } from "../../kube/managed-fields/apply.ts";
import { applyConflictError } from "../../kube/managed-fields/conflicts.ts";
import { trackUpdate } from "../../kube/managed-fields/track-update.ts";
import { type Schema, schemaOf } from "../../kube/schema/schema.ts";
import { wrapIntegers } from "../../kube/schema/wrap-integers.ts";
import { StatusError } from "../../kube/status-error.ts";
import { formatTime } from "../../kube/time.ts";
import type { LooseObject } from "./loose.ts";
import type { Caller, PatchParameters, WriteParameters } from "./server.ts";

/** A write as far as the ownership of fields goes. */
export interface OwnedWrite {
  readonly kind: Kind;
  /** Of a custom kind; built-in ones are known. */
  readonly schema: Schema | undefined;
  readonly caller: Caller;
  readonly parameters: WriteParameters;
  readonly subresource: string | undefined;
  readonly nowMs: number;
}

/** The object with its managers as they are after a create, update or patch. */
export function withOwners(
  { kind, schema, caller, parameters, subresource, nowMs }: OwnedWrite,
  before: LooseObject | undefined,
  after: LooseObject,
): LooseObject {
  const manager = parameters.fieldManager || caller.agent;
  const time = formatTime(nowMs);
  return trackUpdate({ before, after, manager, subresource, time, kind, schema });
}

/** What an apply makes of an object, not yet defaulted; the same object when nothing changes.
 * @throws {StatusError} Conflict when it would take fields from others */
export function applied(
  { kind, schema, subresource, nowMs, caller }: OwnedWrite,
  parameters: PatchParameters,
  live: LooseObject | undefined,
  patch: unknown,
): LooseObject {
  const outcome = applyServerSide({
    live,
    applied: patch as Readonly<Record<string, unknown>>,
    manager: parameters.fieldManager ?? "",
    force: parameters.force,
    subresource,
    time: formatTime(nowMs),
    kind,
    schema,
  });
  if (outcome.kind === "conflict") throw applyConflictError(outcome.conflicts);
  tellRepeated(parameters, caller);
  const known = schemaOf(kind);
  return known === undefined ? outcome.object : wrapIntegers(known, patch, outcome.object);
}

/** What becomes of fields that an apply gives twice: no decoder of an object ever sees them.
 * @throws {StatusError} BadRequest when the client wants to be strict */
function tellRepeated({ decodeIssues = [], fieldValidation }: PatchParameters, caller: Caller): void {
  if (decodeIssues.length === 0 || fieldValidation === "Ignore") return;
  if (fieldValidation !== "Strict") {
    for (const issue of decodeIssues) caller.warn?.(issue);
    return;
  }
  const lines = decodeIssues.map((issue) => `\n  ${issue}`).join("");
  const what = "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:";
  throw new StatusError("BadRequest", `${what}${lines}`);
}

/** Refuses what only an apply may ask for, and an apply that does not say whose it is. @throws {StatusError} Invalid */
export function checkPatchParameters(isApply: boolean, { force, fieldManager }: PatchParameters): void {
  if (isApply && !fieldManager) {
    throw invalidPatchOptions(
      "fieldManager",
      "FieldValueRequired",
      "Required value: is required for apply patch",
    );
  }
  if (!isApply && force !== undefined) {
    throw invalidPatchOptions(
      "force",
      "FieldValueForbidden",
      "Forbidden: may not be specified for non-apply patch",
    );
  }
}

function invalidPatchOptions(field: string, reason: string, message: string): StatusError {
  return new StatusError("Invalid", `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    group: "meta.k8s.io",
    kind: "PatchOptions",
    causes: [{ reason, message, field }],
  });
}
