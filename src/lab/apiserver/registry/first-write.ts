import { resourceName } from "../../../kube/kind.ts";
import type { LooseObject } from "../loose.ts";
import type { WriteRequest } from "../write-request.ts";

/** The label by which a Job selects its pods; one without labels of its own has it too. */
const SELECTING = "batch.kubernetes.io/controller-uid";

/** Objects as they were made. */
const made = new WeakSet<object>();

/** Real servers write the first update of claims, and of Jobs that have got their labels, even when it changes nothing. */
export function rememberMade({ kind }: WriteRequest, object: Pick<LooseObject, "metadata">): void {
  const resource = resourceName(kind);
  const isLabelled = resource === "jobs.batch" && object.metadata.labels?.[SELECTING] !== undefined;
  if (isLabelled || resource === "persistentvolumeclaims") made.add(object);
}

/** Whether an update of a stored object is written whatever it says. */
export function isFirstWrite(old: object): boolean {
  return made.has(old);
}
