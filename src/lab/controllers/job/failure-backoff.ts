/** When a Job makes its next pod after one has failed: 10 s later, doubling with each failure since the last success. */
import { findCondition } from "../../../kube/conditions.ts";
import type { ContainerStatus, Pod } from "../../../kube/types/index.ts";
import { momentMs } from "../shared/moment.ts";

const FIRST_MS = 10_000;
const LAST_MS = 600_000;

/** What the next pause depends on. */
export interface FailureRecord {
  readonly failuresAfterLastSuccess: number;
  readonly lastFailureMs: number;
}

/** The record after these pods have ended; no record while nothing has failed since the last success. */
export function nextRecord(
  before: FailureRecord | undefined,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): FailureRecord | undefined {
  if (succeeded.length === 0 && failed.length === 0) return before;
  const lastSuccessMs = succeeded.length === 0 ? undefined : Math.max(...succeeded.map(finishedAtMs));
  const since = failed
    .map(finishedAtMs)
    .filter((atMs) => lastSuccessMs === undefined || atMs > lastSuccessMs);
  const earlier = lastSuccessMs === undefined ? (before?.failuresAfterLastSuccess ?? 0) : 0;
  if (since.length === 0) return undefined;
  return { failuresAfterLastSuccess: earlier + since.length, lastFailureMs: Math.max(...since) };
}

/** How much of the pause is left. */
export function remainingPauseMs(record: FailureRecord | undefined, nowMs: number): number {
  if (record === undefined || record.failuresAfterLastSuccess === 0) return 0;
  const pauseMs = Math.min(FIRST_MS * 2 ** (record.failuresAfterLastSuccess - 1), LAST_MS);
  return Math.max(0, pauseMs - (nowMs - record.lastFailureMs));
}

/** When the pod ended: with its last container, else as well as can be told. */
export function finishedAtMs(pod: Pod): number {
  const { metadata, status } = pod;
  const ended = containersEndedMs(pod);
  if (ended !== undefined) return ended;
  const ready = findCondition(status.conditions, "Ready");
  if (ready?.status === "False" && ready.lastTransitionTime !== undefined)
    return momentMs(ready.lastTransitionTime);
  if (metadata.deletionTimestamp !== undefined) {
    return momentMs(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1_000;
  }
  return momentMs(metadata.creationTimestamp);
}

function containersEndedMs({ spec, status }: Pod): number | undefined {
  const sidecars = new Set(
    (spec.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === "Always")
      .map(({ name }) => name),
  );
  const counted: readonly ContainerStatus[] = [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ];
  let last: number | undefined;
  for (const { state } of counted) {
    const finishedAt = state.terminated?.finishedAt;
    if (finishedAt === undefined) return undefined;
    last = Math.max(last ?? 0, momentMs(finishedAt));
  }
  return last;
}
