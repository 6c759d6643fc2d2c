import { HOSTNAME, selects } from "../placement.ts";
import type { Hardenable } from "../traits.ts";
import { type Rule, withPodSpec } from "./rule.ts";

/** Keeps the copies on different nodes. */
export const spread: Rule = {
  id: "spread",
  phase: 1,
  reason: () =>
    "at most one pod more on one node than on another, counted per revision and without nodes that are tainted: " +
    "two copies never share a node while another is free, yet neither a rollout nor a lost node leaves a pod Pending",
  edit: (workload, { replicas: wanted }) => (wanted < 2 ? workload : spreadOverNodes(workload)),
};

/** The very same where something that binds keeps its own pods apart already, or no labels say which pods those are. */
export function spreadOverNodes<T extends Hardenable>(workload: T): T {
  const labels = workload.spec.selector.matchLabels;
  if (labels === undefined) return workload;
  return withPodSpec(workload, (spec) => {
    const own = workload.spec.template.metadata?.labels ?? {};
    const binds = spec.topologySpreadConstraints?.some(
      (constraint) => constraint.whenUnsatisfiable === "DoNotSchedule" && selects(constraint, own),
    );
    const required = spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (binds || required?.some((term) => selects(term, own))) return spec;
    return {
      ...spec,
      topologySpreadConstraints: [
        ...(spec.topologySpreadConstraints ?? []),
        {
          maxSkew: 1,
          topologyKey: HOSTNAME,
          whenUnsatisfiable: "DoNotSchedule",
          labelSelector: { matchLabels: labels },
          // A dead node must not count as an empty domain, and an old revision's pods must not push the new ones about.
          nodeTaintsPolicy: "Honor",
          ...(workload.kind === "Deployment" ? { matchLabelKeys: ["pod-template-hash"] } : {}),
        },
      ],
    };
  });
}
