/** The steps for one workload: its own fields, the Services that lead to it, its budget, and its claims where they have to move. */
import { deepEqual } from "../base/deep.ts";
import type { Kind } from "../kube/kind.ts";
import {
  deployments,
  horizontalPodAutoscalers,
  priorityClasses,
  services,
  statefulSets,
  storageClasses,
} from "../kube/kinds.ts";
import { controllerOf } from "../kube/owners.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import { budgetStep } from "./budget.ts";
import { type Component, componentOf } from "./catalogue.ts";
import { eligibleNodes } from "./eligible-nodes.ts";
import { controllerAmong } from "./field-owner.ts";
import { changesBetween } from "./fields/field-changes.ts";
import { ownersOf } from "./fields/field-owners.ts";
import { type FieldPath, fieldText } from "./fields/field-path.ts";
import { nearestName } from "./nearest.ts";
import { isAloneOnNode } from "./placement.ts";
import { RULES } from "./rules/registry.ts";
import { isSingleWriter } from "./rules/rollout.ts";
import type { RuleInput } from "./rules/rule.ts";
import { sendsTo } from "./sends-to.ts";
import { type ClaimMove, moveClaims, onMovedClaims } from "./shared-claim.ts";
import { patchStep, type Reason, type Refusal, type Step, targetOf } from "./step.ts";
import { stickinessStep, whyStick } from "./stickiness.ts";
import { copiesOf, copiesOfClass } from "./storage-copies.ts";
import type { Settings } from "./tiers.ts";
import type { Hardenable, Traits } from "./traits.ts";

export interface WorkloadInput {
  readonly view: ClusterView;
  readonly traits: Traits;
  readonly settings: Settings;
  /** Takes fields from controllers too. */
  readonly forceConflicts: boolean;
  /** Plans the steps of this phase only, from the workload as it is. */
  readonly phase?: 1 | 2 | 3 | undefined;
}

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
  const plansPods = phase === undefined || phase === 1;
  const room: Room = {
    ...input,
    component: componentOf(workload.spec.template.spec),
    eligible: eligibleNodes(workload.spec.template.spec, view).length,
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
    eligibleNodes: eligibleNodes(workload.spec.template.spec, view),
    replicas,
  };
  const steps: Step[] = [];
  let after = workload;
  if (plansPods) {
    if (traits.role === "web") judgeSessions(traits.sessions, refuse);
    const edited = edit(workload, ruleInput, { moves, forceConflicts, refuse });
    after = edited.after;
    steps.push(...workloadSteps(workload, edited, moves));
    for (const service of ruleInput.services) {
      const wanted = { component, traits, replicas, affinity: settings.sessionAffinity };
      const sticky = stickinessStep(service, wanted);
      if (sticky !== undefined && mayTake(sticky, forceConflicts, refuse)) steps.push(sticky);
    }
  }
  if (settings.budget !== undefined && (phase === undefined || phase === 3)) {
    const budget = budgetStep(
      workload,
      { component, replicas, maxUnavailable: Math.min(settings.budget, Math.max(1, replicas - 1)) },
      view,
    );
    if (budget !== undefined && mayTake(budget, forceConflicts, refuse)) steps.push(budget);
  }
  return { steps, refusals, after };
}

type Refuse = (rule: string, why: string, wouldHelp: string) => void;

interface Room extends WorkloadInput {
  readonly component: Component | undefined;
  /** How many nodes may run it. */
  readonly eligible: number;
}

