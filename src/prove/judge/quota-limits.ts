/** ResourceQuotas as far as they say something about pods, with what they count now. */
import { compareQuantities, type QuantityLike } from "../../base/quantity.ts";
import { quotaEvaluatorOf, scopesOf } from "../../kube/quota/evaluator.ts";
import { type Amounts, addAmounts, formatAmounts, maskAmounts } from "../../kube/quota/resource-lists.ts";
import type { ResourceQuota } from "../../kube/types/index.ts";
import type { Model } from "../model/model.ts";

/** One quota. */
export interface QuotaLimit {
  readonly quota: ResourceQuota;
  readonly hard: Amounts;
  /** By class of the model, what each of its pods counts for; only classes that the quota counts. */
  readonly counts: ReadonlyMap<number, Amounts>;
  /** What all pods of the model count for together. */
  readonly used: Amounts;
}

export interface QuotaLimits {
  readonly byNamespace: ReadonlyMap<string, readonly QuotaLimit[]>;
  /** Quotas of which something is not looked at, as sentences. */
  readonly notModelled: readonly string[];
}

const PODS = quotaEvaluatorOf({ group: "", plural: "pods" });
/** Pods keep what they request and not what they are limited to, nor for how long they may run. */
const UNREAD = (name: string) => name.startsWith("limits.");
const UNREAD_SCOPES = new Set(["Terminating"]);

export function readQuotas(model: Model): QuotaLimits {
  const byNamespace = new Map<string, QuotaLimit[]>();
  const notModelled: string[] = [];
  for (const quota of model.quotas) {
    const { namespace = "", name } = quota.metadata;
    const unreadScopes = scopesOf(quota).flatMap(({ scopeName }) =>
      UNREAD_SCOPES.has(scopeName) ? [scopeName] : [],
    );
    const unread = [...Object.keys(quota.spec.hard ?? {}).filter(UNREAD), ...unreadScopes];
    if (unread.length > 0)
      notModelled.push(`ResourceQuota ${namespace}/${name}: ${unread.sort().join(", ")} is not looked at`);
    if (unreadScopes.length > 0) continue;
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), readQuota(quota, model)]);
  }
  return { byNamespace, notModelled };
}

function readQuota(quota: ResourceQuota, model: Model): QuotaLimit {
  const names = Object.keys(quota.spec.hard ?? {}).filter((name) => PODS.limits(name) && !UNREAD(name));
  const scopes = scopesOf(quota);
  const counts = new Map<number, Amounts>();
  let used: Amounts = Object.fromEntries(names.map((name) => [name, "0"]));
  for (const { index, prototype } of names.length === 0 ? [] : model.classes) {
    if (prototype.metadata.namespace !== quota.metadata.namespace) continue;
    if (!scopes.every((scope) => PODS.inScope(prototype, scope))) continue;
    const own = maskAmounts(PODS.usage(prototype, model.nowMs), names);
    counts.set(index, own);
    for (const _pod of model.podsOfClass(index)) used = addAmounts(used, own);
  }
  return { quota, hard: maskAmounts(quota.spec.hard ?? {}, names), counts, used };
}

/** What of that which is added would be more than the quota lets in. */
export function exceeded(added: Amounts, total: Amounts, hard: Amounts): readonly string[] {
  return Object.keys(added)
    .filter((name) => hard[name] !== undefined)
    .filter((name) => compareQuantities(total[name] as QuantityLike, hard[name] as QuantityLike) > 0)
    .sort();
}

/** The API server's words for a pod of that name that would exceed the quota. */
export function refusalMessage(
  podName: string,
  { quota, hard }: QuotaLimit,
  added: Amounts,
  before: Amounts,
): string {
  const names = exceeded(added, addAmounts(before, added), hard);
  const [requested, used, limit] = [added, before, hard].map((amounts) =>
    formatAmounts(maskAmounts(amounts, names)),
  );
  return `pods "${podName}" is forbidden: exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${used}, limited: ${limit}`;
}
