import { subtractQuantities } from "../../base/quantity.ts";
import { type Amounts, addAmounts } from "../../kube/quota/resource-lists.ts";
import { exceeded, type QuotaLimit, readQuotas, refusalMessage } from "../judge/quota-limits.ts";
import type { Model } from "../model/model.ts";
import type { QuotaRefusal } from "./change-outcome.ts";

/** What ResourceQuotas count while pods come and go. A pod that has left is off every quota at once. */
export class QuotaUse {
  readonly #model: Model;
  readonly #limits: ReadonlyMap<string, readonly QuotaLimit[]>;
  /** Where it is not as in the model. */
  readonly #used = new Map<QuotaLimit, Amounts>();

  constructor(model: Model) {
    this.#model = model;
    this.#limits = readQuotas(model).byNamespace;
  }

  /** Counts one more pod like the one of that index; a refusal, and nothing counted, where a quota does not let it in. */
  admit(index: number): QuotaRefusal | undefined {
    const concerned = this.#concerning(index);
    for (const { limit, own } of concerned) {
      const before = this.#usedOf(limit);
      if (exceeded(own, addAmounts(before, own), limit.hard).length === 0) continue;
      const { namespace, name } = limit.quota.metadata;
      const message = refusalMessage(this.#model.nameOf(index), limit, own, before);
      return { pod: index, quota: `${namespace}/${name}`, message };
    }
    for (const { limit, own } of concerned) this.#used.set(limit, addAmounts(this.#usedOf(limit), own));
    return undefined;
  }

  /** Counts one more, come what may: it is there again. */
  restore(index: number): void {
    for (const { limit, own } of this.#concerning(index))
      this.#used.set(limit, addAmounts(this.#usedOf(limit), own));
  }

  /** A pod like the one of that index is no more. */
  release(index: number): void {
    for (const { limit, own } of this.#concerning(index))
      this.#used.set(limit, subtracted(this.#usedOf(limit), own));
  }

  #usedOf(limit: QuotaLimit): Amounts {
    return this.#used.get(limit) ?? limit.used;
  }

  #concerning(index: number): readonly { readonly limit: QuotaLimit; readonly own: Amounts }[] {
    const limits = this.#limits.get(this.#model.namespaceOf(index)) ?? [];
    return limits.flatMap((limit) => {
      const own = limit.counts.get(this.#model.classOf[index] as number);
      return own === undefined ? [] : [{ limit, own }];
    });
  }
}

function subtracted(from: Amounts, amounts: Amounts): Amounts {
  return {
    ...from,
    ...Object.fromEntries(
      Object.entries(amounts).map(([name, amount]) => [name, subtractQuantities(from[name] ?? "0", amount)]),
    ),
  };
}