/** How many replicas it has when the plan is done, and the claims that move for them; says why not as many as were asked for. */
function wantedReplicas(
  workload: Hardenable,
  room: Room,
  refuse: Refuse,
): { replicas: number; moves: readonly ClaimMove[] } {
  const { settings, eligible, component, view } = room;
  const current = workload.spec.replicas;
  const stay = { replicas: current, moves: [] };
  if (component?.capability === "singleton") {
    if (settings.stated.replicas && settings.replicas > 1) {
      refuse(
        "replicas",
        `${component.name} is made to run alone: with ${settings.replicas}, ${component.twice}`,
        "the nearest is replicas: 1, which starts soon on another node",
      );
    }
    return { replicas: 1, moves: [] };
  }
  if (settings.replicas <= current) return stay;
  const possible = Math.max(current, Math.min(settings.replicas, eligible));
  if (settings.stated.replicas && possible < settings.replicas) {
    refuse(
      "replicas",
      `${settings.replicas} replicas on ${eligible === 1 ? "one node" : `${eligible} nodes`} that may run it: two of them would go with the same node`,
      `the nearest is replicas: ${possible}; or add a node, or remove the taint that keeps its pods away`,
    );
    return stay;
  }
  if (!mayRunMore(workload, room, refuse)) return stay;
  const moved = moveClaims(workload, view, settings.storage.className);
  if (!Array.isArray(moved)) {
    refuse((moved as Refusal).rule, (moved as Refusal).why, (moved as Refusal).wouldHelp);
    return stay;
  }
  if (moved.length > 0 && !settings.storage.shareClaims) {
    const names = moved.map(({ from }) => from).join(", ");
    refuse(
      "shared-claim",
      `one node at a time can mount its claim ${names}, and moving the data to one that all can mount is an outage, once`,
      "say storage.shareClaims: true in the policy to have that planned too",
    );
    return stay;
  }
  return { replicas: possible, moves: moved };
}

/** Whether it may have the replicas that survive a loss; says why not. */
function mayRunMore(
  workload: Hardenable,
  { view, traits, eligible, settings, forceConflicts }: Room,
  refuse: Refuse,
): boolean {
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
    if (floor >= settings.replicas) return true;
    const { name } = scaler.metadata;
    refuse(
      "replicas",
      `HorizontalPodAutoscaler ${name} owns its replicas and would take a second one away again: its minimum is ${floor}`,
      `set minReplicas of ${name} to ${settings.replicas}`,
    );
    return false;
  }
  const owner = controllerAmong(ownersOf(workload, ["f:spec", "f:replicas"]));
  if (owner !== undefined && !forceConflicts) {
    refuse(
      "replicas",
      `${owner.name} owns spec.replicas and would set it back`,
      `change it ${owner.changeAt}`,
    );
    return false;
  }
  if (Math.max(eligible, workload.spec.replicas) >= 2) return true;
  refuse(
    "replicas",
    eligible === 0 ? "no node may run it" : "only one node may run it",
    "add a node, or remove the taint that keeps its pods away",
  );
  return false;
}

const NEXT_FOR_ROLE = {
  database:
    "run it as a replicated database with automatic failover (for PostgreSQL the CloudNativePG operator)",
  queue:
    "run it as a cluster of three with replicated queues (for RabbitMQ the cluster operator with quorum queues)",
  cache: "run it with a replica and automatic failover (for Redis three Sentinels)",
} as const;

/** The settings without what cannot be had here; says why, and what is nearest. */
function possibleSettings(workload: Hardenable, replicas: number, room: Room, refuse: Refuse): Settings {
  const { settings, view, eligible, traits } = room;
  const { rollout, priorityClassName, storage, sessionAffinity } = settings;
  const { maxSurge = 0, maxUnavailable = 0 } = rollout;
  const spec = workload.spec.template.spec;
  const alone = isAloneOnNode({ spec, labels: workload.spec.template.metadata?.labels ?? {} });
  let possible = settings;
  if (alone && maxSurge > 0 && maxUnavailable === 0 && replicas + maxSurge > eligible) {
    refuse(
      "rollout",
      `no two of its pods may share a node, and ${replicas} and ${maxSurge} more have ${eligible} nodes: an update would never end`,
      "the nearest is maxSurge: 0, maxUnavailable: 1",
    );
    possible = { ...possible, rollout: {} };
  }
  if (maxSurge + maxUnavailable > 0 && isSingle(workload, replicas, room)) {
    refuse(
      "rollout",
      "two of its pods at once would fight over the same volume or get into each other's way",
      "leave rollout out: one pod stops before the next starts",
    );
    possible = { ...possible, rollout: {} };
  }
  if (priorityClassName !== undefined && !view.get(priorityClasses, undefined, priorityClassName)) {
    const names = view.list(priorityClasses).map(({ metadata }) => metadata.name);
    const nearest = nearestName(priorityClassName, names);
    refuse(
      "priority",
      `there is no PriorityClass ${priorityClassName}`,
      nearest === undefined ? "make it first" : `the nearest is ${nearest}; or make it first`,
    );
    possible = { ...possible, priorityClassName: undefined };
  }
  if (storage.copies !== undefined) judgeCopies(workload, storage.copies, view, refuse);
  if (sessionAffinity.mode === "None" && whyStick(traits) !== undefined) {
    refuse(
      "stickiness",
      `without session affinity it breaks: ${whyStick(traits)}`,
      "the nearest is mode: Auto",
    );
  }
  return possible;
}

