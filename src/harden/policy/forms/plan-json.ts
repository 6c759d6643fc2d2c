import type { FixProof } from "../../checks/fix-proof.ts";
import { ownerOf } from "../../field-owner.ts";
import { fieldText } from "../../fields/field-path.ts";
import { type Step, targetText } from "../../step.ts";
import type { UpgradeForecast } from "../../upgrade/predict-upgrade.ts";
import type { PolicyPlan } from "../plan-policies.ts";
import { policyText } from "../read-policy.ts";
import { upgradeJson } from "./upgrade-json.ts";

export interface PlanResult {
  readonly plans: readonly PolicyPlan[];
  readonly proof: FixProof;
  readonly assumed: readonly string[];
  /** What an upgrade to a given chart would do. */
  readonly against?: UpgradeForecast;
}

/** The documented JSON form (docs/plan.schema.json). */
export function planJson({ plans, proof, assumed, against }: PlanResult) {
  return {
    policies: plans.map(({ policy, settings, workloads, plan }) => ({
      policy: policyText(policy),
      tier: settings.tier,
      targets: workloads.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
      steps: plan.steps.map(stepJson),
      refused: plan.refusals.map(({ rule, target, why, wouldHelp }) => ({
        rule,
        object: targetText(target),
        why,
        wouldHelp,
      })),
      madeFrom: plan.madeFrom,
    })),
    proof,
    ...(against !== undefined && { against: upgradeJson(against) }),
    assumed,
  };
}

function stepJson(step: Step) {
  const { phase, component, target, action, reasons, gate } = step;
  const base = {
    phase,
    component: targetText(component),
    object: targetText(target),
    action,
    until: gate,
    reasons,
  };
  if (step.action === "create") return { ...base, create: step.object };
  const fields = step.fields.map(({ path, before, after, owners, rule }) => ({
    field: fieldText(path),
    before: before ?? null,
    after: after ?? null,
    owners: owners.map((owner) => ({
      manager: owner.manager,
      operation: owner.operation,
      sort: ownerOf(owner).sort,
    })),
    rule,
  }));
  return { ...base, fields };
}
