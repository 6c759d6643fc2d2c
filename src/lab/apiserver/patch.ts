import type { PatchType } from "./api.ts";
import { badRequest } from "./errors.ts";
import type { LooseObject } from "./loose.ts";

/** The object that a patch makes of another. */
export function applyPatch(object: LooseObject, type: PatchType, body: unknown): LooseObject {
  if (type === "merge") return mergePatch(object, body) as LooseObject;
  throw badRequest(`patches of type ${type} are not taken`);
}

/** RFC 7386. Parts that the patch does not touch are shared. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}
