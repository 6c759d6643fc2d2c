/**
 * Whether the API server lets the pods in that are made in the place of lost ones, as far as ResourceQuotas have a say. The lost ones
 * count until they have outlived their grace period twice, and quotas are counted anew every five minutes
 * (pkg/quota/v1/evaluator/core/pods.go, pkg/controller/resourcequota): until then a full quota refuses, and the controller asks again.
 */
import { type Amounts, addAmounts, increase, maskAmounts } from "../../kube/quota/resource-lists.ts";
import type { Pod } from "../../kube/types/index.ts";
import type { Model } from "../model/model.ts";
import { exceeded, type QuotaLimit, readQuotas, refusalMessage } from "./quota-limits.ts";
import { between, type Seconds, sum } from "./seconds.ts";

export type Refusal =
  /** Until those who are lost count no more. */
  | { readonly kind: "later"; readonly quota: string; readonly wait: Seconds }
  /** For as long as nobody changes the quota or what counts against it; in the API server's words. */
  | { readonly kind: "never"; readonly quota: string; readonly message: string };

/** How often quotas are counted when nobody tells of a change: --resource-quota-sync-period. */
const RECOUNT = between(0, 300);
export class Quotas {
  readonly #model: Model;
  readonly #byNamespace: ReadonlyMap<string, readonly QuotaLimit[]>;
  /** Quotas of which something is not looked at, as sentences. */
  readonly notModelled: readonly string[];

  constructor(model: Model) {
    this.#model = model;
    const { byNamespace, notModelled } = readQuotas(model);
    this.#byNamespace = byNamespace;
    this.notModelled = notModelled;
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
      for (const limited of this.#byNamespace.get(namespace) as readonly QuotaLimit[])
        this.#judge(limited, pods, found);
    }
    return found;
  }

  #judge(limited: QuotaLimit, pods: readonly number[], found: Map<number, Refusal>): void {
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
      found.set(pod, {
        kind: "never",
        quota: name,
        message: refusalMessage(this.#model.nameOf(pod), limited, usageOf(pod), last),
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
