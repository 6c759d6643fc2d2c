/** Waiting until a step has led to what it was done for. */
import type { Client } from "../../client/client.ts";
import { isConditionTrue } from "../../kube/conditions.ts";
import { jobs, pods } from "../../kube/kinds.ts";
import { selectorMatches } from "../../kube/selectors.ts";
import type { Deployment, Job, Pod, StatefulSet } from "../../kube/types/index.ts";
import type { Clock } from "../../time/engine.ts";
import { whyPodIsNotReady, whyPodWaits } from "../pod-wait.ts";
import { kindOfRecord, namespaceOf, recordText, type StepRecord } from "./step-record.ts";

export interface GateOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** How long one step's gate may take. */
  readonly gateTimeoutMs?: number;
}

/** What is waited for, of which object. */
export type Gated = Pick<StepRecord, "gate" | "target">;

export const GATE_TIMEOUT_MS = 600_000;
const POLL_MS = 1_000;

/** @throws {Error} that says what did not become so in time, or will not */
export async function waitForGate(record: Gated, options: GateOptions): Promise<void> {
  const { gate, target } = record;
  if (gate === "none") return;
  const timeoutMs = options.gateTimeoutMs ?? GATE_TIMEOUT_MS;
  const deadlineMs = options.clock.now() + timeoutMs;
  while (!(await isMet(record, options.client))) {
    if (options.clock.now() >= deadlineMs) {
      const why = gate === "rolled-out" ? await whyNotRolledOut(record, options.client) : "";
      throw new Error(
        `${recordText(target)} did not get ${GATE_NAMES[gate]} in ${Math.round(timeoutMs / 1000)} s${why}`,
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

async function isMet({ gate, target }: Gated, client: Client): Promise<boolean> {
  if (gate === "job-complete") {
    const job: Job = await client.get(jobs, namespaceOf(target), target.name);
    const failed = job.status.conditions?.find((c) => c.type === "Failed" && c.status === "True");
    if (failed !== undefined)
      throw new Error(
        `${recordText(target)} failed: ${failed.message ?? failed.reason ?? "no reason given"}`,
      );
    return job.status.conditions?.some((c) => c.type === "Complete" && c.status === "True") ?? false;
  }
  const workload = await workloadOf(target, client);
  return gate === "no-pods" ? (await podsOf(workload, target, client)).length === 0 : isRolledOut(workload);
}

function workloadOf(target: Gated["target"], client: Client): Promise<Deployment | StatefulSet> {
  return client.get(kindOfRecord(target), namespaceOf(target), target.name) as Promise<
    Deployment | StatefulSet
  >;
}

/** Those that it selects. */
async function podsOf(
  { spec: { selector } }: Deployment | StatefulSet,
  target: Gated["target"],
  client: Client,
): Promise<Pod[]> {
  const namespace = namespaceOf(target);
  const list = await client.list(pods, namespace === undefined ? {} : { namespace });
  return list.items.filter(({ metadata }) => selectorMatches(selector, metadata.labels ?? {}));
}

/** ": 1 of 2 is ready, pod web-5d-x has no node", of the newest pod that is not. */
async function whyNotRolledOut({ target }: Gated, client: Client): Promise<string> {
  const workload = await workloadOf(target, client);
  const { readyReplicas = 0 } = workload.status;
  const [newest] = (await podsOf(workload, target, client))
    .filter(({ status }) => !isConditionTrue(status.conditions, "Ready"))
    .sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1));
  const ready = `: ${readyReplicas} of ${workload.spec.replicas} ${readyReplicas === 1 ? "is" : "are"} ready`;
  if (newest === undefined) return ready;
  return `${ready}, pod ${newest.metadata.name} ${whyPodWaits(newest) ?? whyPodIsNotReady(newest)}`;
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
