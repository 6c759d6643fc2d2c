/**
 * PodDisruptionBudgets: says in each budget's status how many of its pods may be evicted now. The eviction itself, and the
 * rule that a pod with several budgets is not evicted at all, are the API server's part.
 */
import { deepEqual } from "../../../base/deep.ts";
import { podDisruptionBudgets, pods } from "../../../kube/kinds.ts";
import { selectorMatches } from "../../../kube/selectors.ts";
import type { LabelSelector, Pod, PodDisruptionBudget } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";
import type { ControllerFactory } from "../../context.ts";
import { goText } from "../shared/go-text.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { watchAll } from "../shared/watch.ts";
import {
  type BudgetStatus,
  budgetStatus,
  disruptedPods,
  expectationOf,
  failedStatus,
} from "./budget-status.ts";
import { scaleOf } from "./scale-of.ts";
import { StaleDisruptions } from "./stale-disruptions.ts";

/** How events name it: the real one goes by the whole manager's name. */
const NAME = "controllermanager";

/** Keeps the status of PodDisruptionBudgets; `kinds` tells which pods' controllers have a size. */
export function disruption(kinds: KindRegistry): ControllerFactory {
  return (context) => {
    const { api, engine, events } = context;
    const stale = new StaleDisruptions(context);

    const reconcile = (key: string): void => {
      const { namespace, name } = splitKey(key);
      const budget = api.get(podDisruptionBudgets, namespace, name);
      if (budget === undefined) return;
      const status = statusOf(key, budget, namespace);
      if (!deepEqual(status, budget.status)) api.updateStatus(podDisruptionBudgets, { ...budget, status });
    };

    const statusOf = (key: string, budget: PodDisruptionBudget, namespace: string): BudgetStatus => {
      const { selector } = budget.spec;
      const selected = selector === undefined ? [] : api.list(pods, { namespace, labelSelector: selector });
      if (selected.length === 0) events.event(budget, "Normal", "NoPods", "No matching pods found");
      const expectation = expectationOf(budget, selected, (reference) =>
        scaleOf(api, kinds, namespace, reference),
      );
      if ("error" in expectation) {
        const message = `Failed to calculate the number of expected pods: ${expectation.error}`;
        events.event(budget, "Warning", "CalculateExpectedPodCountFailed", message);
        return failedStatus(budget, expectation.error, engine.now());
      }
      if (expectation.unmanaged.length > 0) {
        events.event(budget, "Warning", "UnmanagedPods", unmanagedMessage(selector));
      }
      const disrupted = disruptedPods(budget, selected, engine.now());
      for (const pod of disrupted.overdue) {
        // The real message gives the namespace twice and the name not at all.
        const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
        events.event(pod, "Warning", "NotDeleted", message);
      }
      if (disrupted.recheckMs !== undefined) queue.addAfter(key, disrupted.recheckMs - engine.now() + 1);
      return budgetStatus(budget, selected, expectation, disrupted, engine.now());
    };

    const onPod = (pod: Pod): void => {
      const { namespace = "", name, labels } = pod.metadata;
      const matching = api
        .list(podDisruptionBudgets, { namespace })
        .filter(({ spec }) => selectorMatches(spec.selector, labels));
      for (const budget of matching) queue.add(keyOf(budget));
      if (matching.length < 2) return;
      const chosen = matching[0]?.metadata.name;
      const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${chosen}" arbitrarily.`;
      events.event(pod, "Warning", "MultiplePodDisruptionBudgets", message);
    };

    const queue = new WorkQueue(engine, { name: "disruption", reconcile });
    return {
      name: NAME,
      start() {
        watchAll(api, podDisruptionBudgets, ({ object }) => queue.add(keyOf(object)));
        watchAll(api, pods, ({ type, object }) => {
          onPod(object);
          if (type !== "DELETED") stale.watch(object);
        });
      },
    };
  };
}

function unmanagedMessage(selector: LabelSelector | undefined): string {
  return `Pods selected by this PodDisruptionBudget (selector: ${goText(selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
}
