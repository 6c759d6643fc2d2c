/** The steps for one workload: its own fields, the Services that lead to it, its budget, and its claims where they have to move. */
import type { Kind } from "../kube/kind.ts";
import { services } from "../kube/kinds.ts";
import { controllerOf } from "../kube/owners.ts";
import { budgetStep } from "./budget.ts";
import { componentOf } from "./catalogue.ts";
import { eligibleNodes } from "./eligible-nodes.ts";
import { controllerAmong } from "./field-owner.ts";
import { fieldText } from "./fields/field-path.ts";
import { possibleSettings } from "./possible-settings.ts";
import { type Edited, editByRules } from "./rule-edits.ts";
import type { RuleInput } from "./rules/rule.ts";
import { sendsTo } from "./sends-to.ts";
import type { ClaimMove } from "./shared-claim.ts";
import { patchStep, type Refusal, type Step, targetOf } from "./step.ts";
import { stickinessStep } from "./stickiness.ts";
import type { Hardenable, Traits } from "./traits.ts";
import { wantedReplicas } from "./wanted-replicas.ts";
import { kindOf, type Refuse, type Room, type WorkloadInput } from "./workload-room.ts";

export interface WorkloadPlan {
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  /** The workload as it is when the steps are done. */
  readonly after: Hardenable;
}

export function planWorkload(workload: Hardenable, input: WorkloadInput): WorkloadPlan {
  const { view, traits, settings, forceConflicts, phase } = input;
  const component = targetOf(kindOf(workload), workload);
  const refusals: Refusal[] = [];
  const target = { ...component, kind: workload.kind };
  const refuse: Refuse = (rule, why, wouldHelp) => refusals.push({ rule, why, wouldHelp, target });
  const nothing = { steps: [], refusals, after: workload };

  if (workload.spec.replicas === 0) {
    refuse("replicas", "it is scaled to zero: somebody wants none of it now", "scale it up, then plan again");
    return nothing;
  }
  const controller = controllerOf(workload);
  if (controller !== undefined) {
    const name = `${controller.kind} ${controller.name}`;
    refuse(
      "owner",
      `it is made by ${name}, whose controller takes back what others set`,
      `set it in ${name}`,
    );
    return nothing;
  }
  const { spec, metadata } = workload.spec.template;
  const plansPods = phase === undefined || phase === 1;
  const room: Room = {
    ...input,
    component: componentOf({ spec, labels: metadata?.labels ?? {} }),
    eligible: eligibleNodes(spec, view).length,
  };
  const { replicas, moves } = plansPods
    ? wantedReplicas(workload, room, refuse)
    : { replicas: workload.spec.replicas, moves: [] };
  const ruleInput: RuleInput = {
    view,
    traits,
    settings: possibleSettings(workload, replicas, room, refuse),
    component: room.component,
    services: view
      .list(services, workload.metadata.namespace)
      .filter((service) => sendsTo(service, workload.spec.template.metadata?.labels)),
    eligibleNodes: eligibleNodes(spec, view),
    replicas,
  };
  const steps: Step[] = [];
  let after = workload;
  if (plansPods) {
    if (traits.role === "web") judgeSessions(traits.sessions, refuse);
    const edited = editByRules(workload, ruleInput, { moves, forceConflicts, refuse });
    after = edited.after;
    steps.push(...workloadSteps(workload, edited, moves));
    for (const service of ruleInput.services) {
      const wanted = { component, traits, replicas, affinity: settings.sessionAffinity };
      const sticky = stickinessStep(service, wanted);
      if (sticky !== undefined && mayTake(sticky, input, refuse)) steps.push(sticky);
    }
  }
  if (settings.budget !== undefined && (phase === undefined || phase === 3)) {
    const budget = budgetStep(
      workload,
      { component, replicas, maxUnavailable: Math.min(settings.budget, Math.max(1, replicas - 1)) },
      view,
    );
    if (budget !== undefined && mayTake(budget, input, refuse)) steps.push(budget);
  }
  return { steps, refusals, after };
}

function judgeSessions(sessions: Traits["sessions"], refuse: Refuse): void {
  if (sessions === "memory") {
    refuse(
      "session-store",
      "it keeps logins in its own memory: whoever is logged in at a pod that goes is logged out",
      "let the application keep sessions in a store that all replicas share, or sign them into a cookie with one fixed key",
    );
  } else if (sessions === "cookie") {
    refuse(
      "session-store",
      "logins are signed into a cookie that every replica accepts; a session store would add one more thing whose loss logs everybody out",
      "nothing is needed for logins to survive; a store would only add that a login can be revoked",
    );
  }
}

/** Where claims move nobody may write meanwhile: new claims, stop, copies, and the switch. */
function workloadSteps(
  workload: Hardenable,
  { after, reasons, ruleOf }: Edited,
  moves: readonly ClaimMove[],
): Step[] {
  const kind = kindOf(workload) as Kind<Hardenable>;
  const component = targetOf(kind, workload);
  const base = { phase: 1, component, kind } as const;
  if (reasons.length === 0) return [];
  if (moves.length === 0)
    return [patchStep({ ...base, gate: "rolled-out", before: workload, after, reasons, ruleOf })];
  const stopped: Hardenable = { ...workload, spec: { ...workload.spec, replicas: 0 } } as Hardenable;
  const stop = patchStep({
    ...base,
    gate: "no-pods",
    before: workload,
    after: stopped,
    reasons: [{ rule: "shared-claim", text: "stops it while its data moves: a planned outage, once" }],
  });
  return [
    ...moves.flatMap(({ steps }) => steps.slice(0, 1)),
    stop,
    ...moves.flatMap(({ steps }) => steps.slice(1)),
    patchStep({ ...base, gate: "rolled-out", before: stopped, after, reasons, ruleOf }),
  ];
}

/** Whether every field of a step may be taken; says whose it is where not. */
function mayTake(step: Step, { view, forceConflicts }: WorkloadInput, refuse: Refuse): boolean {
  if (step.action === "create" || forceConflicts) return true;
  const { kind, namespace, name } = step.target;
  const live = view.get(kind, namespace, name);
  if (live === undefined) return true;
  for (const { path, owners, rule } of step.fields) {
    const owner = controllerAmong(owners, live);
    if (owner === undefined) continue;
    const where = `${kind.kind} ${name}`;
    refuse(
      rule,
      `${owner.name} owns ${fieldText(path)} of ${where} and would set it back`,
      `change it ${owner.changeAt}`,
    );
    return false;
  }
  return true;
}
