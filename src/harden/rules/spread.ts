import { domainOf, HOSTNAME, selects, ZONE } from "../placement.ts";
import type { Hardenable } from "../traits.ts";
import { type Rule, withPodSpec } from "./rule.ts";

/** Keeps the copies on different nodes. */
export const spread: Rule = {
  id: "spread",
  phase: 1,
  reason: (_, { settings: { spread } }) =>
    spread.nodes === "Required"
      ? "at most one pod more on one node than on another, counted per revision and without nodes that are tainted: " +
        "two copies never share a node while another is free, yet neither a rollout nor a lost node leaves a pod Pending"
      : "the scheduler puts the copies apart where nothing else weighs more: a wish, which does not bind it",
  edit(workload, { replicas: wanted, settings: { spread }, eligibleNodes }) {
    if (wanted < 2) return workload;
    const overNodes = spread.nodes === "Off" ? workload : spreadOverNodes(workload, STRENGTHS[spread.nodes]);
    const zones = new Set(eligibleNodes.map((node) => domainOf(node, ZONE)));
    if (spread.zones === "Off" || zones.size < 2) return overNodes;
    return spreadOver(overNodes, ZONE, STRENGTHS[spread.zones]);
  },
};

const STRENGTHS = { Required: "DoNotSchedule", Preferred: "ScheduleAnyway" } as const;
type Unsatisfiable = (typeof STRENGTHS)[keyof typeof STRENGTHS];

/** The very same where something that binds keeps its own pods apart already, or no labels say which pods those are. */
export function spreadOverNodes<T extends Hardenable>(
  workload: T,
  whenUnsatisfiable: Unsatisfiable = "DoNotSchedule",
): T {
  const own = workload.spec.template.metadata?.labels ?? {};
  const { affinity, topologySpreadConstraints } = workload.spec.template.spec;
  const binds = topologySpreadConstraints?.some(
    (constraint) => constraint.whenUnsatisfiable === "DoNotSchedule" && selects(constraint, own),
  );
  const required = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (binds || required?.some((term) => selects(term, own))) return workload;
  return spreadOver(workload, HOSTNAME, whenUnsatisfiable);
}

function spreadOver<T extends Hardenable>(
  workload: T,
  topologyKey: string,
  whenUnsatisfiable: Unsatisfiable,
): T {
  const labels = workload.spec.selector.matchLabels;
  if (labels === undefined) return workload;
  return withPodSpec(workload, (spec) => {
    const own = workload.spec.template.metadata?.labels ?? {};
    const isThere = spec.topologySpreadConstraints?.some(
      (constraint) =>
        constraint.topologyKey === topologyKey &&
        (constraint.whenUnsatisfiable === whenUnsatisfiable ||
          constraint.whenUnsatisfiable === "DoNotSchedule") &&
        selects(constraint, own),
    );
    if (isThere) return spec;
    return {
      ...spec,
      topologySpreadConstraints: [
        ...(spec.topologySpreadConstraints ?? []),
        {
          maxSkew: 1,
          topologyKey,
          whenUnsatisfiable,
          labelSelector: { matchLabels: labels },
          // A dead node must not count as an empty domain, and an old revision's pods must not push the new ones about.
          nodeTaintsPolicy: "Honor",
          ...(workload.kind === "Deployment" ? { matchLabelKeys: ["pod-template-hash"] } : {}),
        },
      ],
    };
  });
}
