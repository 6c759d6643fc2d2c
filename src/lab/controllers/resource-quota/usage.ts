/** What the objects of a namespace use of what a quota limits. Only looks and answers. */
import type { Kind } from "../../../kube/kind.ts";
import { quotaEvaluatorOf, scopesOf } from "../../../kube/quota/evaluator.ts";
import { type Amounts, addAmounts, maskAmounts, toResourceList } from "../../../kube/quota/resource-lists.ts";
import type { KubeObject, PersistentVolumeClaim, ResourceQuota, Service } from "../../../kube/types/index.ts";

/** Gives the objects of a kind in the quota's namespace. */
export type ObjectsOf = (kind: Kind) => readonly KubeObject[];

/** The quota's status counted anew: every limit with its use, which is nothing where there are no objects. */
export function countUsage(
  quota: ResourceQuota,
  kinds: readonly Kind[],
  objectsOf: ObjectsOf,
  nowMs: number,
): ResourceQuota["status"] {
  const hard = quota.spec.hard ?? {};
  const names = Object.keys(hard);
  const scopes = scopesOf(quota);
  let used: Amounts = quota.status.used ?? {};
  for (const kind of kinds) {
    const evaluator = quotaEvaluatorOf(kind);
    const limited = names.filter(evaluator.limits);
    if (limited.length === 0) continue;
    let usage: Amounts = Object.fromEntries(limited.map((name) => [name, "0"]));
    for (const object of objectsOf(kind)) {
      const isInScope = scopes.every((scope) => evaluator.inScope(object, scope));
      if (isInScope) usage = addAmounts(usage, maskAmounts(evaluator.usage(object, nowMs), limited));
    }
    used = { ...used, ...usage };
  }
  return { hard, used: toResourceList(maskAmounts(used, names)) };
}

/** Whether a change may have freed something. What is added has been charged by admission already. */
export function frees(kind: Kind, object: KubeObject, previous: KubeObject, nowMs: number): boolean {
  if (kind.group !== "") return false;
  const { usage } = quotaEvaluatorOf(kind);
  switch (kind.plural) {
    case "pods":
      return "pods" in usage(previous, nowMs) && !("pods" in usage(object, nowMs));
    case "services":
      return (object as Service).spec !== (previous as Service).spec;
    case "persistentvolumeclaims":
      return (object as PersistentVolumeClaim).spec !== (previous as PersistentVolumeClaim).spec;
    default:
      return false;
  }
}
