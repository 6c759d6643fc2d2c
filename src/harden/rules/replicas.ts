import { type Rule, withPodSpec } from "./rule.ts";

/** Runs a second copy, so that one pod or node can go without an outage. */
export const replicas: Rule = {
  id: "replicas",
  phase: 1,
  reason: (workload, { replicas: wanted }) =>
    `${workload.spec.replicas} → ${wanted} replicas: one pod or node may go while another answers`,
  edit(workload, { replicas: wanted }) {
    if (workload.spec.replicas >= wanted) return workload;
    return { ...workload, spec: { ...workload.spec, replicas: wanted } };
  },
};

/** Keeps the copies on different nodes. */
export const spread: Rule = {
  id: "spread",
  phase: 1,
  reason: () =>
    "at most one pod more on one node than on another, counted per revision and without nodes that are tainted: " +
    "two copies never share a node while another is free, yet neither a rollout nor a lost node leaves a pod Pending",
  edit(workload, { replicas: wanted }) {
    const labels = workload.spec.selector.matchLabels;
    if (wanted < 2 || labels === undefined) return workload;
    return withPodSpec(workload, (spec) => {
      if (spec.topologySpreadConstraints?.some((c) => c.whenUnsatisfiable === "DoNotSchedule")) return spec;
      if (spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution) return spec;
      return {
        ...spec,
        topologySpreadConstraints: [
          ...(spec.topologySpreadConstraints ?? []),
          {
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "DoNotSchedule",
            labelSelector: { matchLabels: labels },
            // A dead node must not count as an empty domain, and an old revision's pods must not push the new ones about.
            nodeTaintsPolicy: "Honor",
            ...(workload.kind === "Deployment" ? { matchLabelKeys: ["pod-template-hash"] } : {}),
          },
        ],
      };
    });
  },
};
