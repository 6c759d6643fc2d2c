import { labelsContain } from "../kube/selectors.ts";
import type { Service, StringMap } from "../kube/types/index.ts";

/** Whether a Service of the same namespace sends requests to pods with these labels. */
export function sendsTo({ spec: { selector = {}, type } }: Service, labels: StringMap | undefined): boolean {
  return type !== "ExternalName" && Object.keys(selector).length > 0 && labelsContain(labels, selector);
}
