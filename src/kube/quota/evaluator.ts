/**
 * What objects count for against a ResourceQuota: the same rules for the admission plugin, which keeps a namespace from
 * going over, and the controller, which counts anew. One `QuotaEvaluator` per resource; those without one of their own
 * are merely counted. Data in, data out.
 */
import { type Kind, resourceName } from "../kind.ts";
import type { KubeObject, ResourceQuota } from "../types/index.ts";
import { claimEvaluator } from "./claim-evaluator.ts";
import type { QuotaEvaluator, ScopeRequirement } from "./evaluation.ts";
import { podEvaluator } from "./pod-evaluator.ts";
import { serviceEvaluator } from "./service-evaluator.ts";

const EVALUATORS: Readonly<Record<string, QuotaEvaluator>> = {
  pods: podEvaluator,
  services: serviceEvaluator,
  persistentvolumeclaims: claimEvaluator,
};

/** These can also be limited by their plain name. */
const ALIASES = new Set(["configmaps", "resourcequotas", "replicationcontrollers", "secrets"]);
const counters = new Map<string, QuotaEvaluator>();

/** The rules for a kind. */
export function quotaEvaluatorOf(kind: Pick<Kind, "group" | "plural">): QuotaEvaluator {
  const resource = resourceName(kind);
  const own = EVALUATORS[resource];
  if (own !== undefined) return own;
  let counter = counters.get(resource);
  if (counter === undefined) {
    counter = countEvaluator(resource);
    counters.set(resource, counter);
  }
  return counter;
}

/** Whether the quota limits what this object uses: by name, and by every one of its scopes. */
export function quotaMatches(quota: ResourceQuota, evaluator: QuotaEvaluator, object: KubeObject): boolean {
  const names = Object.keys(quota.status.hard ?? {});
  return names.some(evaluator.limits) && scopesOf(quota).every((scope) => evaluator.inScope(object, scope));
}

/** Both spellings of a quota's scopes. */
export function scopesOf({ spec }: ResourceQuota): readonly ScopeRequirement[] {
  const plain = (spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: "Exists" }));
  return [...plain, ...(spec.scopeSelector?.matchExpressions ?? [])];
}

function countEvaluator(resource: string): QuotaEvaluator {
  const names = [`count/${resource}`, ...(ALIASES.has(resource) ? [resource] : [])];
  const one = Object.freeze(Object.fromEntries(names.map((name) => [name, "1"])));
  return {
    usage: () => one,
    limits: (name) => names.includes(name),
    inScope: () => false,
    handles: ({ operation, subresource }) => operation === "CREATE" && subresource === undefined,
  };
}
