import { compileSelector } from "../../kube/selectors.ts";
import type { Deployment } from "../../kube/types/index.ts";
import { isHealthy } from "./after-loss.ts";
import { deploymentsOf } from "./assemble.ts";
import { type Budget, budgetOf } from "./budget.ts";
import type { PodMove } from "./change.ts";
import type { Model } from "./model.ts";
import type { PodClass } from "./pod-class.ts";

/** Keeps the budgets of a model right while its pods change. */
export class ChangedBudgets {
  readonly #model: Model;
  /** By namespace, indexes of its budgets and of its classes. */
  readonly #budgets = new Map<string, number[]>();
  readonly #classes = new Map<string, number[]>();
  #deployments: ReadonlyMap<string, Deployment> | undefined;

  constructor(model: Model) {
    this.#model = model;
    for (const [index, { object }] of model.budgets.entries()) {
      append(this.#budgets, object.metadata.namespace ?? "", index);
    }
    for (const podClass of model.classes) this.addClass(podClass);
  }

  addClass({ index, prototype }: PodClass): void {
    append(this.#classes, prototype.metadata.namespace ?? "", index);
  }

  /** Does the sums again that the moved pods are part of; indexes of the budgets that are different now. */
  settle(moves: readonly PodMove[]): readonly number[] {
    const model = this.#model;
    const places = moves.flatMap(({ before, after }) => [before, after]);
    const touched = [...new Set(places.flatMap((place) => place?.podClass ?? []))].map(
      (index) => model.classes[index] as PodClass,
    );
    const namespaces = new Set(touched.map(namespaceOf));
    const changed: number[] = [];
    for (const namespace of namespaces) {
      for (const index of this.#budgets.get(namespace) ?? []) {
        const before = model.budgets[index] as Budget;
        const selector = compileSelector(before.object.spec?.selector);
        if (!touched.some(({ prototype }) => selector.matches(prototype.metadata.labels))) continue;
        const after = this.#budgetNow(before, namespace);
        if (isSame(before, after)) continue;
        const isSameChoice = isSameList(before.classes, after.classes);
        model.putBudget(index, isSameChoice ? { ...after, classes: before.classes } : after);
        changed.push(index);
      }
    }
    return changed.sort((a, b) => a - b);
  }

  #budgetNow({ object }: Budget, namespace: string): Budget {
    const model = this.#model;
    const classes = (this.#classes.get(namespace) ?? [])
      .filter((index) => model.podsOfClass(index).length > 0)
      .map((index) => model.classes[index] as PodClass);
    this.#deployments ??= deploymentsOf(model.workloads.flatMap(({ object: workload }) => workload ?? []));
    return budgetOf(object, {
      objects: model.objects,
      classes,
      deployments: this.#deployments,
      healthyOf: (podClass) =>
        model.podsOfClass(podClass).reduce((sum, pod) => sum + Number(isHealthy(model, pod)), 0),
    });
  }
}

function namespaceOf({ prototype }: PodClass): string {
  return prototype.metadata.namespace ?? "";
}

function isSame(a: Budget, b: Budget): boolean {
  return (
    a.healthy === b.healthy &&
    a.desiredHealthy === b.desiredHealthy &&
    a.expectsPods === b.expectsPods &&
    a.error === b.error &&
    isSameList(a.classes, b.classes)
  );
}

function isSameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function append(map: Map<string, number[]>, key: string, item: number): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
}
