import { warningsOf } from "../../kube/warnings/warnings.ts";
import type { LooseObject } from "./loose.ts";
import type { WriteRequest } from "./write-request.ts";

/** Tells a caller who listens what is odd about an object that is about to be stored. The lab's own parts do not listen. */
export function tellWarnings(
  { caller, collection, subresource }: WriteRequest,
  object: LooseObject,
  old: LooseObject | undefined,
): void {
  if (caller.warn === undefined || (subresource !== undefined && subresource !== "scale")) return;
  for (const text of warningsOf(collection.kind, object, old)) caller.warn(text);
}
