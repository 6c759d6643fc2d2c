import { resourceName } from "../../../kube/kind.ts";
import type { WriteRequest } from "../write-request.ts";

/** Kinds of which real servers write the first update down even when it changes nothing. */
const REWRITTEN = ["jobs.batch", "persistentvolumeclaims"];

/** Objects as they were made. */
const made = new WeakSet<object>();

export function rememberMade({ kind }: WriteRequest, object: object): void {
  if (REWRITTEN.includes(resourceName(kind))) made.add(object);
}

/** Whether an update of a stored object is written whatever it says. */
export function isFirstWrite({ kind, subresource }: WriteRequest, old: object): boolean {
  return subresource === undefined && REWRITTEN.includes(resourceName(kind)) && made.has(old);
}
