import type { Body } from "../client/client.ts";
import type { Kind } from "../kube/kind.ts";
import {
  deployments,
  horizontalPodAutoscalers,
  nodes,
  persistentVolumeClaims,
  podDisruptionBudgets,
  services,
  statefulSets,
  storageClasses,
} from "../kube/kinds.ts";
import { createMergePatch } from "../kube/patch/merge-patch.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import { budgetStep } from "./budget.ts";
import { eligibleNodes } from "./eligible-nodes.ts";
import { RULES } from "./rules/registry.ts";
import type { RuleInput } from "./rules/rule.ts";
import { sendsTo } from "./sends-to.ts";
import { type ClaimMove, moveClaims, onMovedClaims } from "./shared-claim.ts";
import { type Plan, type Reason, type Refusal, type Step, targetOf } from "./step.ts";
import { stickinessStep } from "./stickiness.ts";
import type { Hardenable, Traits, TraitsOf } from "./traits.ts";

/** What a view has to hold for a plan. */
export const PLAN_KINDS: readonly Kind[] = [
  nodes,
  deployments,
  statefulSets,
  services,
  persistentVolumeClaims,
  storageClasses,
  podDisruptionBudgets,
  horizontalPodAutoscalers,
];

/** Two is what survives one loss; a third copy would only help against a second loss at the same time. */
const REPLICAS = 2;

/**
 * Works out what would make every workload outside the cluster's own namespaces survive more. Pure: the same view gives
 * the same plan. Steps stand in the order in which they have to be done.
 */
export function planHardening(view: ClusterView, traitsOf: TraitsOf): Plan {
  const plans = [...view.list(deployments), ...view.list(statefulSets)]
    .filter((workload) => !(workload.metadata.namespace ?? "").startsWith("kube-"))
    .map((workload) => planWorkload(workload, view, traitsOf));
  const steps = plans.flatMap((plan) => plan.steps);
  return {
    // A stable sort: phase by phase over all workloads, each phase in the order of the steps within a workload.
    steps: [1, 2, 3].flatMap((phase) => steps.filter((step) => step.phase === phase)),
    refusals: plans.flatMap((plan) => plan.refusals),
  };
}

function planWorkload(workload: Hardenable, view: ClusterView, traitsOf: TraitsOf): Plan {
  const traits = traitsOf(workload);
  const behind = view
    .list(services, workload.metadata.namespace)
    .filter((service) => sendsTo(service, workload.spec.template.metadata?.labels));
  const eligible = eligibleNodes(workload.spec.template.spec, view);
  const refusals: Refusal[] = [];
  const refuse: Refuse = (rule, why, wouldHelp) =>
    refusals.push({ rule, why, wouldHelp, target: namesOf(workload) });

  if (workload.spec.replicas === 0) {
    refuse("replicas", "it is scaled to zero: somebody wants none of it now", "scale it up, then plan again");
    return { steps: [], refusals };
  }
  const more = mayRunMore(workload, { view, traits, eligible: eligible.length }, refuse);
  let moves: readonly ClaimMove[] = [];
  let replicas = workload.spec.replicas;
  if (more) {
    const moved = moveClaims(workload, view);
    if (Array.isArray(moved)) {
      moves = moved;
      replicas = Math.max(replicas, REPLICAS);
    } else refusals.push(moved as Refusal);
  }
  if (traits.role === "web") judgeSessions(traits.sessions, refuse);

  const input: RuleInput = {
    view,
    traits,
    services: behind,
    eligibleNodes: eligible.map(({ metadata }) => metadata.name),
    replicas,
  };
  const { edited, reasons } = edit(workload, input, moves);
  const steps: Step[] = [];
  if (moves.length > 0)
    steps.push(
      ...moves.flatMap((m) => m.steps.slice(0, 1)),
      stopStep(workload),
      ...moves.flatMap((m) => m.steps.slice(1)),
    );
  if (reasons.length > 0) steps.push(workloadStep(workload, edited, reasons, moves.length > 0));
  for (const service of behind) {
    const sticky = stickinessStep(service, traits, replicas);
    if (sticky !== undefined) steps.push(sticky);
  }
  const budget = budgetStep(workload, replicas, view);
  if (budget !== undefined) steps.push(budget);
  return { steps, refusals };
}

