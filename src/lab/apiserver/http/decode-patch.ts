/** Reads the bodies of PATCH requests: four types of patch, each with a decoder and complaints of its own. */

import { StatusError } from "../../../kube/status-error.ts";
import type { PatchType } from "../api.ts";
import type { Caller, WriteParameters } from "../server.ts";
import { goTypeOf, mediaType, type RawBody, readJson } from "./decode.ts";
import { readYaml } from "./decode-yaml.ts";

const PATCH_TYPES: ReadonlyMap<string, PatchType> = new Map([
  ["application/json-patch+json", "json"],
  ["application/merge-patch+json", "merge"],
  ["application/strategic-merge-patch+json", "strategic"],
  ["application/apply-patch+yaml", "apply"],
]);

interface DecodedPatch {
  readonly type: PatchType;
  readonly value: unknown;
  readonly issues: readonly string[];
}

/** What patches of custom kinds without a type of theirs are refused with. */
export const CUSTOM_PATCHES =
  "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";

/** Nothing is known of how a custom kind's lists merge, so strategic patches are none for it. */
export function patchTypeOf({ contentType }: RawBody, isCustom: boolean): PatchType | undefined {
  const type = PATCH_TYPES.get(mediaType(contentType));
  return isCustom && type === "strategic" ? undefined : type;
}

/** Reads a patch. @throws {StatusError} BadRequest in the words of the decoder that its type has */
export function decodePatch(body: RawBody): DecodedPatch {
  const type = PATCH_TYPES.get(mediaType(body.contentType)) ?? "merge";
  const read =
    type === "apply" ? readYaml(body.bytes.toString("utf8")) : readJson(body.bytes.toString("utf8"));
  const { syntax, value: wrongValue } = COMPLAINTS[type];
  if (!read.ok) throw new StatusError("BadRequest", `${syntax}${read.error}`);
  const { value, issues } = read.value;
  const wrong = type === "json" ? notAList(value) : goTypeOf(value);
  if (wrong === undefined) return { type, value: value ?? NOTHING[type], issues };
  const wanted = type === "json" ? "[]handlers.jsonPatchOp" : "map[string]interface {}";
  throw new StatusError(
    "BadRequest",
    `${wrongValue}json: cannot unmarshal ${wrong} into Go value of type ${wanted}`,
  );
}

/** What a patch is that is null. */
const NOTHING: Readonly<Record<PatchType, unknown>> = { json: [], merge: null, strategic: null, apply: {} };

/** What stands before the sentence that says what is wrong. */
const COMPLAINTS: Readonly<Record<PatchType, { readonly syntax: string; readonly value: string }>> = {
  json: { syntax: "error decoding patch: ", value: "error decoding patch: " },
  merge: { syntax: "error decoding patch: ", value: "error decoding patch: " },
  strategic: { syntax: "", value: "" },
  apply: {
    syntax: "error decoding YAML: error converting YAML to JSON: ",
    value: "error decoding YAML: error unmarshaling JSON: while decoding JSON: ",
  },
};

function notAList(value: unknown): string | undefined {
  if (value === null || Array.isArray(value)) return undefined;
  return goTypeOf(value) ?? "object";
}

/** @throws {StatusError} Invalid for parameters that the type of patch does not go with */
export function checkPatchParameters(
  type: PatchType | undefined,
  parameters: { readonly force?: boolean; readonly fieldManager?: string },
) {
  if (type === "apply" && parameters.fieldManager === undefined) {
    throw invalidPatchOptions(
      "fieldManager",
      "FieldValueRequired",
      "Required value: is required for apply patch",
    );
  }
  if (type !== "apply" && parameters.force !== undefined) {
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

/** What becomes of fields that a patch to apply gives twice: no decoder of an object ever sees them.
 * @throws {StatusError} BadRequest when the client wants to be strict */
export function tellRepeated(
  issues: readonly string[],
  validation: WriteParameters["fieldValidation"],
  caller: Caller,
): void {
  if (issues.length === 0 || validation === "Ignore") return;
  if (validation !== "Strict") {
    for (const issue of issues) caller.warn?.(issue);
    return;
  }
  const lines = issues.map((issue) => `\n  ${issue}`).join("");
  const what = "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:";
  throw new StatusError("BadRequest", `${what}${lines}`);
}
