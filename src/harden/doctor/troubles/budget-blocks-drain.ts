import { podDisruptionBudgets, pods } from "../../../kube/kinds.ts";
import { selectorMatches } from "../../../kube/selectors.ts";
import { nameOf } from "../../checks/check.ts";
import { inNamespace, listed, patchRemedy } from "../commands.ts";
import { whyNotReady } from "../pod-reason.ts";
import type { Trouble } from "../trouble.ts";

/** A budget that allows no eviction now: a drain waits until it does. */
export const budgetBlocksDrain: Trouble = {
  id: "budget-blocks-drain",
  title: "A budget lets no pod be evicted",
  *find(examined) {
    for (const budget of examined.view.list(podDisruptionBudgets)) {
      const { selector, unhealthyPodEvictionPolicy } = budget.spec;
      const { status } = budget;
      if (status?.disruptionsAllowed !== 0 || selector === undefined || (status.expectedPods ?? 0) === 0)
        continue;
      const theirs = examined.view
        .list(pods, budget.metadata.namespace)
        .filter(({ metadata }) => selectorMatches(selector, metadata.labels));
      const unready = theirs.filter((pod) => whyNotReady(pod, examined) !== undefined);
      const never = status.desiredHealthy >= status.expectedPods;
      const said =
        budget.spec.minAvailable === undefined
          ? `maxUnavailable ${budget.spec.maxUnavailable}`
          : `minAvailable ${budget.spec.minAvailable}`;
      const object = { ...budget, kind: "PodDisruptionBudget" };
      yield {
        object: nameOf(object),
        concerns: [...theirs.map(nameOf), ...theirs.map((pod) => nameOf(examined.ownerOf(pod)))],
        cause: never
          ? `${said} for ${status.expectedPods} pod${status.expectedPods === 1 ? "" : "s"} never lets one go: every drain of their nodes waits for ever`
          : `${said} needs ${status.desiredHealthy} healthy pods and ${status.currentHealthy} are: no drain gets on until another is ready`,
        evidence: [
          `disruptionsAllowed 0, currentHealthy ${status.currentHealthy}, desiredHealthy ${status.desiredHealthy}, expectedPods ${status.expectedPods}`,
          ...(unready.length === 0
            ? []
            : [`not ready: ${listed(unready.map(({ metadata }) => metadata.name))}`]),
        ],
        remedies: never
          ? [
              ...(status.expectedPods === 1
                ? [{ says: "run two of it first, so that one may go; or accept the gap and drop the budget" }]
                : []),
              patchRemedy(
                object,
                { spec: { minAvailable: null, maxUnavailable: 1 } },
                "lets one go at a time, however many there are",
                "merge",
              ),
            ]
          : [
              ...unready.slice(0, 1).map((pod) => ({
                command: `holdfast doctor pod/${pod.metadata.name}${inNamespace(pod)}`,
                says: "tells why that pod is not ready",
              })),
              ...(unhealthyPodEvictionPolicy === "AlwaysAllow"
                ? []
                : [
                    patchRemedy(
                      object,
                      { spec: { unhealthyPodEvictionPolicy: "AlwaysAllow" } },
                      "lets pods go that are not ready anyway, so that a drain is not held up by them",
                      "merge",
                    ),
                  ]),
            ],
      };
    }
  },
};
