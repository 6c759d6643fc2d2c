/** The plan for policies: their targets, and the steps that make those as the policies say. */
import type { HighAvailabilityPolicy } from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import type { PolicyName } from "../apply/journal.ts";
import { planWorkloads } from "../plan.ts";
import type { Plan } from "../step.ts";
import { type Settings, settingsOf } from "../tiers.ts";
import type { Hardenable, TraitsOf } from "../traits.ts";
import { policyName } from "./read-policy.ts";
import { resolveTargets } from "./targets.ts";

export interface PolicyPlan {
  readonly policy: PolicyName;
  /** Counts changes of the policy's spec; absent for one that is in a file only. */
  readonly generation?: number;
  readonly settings: Settings;
  readonly workloads: readonly Hardenable[];
  readonly plan: Plan;
}

export interface PolicyPlanInput {
  readonly view: ClusterView;
  /** To be planned for. */
  readonly policies: readonly HighAvailabilityPolicy[];
  /** Whose targets are theirs already. */
  readonly others: readonly HighAvailabilityPolicy[];
  readonly traitsOf: TraitsOf;
  readonly forceConflicts: boolean;
  readonly phase?: 1 | 2 | 3 | undefined;
  /** Which workloads are planned for, of those that are targets. */
  readonly includes: (workload: Hardenable) => boolean;
}

export function planPolicies(input: PolicyPlanInput): PolicyPlan[] {
  const { view, policies, others, traitsOf, forceConflicts, phase, includes } = input;
  return resolveTargets([...others, ...policies], view)
    .filter(({ policy }) => policies.includes(policy))
    .map(({ policy, workloads, refusals }) => {
      const settings = settingsOf(policy.spec);
      const included = workloads.filter(includes);
      const planned = included.map((workload) => ({ workload, settings }));
      const plan = planWorkloads(planned, view, { traitsOf, forceConflicts, phase });
      const { generation } = policy.metadata;
      return {
        policy: policyName(policy),
        ...(generation !== undefined && { generation }),
        settings,
        workloads: included,
        plan: { ...plan, refusals: [...refusals, ...plan.refusals] },
      };
    });
}
