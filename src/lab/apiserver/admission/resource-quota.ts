import { compareQuantities, type QuantityLike } from "../../../base/quantity.ts";
import { resourceQuotas } from "../../../kube/kinds.ts";
import type { QuotaEvaluator } from "../../../kube/quota/evaluation.ts";
import { quotaEvaluatorOf, quotaMatches } from "../../../kube/quota/evaluator.ts";
import {
  type Amounts,
  addAmounts,
  formatAmounts,
  increase,
  maskAmounts,
  toResourceList,
} from "../../../kube/quota/resource-lists.ts";
import type { KubeObject, ResourceQuota } from "../../../kube/types/index.ts";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "./chain.ts";
import { refusal } from "./refusal.ts";

/**
 * Keeps a namespace within its quotas. What is let in is added to the quota's status at once, so that a burst of requests
 * cannot slip through before the controller has counted again; the controller takes off what is gone.
 */
export function resourceQuota({ api, engine }: AdmissionContext): AdmissionPlugin {
  return {
    name: "ResourceQuota",
    validate(request) {
      const { namespace, kind, object } = request;
      if (!namespace || object === undefined || kind.plural === "events") return;
      const quotas = api.list(resourceQuotas, { namespace });
      if (quotas.length === 0) return;
      const evaluator = quotaEvaluatorOf(kind);
      if (!evaluator.handles(request)) return;
      const charged = quotas.flatMap(
        (quota) => charge(request, quota, evaluator, object, engine.now()) ?? [],
      );
      if (request.dryRun) return;
      for (const quota of charged) api.updateStatus(resourceQuotas, quota);
    },
  };
}

/** The quota with the request on its account, or `undefined` when it does not concern it. */
function charge(
  request: AdmissionRequest,
  quota: ResourceQuota,
  evaluator: QuotaEvaluator,
  object: KubeObject,
  nowMs: number,
): ResourceQuota | undefined {
  if (!quotaMatches(quota, evaluator, object)) return undefined;
  const hard = quota.status.hard ?? {};
  const used = quota.status.used ?? {};
  const limited = Object.keys(hard).filter(evaluator.limits);
  const missing = evaluator.missing?.(object, limited);
  if (missing !== undefined) throw refusal(request, `failed quota: ${quota.metadata.name}: ${missing}`);
  const unknown = limited.filter((name) => used[name] === undefined);
  if (unknown.length > 0) {
    const names = limited.sort().join(",");
    throw refusal(request, `status unknown for quota: ${quota.metadata.name}, resources: ${names}`);
  }
  const before =
    request.old !== undefined && quotaMatches(quota, evaluator, request.old)
      ? evaluator.usage(request.old, nowMs)
      : {};
  const added = maskAmounts(increase(evaluator.usage(object, nowMs), before), Object.keys(hard));
  if (Object.keys(added).length === 0) return undefined;
  const total = addAmounts(used, added);
  const exceeded = Object.keys(added).filter((name) => isOver(total, hard, name));
  if (exceeded.length > 0 && request.subresource !== "status") {
    const [requested, present, limit] = [added, used, hard].map((list) =>
      formatAmounts(maskAmounts(list, exceeded)),
    );
    throw refusal(
      request,
      `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${present}, limited: ${limit}`,
    );
  }
  return { ...quota, status: { ...quota.status, used: toResourceList(total) } };
}

function isOver(total: Amounts, hard: Amounts, name: string): boolean {
  return compareQuantities(total[name] as QuantityLike, hard[name] as QuantityLike) > 0;
}
