import type { Client } from "../client/client.ts";
import { jobs, pods } from "../kube/kinds.ts";
import { selectorMatches } from "../kube/selectors.ts";
import { isStatus, StatusError } from "../kube/status-error.ts";
import type { Deployment, Job, StatefulSet } from "../kube/types/index.ts";
import type { Clock } from "../time/engine.ts";
import type { Plan, Step } from "./step.ts";

export interface ApplyOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** How long one step's gate may take. */
  readonly gateTimeoutMs?: number;
}

/** What became of a plan. Steps that were done before a failure have been taken back, in reverse order. */
export type ApplyOutcome =
  | { readonly kind: "applied"; readonly steps: number }
  | ({ readonly kind: "rolled-back" } & Failure)
  | ({ readonly kind: "left-behind"; readonly notUndone: readonly Step[] } & Failure);

/** Where a plan ended. */
export interface Failure {
  readonly step: Step;
  readonly why: string;
  /** The steps that were done before it, in order. */
  readonly before: readonly Step[];
}

const GATE_TIMEOUT_MS = 600_000;
const POLL_MS = 1_000;

/** Does exactly the plan's steps, each once its predecessor's gate is met; takes everything back where one fails. */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<ApplyOutcome> {
  const done: Step[] = [];
  for (const step of plan.steps) {
    const before = [...done];
    try {
      await perform(step, options.client);
      done.push(step);
      await waitForGate(step, options);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      // What the server has refused has changed nothing; an answer that got lost may stand for a change.
      if (!done.includes(step) && !(error instanceof StatusError)) done.push(step);
      const notUndone = await revertSteps(done, options.client);
      const failure = { step, why, before };
      return notUndone.length === 0
        ? { kind: "rolled-back", ...failure }
        : { kind: "left-behind", notUndone, ...failure };
    }
  }
  return { kind: "applied", steps: done.length };
}

/** Takes steps back, last first. Returns those that could not be. A claim that was created stays: it may hold data. */
export async function revertSteps(steps: readonly Step[], client: Client): Promise<Step[]> {
  const notUndone: Step[] = [];
  for (const step of [...steps].reverse()) {
    try {
      await takeBack(step, client);
    } catch (error) {
      if (!isStatus(error, "NotFound")) notUndone.push(step);
    }
  }
  return notUndone;
}

async function perform(step: Step, client: Client): Promise<void> {
  const { kind, namespace, name } = step.target;
  if (step.action === "create")
    await client.create(kind, namespace, step.object, { fieldManager: FIELD_MANAGER });
  else await client.patch(kind, namespace, name, "merge", step.patch, { fieldManager: FIELD_MANAGER });
}

const FIELD_MANAGER = "holdfast";

async function takeBack(step: Step, client: Client): Promise<void> {
  const { kind, namespace, name } = step.target;
  if (step.action === "patch") {
    await client.patch(kind, namespace, name, "merge", step.revert, { fieldManager: FIELD_MANAGER });
  } else if (kind.kind !== "PersistentVolumeClaim") {
    await client.delete(kind, namespace, name, { propagationPolicy: "Background" });
  }
}

async function waitForGate(step: Step, options: ApplyOptions): Promise<void> {
  if (step.gate === "none") return;
  const deadlineMs = options.clock.now() + (options.gateTimeoutMs ?? GATE_TIMEOUT_MS);
  for (;;) {
    if (await isMet(step, options.client)) return;
    if (options.clock.now() >= deadlineMs) {
      const { kind, namespace, name } = step.target;
      throw new Error(
        `${kind.kind} ${namespace}/${name} did not get ${GATE_NAMES[step.gate]} in ${Math.round((options.gateTimeoutMs ?? GATE_TIMEOUT_MS) / 1000)} s`,
      );
    }
    await options.sleep(POLL_MS);
  }
}

const GATE_NAMES = {
  "rolled-out": "all its new pods ready",
  "no-pods": "rid of its pods",
  "job-complete": "done",
} as const;

async function isMet(step: Step, client: Client): Promise<boolean> {
  const { kind, namespace, name } = step.target;
  if (step.gate === "job-complete") {
    const job = (await client.get(jobs, namespace, name)) as Job;
    const failed = job.status.conditions?.find((c) => c.type === "Failed" && c.status === "True");
    if (failed !== undefined)
      throw new Error(
        `Job ${namespace}/${name} failed: ${failed.message ?? failed.reason ?? "no reason given"}`,
      );
    return job.status.conditions?.some((c) => c.type === "Complete" && c.status === "True") ?? false;
  }
  const workload = (await client.get(kind, namespace, name)) as Deployment | StatefulSet;
  if (step.gate === "no-pods") {
    const list = await client.list(pods, { namespace });
    return !list.items.some((pod) => selectorMatches(workload.spec.selector, pod.metadata.labels ?? {}));
  }
  const { observedGeneration, updatedReplicas = 0, readyReplicas = 0, replicas = 0 } = workload.status;
  const wanted = workload.spec.replicas;
  return (
    observedGeneration === workload.metadata.generation &&
    updatedReplicas >= wanted &&
    readyReplicas >= wanted &&
    replicas <= wanted
  );
}