function isSingle(
  workload: Hardenable,
  replicas: number,
  { view, traits, component, settings }: Room,
): boolean {
  const input = { view, traits, component, settings, replicas, services: [], eligibleNodes: [] };
  return isSingleWriter(workload, input);
}

function judgeCopies(workload: Hardenable, wanted: number, view: ClusterView, refuse: Refuse): void {
  for (const { claim, storageClass, copies } of copiesOf(workload, view)) {
    if (copies === undefined || copies >= wanted) continue;
    const better = view.list(storageClasses).find((each) => (copiesOfClass(each) ?? 0) >= wanted);
    refuse(
      "storage",
      `claim ${claim} is of class ${storageClass}, which keeps ${copies === 1 ? "one copy" : `${copies} copies`} of ${wanted}`,
      better === undefined
        ? `the nearest is copies: ${copies}; or make a class that keeps ${wanted}`
        : `move the data to a claim of class ${better.metadata.name}, or raise the copies of its volume`,
    );
  }
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

interface Edited {
  readonly after: Hardenable;
  readonly reasons: readonly Reason[];
  ruleOf(path: FieldPath): string;
}

interface EditOptions {
  readonly moves: readonly ClaimMove[];
  readonly forceConflicts: boolean;
  readonly refuse: Refuse;
}

/** Lets each rule edit the workload; a rule that would take a field from a controller is left out as a whole, and that is said. */
function edit(
  workload: Hardenable,
  input: RuleInput,
  { moves, forceConflicts, refuse }: EditOptions,
): Edited {
  const kind = kindOf(workload) as Kind<Hardenable>;
  let edited: Hardenable = workload;
  const reasons: Reason[] = [];
  const made: { rule: string; paths: readonly FieldPath[] }[] = [];
  const take = (rule: string, after: Hardenable, text: string) => {
    const changes = changesBetween(kind, edited, after);
    if (changes.length === 0) return;
    const theirs = forceConflicts
      ? undefined
      : changes.flatMap(({ path }) => {
          const owner = controllerAmong(ownersOf(workload, path));
          return owner === undefined ? [] : [{ owner, field: fieldText(path) }];
        })[0];
    if (theirs !== undefined) {
      const { owner, field } = theirs;
      refuse(
        rule,
        `${owner.name} owns ${field} and would set it back`,
        `change it ${owner.changeAt}: ${text}`,
      );
      return;
    }
    made.push({ rule, paths: changes.map(({ path }) => path) });
    reasons.push({ rule, text });
    edited = after;
  };
  if (moves.length > 0) {
    const to = moves.map((move) => move.to).join(", ");
    take("shared-claim", onMovedClaims(edited, moves), `now on ${to}, which every replica can mount`);
  }
  for (const rule of RULES) {
    const after = rule.edit(edited, input);
    if (after !== edited) take(rule.id, after, rule.reason(edited, input));
  }
  return {
    after: edited,
    reasons,
    ruleOf: (path) => made.find(({ paths }) => paths.some((other) => overlap(path, other)))?.rule ?? "",
  };
}

function overlap(a: FieldPath, b: FieldPath): boolean {
  const length = Math.min(a.length, b.length);
  return deepEqual(a.slice(0, length), b.slice(0, length));
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
function mayTake(step: Step, forceConflicts: boolean, refuse: Refuse): boolean {
  if (step.action === "create" || forceConflicts) return true;
  for (const { path, owners, rule } of step.fields) {
    const owner = controllerAmong(owners);
    if (owner === undefined) continue;
    const where = `${step.target.kind.kind} ${step.target.name}`;
    refuse(
      rule,
      `${owner.name} owns ${fieldText(path)} of ${where} and would set it back`,
      `change it ${owner.changeAt}`,
    );
    return false;
  }
  return true;
}

export function kindOf(workload: Hardenable): Kind {
  return workload.kind === "StatefulSet" ? statefulSets : deployments;
}
