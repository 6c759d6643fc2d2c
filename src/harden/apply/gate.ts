/** Waiting until a step has led to what it was done for. */
import type { Client } from "../../client/client.ts";
import { jobs, pods } from "../../kube/kinds.ts";
import { selectorMatches } from "../../kube/selectors.ts";
import type { Deployment, Job, StatefulSet } from "../../kube/types/index.ts";
import type { Clock } from "../../time/engine.ts";
import { kindOfRecord, namespaceOf, recordText, type StepRecord } from "./step-record.ts";

export interface GateOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** How long one step's gate may take. */
  readonly gateTimeoutMs?: number;
}

export const GATE_TIMEOUT_MS = 600_000;
const POLL_MS = 1_000;

/** @throws {Error} that says what did not become so in time, or will not */
export async function waitForGate(record: StepRecord, options: GateOptions): Promise<void> {
  const { gate, target } = record;
  if (gate === "none") return;
  const timeoutMs = options.gateTimeoutMs ?? GATE_TIMEOUT_MS;
  const deadlineMs = options.clock.now() + timeoutMs;
  while (!(await isMet(record, options.client))) {
    if (options.clock.now() >= deadlineMs) {
      throw new Error(
        `${recordText(target)} did not get ${GATE_NAMES[gate]} in ${Math.round(timeoutMs / 1000)} s`,
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

async function isMet({ gate, target }: StepRecord, client: Client): Promise<boolean> {
  const namespace = namespaceOf(target);
  if (gate === "job-complete") {
    const job: Job = await client.get(jobs, namespace, target.name);
    const failed = job.status.conditions?.find((c) => c.type === "Failed" && c.status === "True");
    if (failed !== undefined)
      throw new Error(
        `${recordText(target)} failed: ${failed.message ?? failed.reason ?? "no reason given"}`,
      );
    return job.status.conditions?.some((c) => c.type === "Complete" && c.status === "True") ?? false;
  }
  const workload = (await client.get(kindOfRecord(target), namespace, target.name)) as
    | Deployment
    | StatefulSet;
  if (gate === "no-pods") {
    const list = await client.list(pods, namespace === undefined ? {} : { namespace });
    return !list.items.some((pod) => selectorMatches(workload.spec.selector, pod.metadata.labels ?? {}));
  }
  return isRolledOut(workload);
}

/** Whether all pods are of the newest revision, and ready. */
export function isRolledOut(workload: Deployment | StatefulSet): boolean {
  const { observedGeneration, updatedReplicas = 0, readyReplicas = 0, replicas = 0 } = workload.status;
  const wanted = workload.spec.replicas;
  return (
    observedGeneration === workload.metadata.generation &&
    updatedReplicas >= wanted &&
    readyReplicas >= wanted &&
    replicas <= wanted
  );
}
