import { jsonText } from "../../base/json-text.ts";
import type { Body } from "../../client/client.ts";
import type { Kind } from "../../kube/kind.ts";
import { goPrint } from "../../kube/patch/go-print.ts";
import { applyJsonPatch } from "../../kube/patch/json-patch.ts";
import { mergePatch } from "../../kube/patch/merge-patch.ts";
import { strategicMergePatch } from "../../kube/patch/strategic-merge-patch.ts";
import { schemaOf } from "../../kube/schema/schema.ts";
import { wrapIntegers } from "../../kube/schema/wrap-integers.ts";
import { StatusError } from "../../kube/status-error.ts";
import type { PatchType } from "./api.ts";
import type { Decoding, Refuse } from "./decode.ts";
import { invalidValue } from "./errors.ts";
import type { LooseObject } from "./loose.ts";

/** A patch that changes an object as it stands; apply has a file of its own. */
export type ChangePatchType = Exclude<PatchType, "apply">;

const ACCEPTED =
  "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";

/** What a patch makes of an object, not yet decoded again. */
export function patched(kind: Kind, object: LooseObject, type: ChangePatchType, patch: unknown): Body {
  switch (type) {
    case "json":
      return applyJsonPatch(object, patch);
    case "merge":
      return mergePatch(object, patch);
    case "strategic": {
      const schema = schemaOf(kind);
      // Custom kinds say nothing about how their lists merge.
      if (schema === undefined) throw new StatusError("UnsupportedMediaType", ACCEPTED);
      return wrapIntegers(schema, patch, strategicMergePatch(object, patch, schema));
    }
  }
}

/** How a patch is refused whose result is no object of its kind: the whole of it is quoted back. */
export function refusePatch(type: ChangePatchType, patch: unknown, result: Body): Refuse {
  return (why, byOwnReader) => {
    const isStrategic = type === "strategic";
    const quoted = isStrategic ? goPrint(withoutReplace(patch)) : jsonText(result);
    const cause = invalidValue("patch", quoted, isStrategic ? conversionFault(why, byOwnReader) : why);
    return new StatusError("Invalid", ` "" is invalid: ${cause.field}: ${cause.message}`, {
      causes: [cause],
    });
  };
}

/** Real servers take the directives out of a patch that they have followed; what stands below a replaced part they never look at. */
function withoutReplace(patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const { $patch: directive, ...rest } = patch as Readonly<Record<string, unknown>>;
  if (directive === "replace") return rest;
  return Object.fromEntries(Object.entries(patch).map(([name, value]) => [name, withoutReplace(value)]));
}

/** How what an apply leaves is read: names of fields were looked at already, and what is stored is not the client's to answer for; one of no use is refused in words of its own. */
export function readingApplied(kind: Kind, applied: unknown): Pick<Decoding, "parameters" | "refuse"> {
  const refuse: Refuse = (why, byOwnReader) => {
    const { namespace = "", name = "" } = (applied as Partial<LooseObject> | null)?.metadata ?? {};
    const named = `${kind.group}/${kind.version}, Kind=${kind.kind}`;
    const failed = `failed to convert new object (${namespace}/${name}; ${named}) to proper version`;
    const fault = `unable to convert unstructured object to ${named}: ${conversionFault(why, byOwnReader)}`;
    return new StatusError("Unknown", `${failed}: ${fault}`);
  };
  return { parameters: { fieldValidation: "Ignore" }, refuse };
}

const FRACTION = /^json: cannot unmarshal number \S*[.eE]\S* into .*of type (u?int\d+)$/;
const UNMARSHAL = /^json: cannot unmarshal (\S+).* of type (\S+)$/;
const GO_KINDS: Readonly<Record<string, string>> = { object: "map", array: "slice", number: "int64" };

/** What a strategic patch makes is no JSON any more: another reader refuses it, in other words (runtime/converter.go). */
function conversionFault(why: string, byOwnReader = false): string {
  if (byOwnReader) return why.replace(/Go struct field \S+/, "Go value");
  const [, whole] = FRACTION.exec(why) ?? [];
  if (whole !== undefined) return `cannot convert float64 to ${whole}`;
  const [, given = "", type = ""] = UNMARSHAL.exec(why) ?? [];
  const from = GO_KINDS[given] ?? given;
  if (type === "") return why.startsWith("illegal base64") ? `error decoding from json: ${why}` : why;
  if (type.startsWith("[]")) return `cannot restore slice from ${from}`;
  if (type.startsWith("map[")) return `cannot restore map from ${from}`;
  if (type.includes(".") && /^[A-Z]/.test(type.replace(/^.*\./, "")))
    return `cannot restore struct from: ${from}`;
  if (given === "number" && type === "string") return "cannot convert int64 to string";
  return `unrecognized type: ${type}`;
}
