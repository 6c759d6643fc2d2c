/**
 * Whether the API server lets the pods in that are made in the place of lost ones, as far as ResourceQuotas have a say. The lost ones
 * count until they have outlived their grace period twice, and quotas are counted anew every five minutes
 * (pkg/quota/v1/evaluator/core/pods.go, pkg/controller/resourcequota): until then a full quota refuses, and the controller asks again.
 */
import { compareQuantities, type QuantityLike } from "../../base/quantity.ts";
import { quotaEvaluatorOf, scopesOf } from "../../kube/quota/evaluator.ts";
import {
  type Amounts,
  addAmounts,
  formatAmounts,
  increase,
  maskAmounts,
} from "../../kube/quota/resource-lists.ts";
import type { Pod, ResourceQuota } from "../../kube/types/index.ts";
import type { Model } from "../model/model.ts";
import { between, type Seconds, sum } from "./seconds.ts";

export type Refusal =
  /** Until those who are lost count no more. */
  | { readonly kind: "later"; readonly quota: string; readonly wait: Seconds }
  /** For as long as nobody changes the quota or what counts against it; in the API server's words. */
  | { readonly kind: "never"; readonly quota: string; readonly message: string };

const PODS = quotaEvaluatorOf({ group: "", plural: "pods" });
/** How often quotas are counted when nobody tells of a change: --resource-quota-sync-period. */
const RECOUNT = between(0, 300);
/** Pods keep what they request and not what they are limited to, nor for how long they may run. */
const UNREAD = (name: string) => name.startsWith("limits.");
const UNREAD_SCOPES = new Set(["Terminating"]);

interface Limited {
  readonly quota: ResourceQuota;
  readonly hard: Amounts;
  /** By class of the model, whether the quota counts its pods. */
  readonly counts: ReadonlyMap<number, Amounts>;
  readonly used: Amounts;
}

export class Quotas {
  readonly #model: Model;
  readonly #byNamespace = new Map<string, Limited[]>();
  /** Quotas of which something is not looked at, as sentences. */
  readonly notModelled: readonly string[];

  constructor(model: Model) {
    this.#model = model;
    const notModelled: string[] = [];
    for (const quota of model.quotas) {
      const { namespace = "", name } = quota.metadata;
      const unread = [
        ...Object.keys(quota.spec.hard ?? {}).filter(UNREAD),
        ...scopesOf(quota).flatMap(({ scopeName }) => (UNREAD_SCOPES.has(scopeName) ? [scopeName] : [])),
      ];
      if (unread.length > 0)
        notModelled.push(`ResourceQuota ${namespace}/${name}: ${unread.sort().join(", ")} is not looked at`);
      if (scopesOf(quota).some(({ scopeName }) => UNREAD_SCOPES.has(scopeName))) continue;
      this.#byNamespace.set(namespace, [...(this.#byNamespace.get(namespace) ?? []), this.#read(quota)]);
    }
    this.notModelled = notModelled;
  }

  #read(quota: ResourceQuota): Limited {
    const model = this.#model;
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

  /**
   * Of pods that are deleted on a node that is gone, those in whose place another is refused at first, or for good.
   * @param displaced in the order in which others are made for them
   */
  refusals(displaced: readonly number[]): ReadonlyMap<number, Refusal> {
    const found = new Map<number, Refusal>();
    if (this.#byNamespace.size === 0) return found;
    const byNamespace = new Map<string, number[]>();
    for (const pod of displaced) {
      const namespace = this.#model.namespaceOf(pod);
      if (!this.#byNamespace.has(namespace)) continue;
      byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), pod]);
    }
    for (const [namespace, pods] of byNamespace) {
      for (const limited of this.#byNamespace.get(namespace) as Limited[]) this.#judge(limited, pods, found);
    }
    return found;
  }

  #judge(limited: Limited, pods: readonly number[], found: Map<number, Refusal>): void {
    const { quota, hard, counts } = limited;
    const name = `${quota.metadata.namespace}/${quota.metadata.name}`;
    const concerned = pods.filter((pod) => counts.has(this.#model.classOf[pod] as number));
    const usageOf = (pod: number) => counts.get(this.#model.classOf[pod] as number) as Amounts;
    let before = limited.used;
    // Whatever counts objects counts the lost pods for as long as they are there.
    let after = before;
    for (const pod of concerned) after = less(after, withoutObjects(usageOf(pod)));
    const refused: number[] = [];
    for (const pod of concerned) {
      const total = addAmounts(before, usageOf(pod));
      if (exceeded(usageOf(pod), total, hard).length > 0) refused.push(pod);
      else {
        before = total;
        after = addAmounts(after, usageOf(pod));
      }
    }
    if (refused.length === 0) return;
    const never: number[] = [];
    let last = after;
    for (const pod of refused) {
      const total = addAmounts(after, usageOf(pod));
      if (exceeded(usageOf(pod), total, hard).length > 0) {
        never.push(pod);
        last = after;
      } else after = total;
    }
    // Who is first gets what there is: with too little for all, nobody can count on it.
    for (const pod of never.length > 0 ? refused : []) {
      if (found.get(pod)?.kind === "never") continue;
      const names = exceeded(usageOf(pod), addAmounts(last, usageOf(pod)), hard);
      const [requested, used, limit] = [usageOf(pod), last, hard].map((amounts) =>
        formatAmounts(maskAmounts(amounts, names)),
      );
      found.set(pod, {
        kind: "never",
        quota: name,
        message: `pods "${this.#model.nameOf(pod)}" is forbidden: exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${used}, limited: ${limit}`,
      });
    }
    // Which of them is refused at first is chance, too.
    for (const pod of never.length > 0 ? [] : concerned) {
      if (found.has(pod)) continue;
      const wait = waitOf(this.#model.podClass(pod).prototype);
      found.set(pod, {
        kind: "later",
        quota: name,
        wait: refused.length === concerned.length ? wait : { ...wait, min: 0 },
      });
    }
  }
}

/** Pods count until twice their grace period is over; pauses between tries double, so that the next one may come as late again. */
function waitOf({ spec }: Pod): Seconds {
  const twice = 2 * (spec.terminationGracePeriodSeconds ?? 30);
  const freed = sum({ min: twice, median: twice, max: twice }, RECOUNT);
  return { min: freed.min, median: freed.median * 1.5, max: freed.max * 2 };
}

function withoutObjects({ "count/pods": _count, ...rest }: Amounts): Amounts {
  return rest;
}

function less(from: Amounts, amounts: Amounts): Amounts {
  return {
    ...from,
    ...Object.fromEntries(Object.keys(amounts).map((name) => [name, "0"])),
    ...increase(maskAmounts(from, Object.keys(amounts)), amounts),
  };
}

function exceeded(added: Amounts, total: Amounts, hard: Amounts): readonly string[] {
  return Object.keys(added)
    .filter((name) => hard[name] !== undefined)
    .filter((name) => compareQuantities(total[name] as QuantityLike, hard[name] as QuantityLike) > 0)
    .sort();
}
