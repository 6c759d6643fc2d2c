import { compileSelector } from "../../kube/selectors.ts";
import { healthyAfter, isHealthy } from "../model/after-loss.ts";
import { allowedDisruptions, type Budget } from "../model/budget.ts";
import type { Model } from "../model/model.ts";
import type { Standing } from "./standing-pods.ts";

/** What disruption budgets allow during a loss. */
export class LossBudgets {
  readonly #model: Model;
  /** By index of the budget, where it is not as in the model. */
  readonly #healthy: Map<number, number>;

  constructor(model: Model, lost: readonly number[]) {
    this.#model = model;
    this.#healthy = new Map(healthyAfter(model, lost));
  }

  /** A pod has been evicted: one that came during the loss had not been counted yet. */
  noteEviction({ pod, isArrival, isTerminating }: Standing): void {
    if (isArrival || isTerminating || !isHealthy(this.#model, pod)) return;
    for (const budget of this.#model.budgetsOf(pod)) this.#healthy.set(budget, this.#healthyOf(budget) - 1);
  }

  /** Whether one of the budgets allows something else than before the loss. */
  haveChanged(budgets: readonly number[]): boolean {
    return budgets.some((index) => this.#healthy.has(index));
  }

  /** Lets the pods, most important first, use up their budgets; those that find nothing left are violating. */
  split(pods: readonly Standing[]): {
    readonly violating: readonly Standing[];
    readonly allowed: readonly Standing[];
  } {
    const left = new Map<number, number>();
    const violating: Standing[] = [];
    const allowed: Standing[] = [];
    for (const pod of pods) {
      let isViolating = false;
      for (const index of this.#model.budgetsOf(pod.pod)) {
        if (!this.#protects(index, pod)) continue;
        const allowance = (left.get(index) ?? this.#allowed(index)) - 1;
        left.set(index, allowance);
        if (allowance < 0) isViolating = true;
      }
      (isViolating ? violating : allowed).push(pod);
    }
    return { violating, allowed };
  }

  /** Preemption does not heed budgets that select everything, nor any for pods without labels. */
  #protects(index: number, { pod }: Standing): boolean {
    const { spec } = this.#budget(index).object;
    return (
      this.#model.podClass(pod).prototype.metadata.labels !== undefined &&
      !compileSelector(spec.selector).selectsEverything
    );
  }

  #allowed(index: number): number {
    return allowedDisruptions(this.#budget(index), this.#healthyOf(index));
  }

  #healthyOf(index: number): number {
    return this.#healthy.get(index) ?? this.#budget(index).healthy;
  }

  #budget(index: number): Budget {
    return this.#model.budgets[index] as Budget;
  }
}
