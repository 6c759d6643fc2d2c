import { resourceName } from "../../../../kube/kind.ts";
import { namespaces } from "../../../../kube/kinds.ts";
import { notFound } from "../../errors.ts";
import type { AdmissionContext, AdmissionRequest } from "../chain.ts";
import type { Candidate } from "./candidates.ts";
import type { Hook } from "./hooks.ts";

/** Whether a webhook whose rules select a request wants to be asked about it.
 * @throws {StatusError} NotFound when there is no such namespace to look at */
export function selectsCall(
  { api }: AdmissionContext,
  { hook }: Candidate,
  request: AdmissionRequest,
): boolean {
  const { objects } = hook;
  if (!objects.selectsEverything) {
    const carries = [request.object, request.old].some(
      (object) => object !== undefined && objects.matches(object.metadata?.labels),
    );
    if (!carries) return false;
  }
  return hook.namespaces.selectsEverything || namespaceMatches(api, hook, request);
}

/** A namespace happens in itself. What happens in none is never spared. */
function namespaceMatches(
  api: AdmissionContext["api"],
  { namespaces: selector }: Hook,
  { kind, namespace, name, object, subresource }: AdmissionRequest,
): boolean {
  const isNamespace = resourceName(kind) === "namespaces";
  if (isNamespace && object !== undefined && subresource === undefined) {
    return selector.matches(object.metadata.labels);
  }
  const wanted = isNamespace ? name : namespace;
  if (!wanted) return true;
  const found = api.get(namespaces, undefined, wanted);
  if (found === undefined) throw notFound(namespaces, wanted);
  return selector.matches(found.metadata.labels);
}
