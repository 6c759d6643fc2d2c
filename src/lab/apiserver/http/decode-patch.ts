/** Reads the bodies of PATCH requests: four types of patch, each with a decoder and complaints of its own. */

import { type BodyText, fieldPath, overflow } from "../../../kube/schema/body-text.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { PatchType } from "../api.ts";
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
  /** Numbers as they are written, by their path in the patched object, where the patch's result is read from a text again. */
  readonly literals: BodyText["literals"];
  readonly isDeep?: true;
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
  const { value, text, isDeep } = read.value;
  const tooLarge = overflow(text);
  if (tooLarge !== undefined) throw new StatusError("BadRequest", `${syntax}${tooLarge}`);
  const issues =
    type === "json" ? read.value.issues.map((issue) => `json patch ${issue}`) : read.value.issues;
  const wrong = type === "json" ? notAList(value) : goTypeOf(value);
  if (wrong === undefined) {
    const literals = literalsOf(type, value, text?.literals ?? new Map());
    return { type, value: value ?? NOTHING[type], issues, literals, ...(isDeep && { isDeep }) };
  }
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

/** Where the numbers of a patch come to stand. A strategic patch and an apply are values by then, which say less. */
function literalsOf(type: PatchType, patch: unknown, literals: BodyText["literals"]): BodyText["literals"] {
  if (type === "merge") return literals;
  if (type !== "json") return new Map();
  const moved = [...literals].flatMap(([path, text]): readonly (readonly [string, string])[] => {
    const [, index = "", rest = ""] = /^\[(\d+)\]\.value(.*)$/s.exec(path) ?? [];
    const { op, path: pointer } = ((patch as readonly unknown[])[Number(index)] ?? {}) as Readonly<
      Record<string, unknown>
    >;
    if ((op !== "add" && op !== "replace") || typeof pointer !== "string") return [];
    return [[`${pathOf(pointer)}${rest}`, text]];
  });
  return new Map(moved);
}

/** "/spec/containers/0/name" as a path: "spec.containers[0].name". */
function pathOf(pointer: string): string {
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : fieldPath(path, step)), "");
}
