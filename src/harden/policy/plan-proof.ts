/** Whether a plan makes anything worse, proved before anybody sees it: what does is refused, component by component. */
import type { KubeObject } from "../../kube/types/index.ts";
import type { ProveResult } from "../../prove/result.ts";
import type { AssumedNodes } from "../../prove/stage/assumed-nodes.ts";
import { asManifests } from "../../prove/stage/changes.ts";
import { stagedWith } from "../../prove/stage/with-changes.ts";
import { type WorstByKind, worstByKind } from "../../prove/worst-by-kind.ts";
import { rangeText } from "../../report/duration-text.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { byComponent } from "../apply/apply-plan.ts";
import type { FixProof, ProvedChange } from "../checks/fix-proof.ts";
import { patchFix } from "../checks/fixes.ts";
import { comparedWorst } from "../checks/prove-fixes.ts";
import { type Step, type StepTarget, targetText } from "../step.ts";
import { harmful, harmlessPrefix } from "./harmful.ts";
import { plannedObjects } from "./plan-objects.ts";
import type { PolicyPlan } from "./plan-policies.ts";

export interface PlanProofInput {
  readonly objects: readonly KubeObject[];
  readonly view: ClusterView;
  /** Where the objects bring no nodes. */
  readonly nodes: AssumedNodes;
  /** Proves the same losses of such objects. */
  prove(objects: readonly KubeObject[]): ProveResult;
}

export interface ProvedPlans {
  readonly plans: readonly PolicyPlan[];
  /** What the plans do together. */
  readonly proof: FixProof;
}

/** The plans without the components that would make something worse; those are refused with what would become worse. */
export function provePlans(plans: readonly PolicyPlan[], input: PlanProofInput): ProvedPlans {
  const before = worstByKind(input.prove(staged([], input)));
  const proofOfAll = (changes: readonly Component[]) =>
    proofOf(
      changes.flatMap(([, steps]) => steps),
      before,
      input,
    );
  const worseOf = (changes: readonly Component[]) => proofOfAll(changes).worse;
  const components = byComponent(stepsOf(plans));
  const all = proofOfAll(components);
  if (all.worse.length === 0) return { plans, proof: all };
  let left = plans;
  for (const [[component], worse] of harmful(components, worseOf))
    left = withoutComponent(left, component, worse);
  const rest = byComponent(stepsOf(left));
  const proof = proofOfAll(rest);
  if (proof.worse.length === 0) return { plans: left, proof };
  // Good one by one and bad together: the last that could be the cause go first.
  const kept = harmlessPrefix(rest, worseOf);
  for (const [component] of rest.slice(kept)) left = withoutComponent(left, component, proof.worse);
  return { plans: left, proof: proofOfAll(rest.slice(0, kept)) };
}

type Component = ReturnType<typeof byComponent>[number];

function stepsOf(plans: readonly PolicyPlan[]): Step[] {
  return plans.flatMap(({ plan }) => plan.steps);
}

function proofOf(steps: readonly Step[], before: WorstByKind, input: PlanProofInput): FixProof {
  if (steps.length === 0) return { better: [], worse: [] };
  return comparedWorst(before, worstByKind(input.prove(staged(steps, input))));
}

/** The cluster once the steps are done. */
function staged(steps: readonly Step[], input: PlanProofInput): readonly KubeObject[] {
  return stagedWith(asManifests(changesOf(steps, input.view), "the plan"), input).objects;
}

/** What is there when all steps are done, as patches in the form of manifests. Jobs are over by then. */
function changesOf(steps: readonly Step[], view: ClusterView): KubeObject[] {
  return plannedObjects(steps, view).flatMap(({ target, before, after }) => {
    if (target.kind.kind === "Job") return [];
    return before === undefined ? after : ((patchFix(before, after)?.object ?? []) as KubeObject | []);
  });
}

function withoutComponent(
  plans: readonly PolicyPlan[],
  component: StepTarget,
  worse: readonly ProvedChange[],
): PolicyPlan[] {
  const name = targetText(component);
  return plans.map((each) => {
    const steps = each.plan.steps.filter((step) => targetText(step.component) !== name);
    if (steps.length === each.plan.steps.length) return each;
    const refusal = {
      rule: "proof",
      target: { ...component, kind: component.kind.kind },
      why: `proved, it would make something worse: ${worse.slice(0, 3).map(changeText).join("; ")}`,
      wouldHelp: "holdfast prove --explain plays such a loss; more nodes or smaller requests may make room",
    };
    return { ...each, plan: { ...each.plan, steps, refusals: [...each.plan.refusals, refusal] } };
  });
}

/** "node loss: Deployment shop/web outage 60 s → safe" */
export function changeText({ loss, workload, before, after }: ProvedChange): string {
  const told = ({ verdict, downSeconds }: ProvedChange["before"]) =>
    downSeconds === undefined ? verdict : `${verdict} ${rangeText(downSeconds)}`;
  return `${loss}: ${workload} ${told(before)} → ${told(after)}`;
}