type Refuse = (rule: string, why: string, wouldHelp: string) => void;

interface Room {
  readonly view: ClusterView;
  readonly traits: Traits;
  /** How many nodes may run it. */
  readonly eligible: number;
}

/** Whether it may have the replicas that survive a loss; says why not. */
function mayRunMore(workload: Hardenable, { view, traits, eligible }: Room, refuse: Refuse): boolean {
  if (traits.role !== "web") {
    refuse(
      "replicas",
      `a second ${traits.role} of this kind would keep data of its own, not a copy of the first one's`,
      NEXT_FOR_ROLE[traits.role],
    );
    return false;
  }
  const scaler = view
    .list(horizontalPodAutoscalers, workload.metadata.namespace)
    .find(
      ({ spec: { scaleTargetRef: of } }) => of.kind === workload.kind && of.name === workload.metadata.name,
    );
  if (scaler !== undefined) {
    const floor = scaler.spec.minReplicas ?? 1;
    if (floor >= REPLICAS) return true;
    const name = scaler.metadata.name;
    refuse(
      "replicas",
      `HorizontalPodAutoscaler ${name} owns its replicas and would take a second one away again: its minimum is ${floor}`,
      `set minReplicas of ${name} to ${REPLICAS}`,
    );
    return false;
  }
  if (Math.max(eligible, workload.spec.replicas) >= REPLICAS) return true;
  refuse(
    "replicas",
    eligible === 0 ? "no node may run it" : "only one node may run it",
    "add a node, or remove the taint that keeps its pods away",
  );
  return false;
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

function namesOf(workload: Hardenable): Refusal["target"] {
  return { kind: workload.kind, namespace: workload.metadata.namespace ?? "", name: workload.metadata.name };
}

const NEXT_FOR_ROLE = {
  database:
    "run it as a replicated database with automatic failover (for PostgreSQL the CloudNativePG operator)",
  queue:
    "run it as a cluster of three with replicated queues (for RabbitMQ the cluster operator with quorum queues)",
  cache: "run it with a replica and automatic failover (for Redis three Sentinels)",
} as const;

function edit(
  workload: Hardenable,
  input: RuleInput,
  moves: readonly ClaimMove[],
): { edited: Hardenable; reasons: Reason[] } {
  let edited: Hardenable = workload;
  const reasons: Reason[] = [];
  if (moves.length > 0) {
    edited = onMovedClaims(edited, moves);
    reasons.push({
      rule: "shared-claim",
      text: `now on ${moves.map((m) => m.to).join(", ")}, which every replica can mount`,
    });
  }
  for (const rule of RULES) {
    const after = rule.edit(edited, input);
    if (after === edited) continue;
    reasons.push({ rule: rule.id, text: rule.reason(edited, input) });
    edited = after;
  }
  return { edited, reasons };
}

/** Nobody may write while the data moves. */
function stopStep(workload: Hardenable): Step {
  return {
    phase: 1,
    action: "patch",
    target: targetOf(kindOf(workload), workload),
    reasons: [{ rule: "shared-claim", text: "stops it while its data moves: a planned outage, once" }],
    gate: "no-pods",
    patch: { spec: { replicas: 0 } },
    revert: { spec: { replicas: workload.spec.replicas } },
  };
}

function workloadStep(
  before: Hardenable,
  after: Hardenable,
  reasons: readonly Reason[],
  stopped: boolean,
): Step {
  const patch = createMergePatch(before, after) as { spec?: Record<string, unknown> };
  const revert = createMergePatch(after, before) as { spec?: Record<string, unknown> };
  // A workload that was stopped has to be told its replicas even where they are the same as before.
  const restart = stopped ? { spec: { ...patch.spec, replicas: after.spec.replicas } } : {};
  return {
    phase: 1,
    action: "patch",
    target: targetOf(kindOf(before), before),
    reasons,
    gate: "rolled-out",
    patch: { ...patch, ...restart } as Body,
    revert: { ...revert, spec: { ...revert.spec, replicas: before.spec.replicas } } as Body,
  };
}

function kindOf(workload: Hardenable): Kind {
  return workload.kind === "StatefulSet" ? statefulSets : deployments;
}
