/** The STATUS column of a pod: not its phase, but the most telling of what its containers say. */
import { parseTime } from "../time.ts";
import type { Container, ContainerStatus, Pod, PodTemplateSpec } from "../types/index.ts";
import type { KubeObject } from "../types/meta.ts";
import { age, containerCells, isTerminating, labelsCell, since } from "./cells.ts";
import { AGE, column, NAME, printer, type RowCondition, wide } from "./printer.ts";

/** What the containers of a pod come to. */
interface Summary {
  readonly reason: string;
  readonly ready: number;
  readonly restarts: number;
  /** When a container last ended to be restarted. */
  readonly restartedAtMs: number | undefined;
}

export const podPrinter = printer<Pod>({
  columns: [
    NAME,
    column("Ready"),
    column("Status"),
    column("Restarts"),
    AGE,
    wide("IP"),
    wide("Node"),
    wide("Nominated Node"),
    wide("Readiness Gates"),
  ],
  cells: (pod, nowMs) => {
    const { reason, ready, restarts, restartedAtMs } = summarize(pod);
    const ago =
      restarts !== 0 && restartedAtMs !== undefined
        ? ` (${since(new Date(restartedAtMs).toISOString(), nowMs)} ago)`
        : "";
    return [
      pod.metadata.name,
      `${ready}/${countedContainers(pod)}`,
      reason,
      `${restarts}${ago}`,
      age(pod, nowMs),
      pod.status.podIPs?.[0]?.ip || "<none>",
      pod.spec.nodeName || "<none>",
      pod.status.nominatedNodeName || "<none>",
      readinessGates(pod),
    ];
  },
  conditions: (pod) => COMPLETED[pod.status.phase],
});

const COMPLETED: Readonly<Record<string, readonly RowCondition[]>> = {
  Succeeded: [completed("Succeeded", "The pod has completed successfully.")],
  Failed: [completed("Failed", "The pod failed.")],
};

function completed(reason: string, message: string): RowCondition {
  return { type: "Completed", status: "True", reason, message };
}

/** Init containers that restart are sidecars: they count with the containers. */
function isSidecar(container: Container | undefined): boolean {
  return (container as { readonly restartPolicy?: string } | undefined)?.restartPolicy === "Always";
}

function countedContainers({ spec }: Pod): number {
  return spec.containers.length + (spec.initContainers ?? []).filter(isSidecar).length;
}

function summarize(pod: Pod): Summary {
  const { status } = pod;
  const isGated = status.conditions?.some(
    ({ type, reason }) => type === "PodScheduled" && reason === "SchedulingGated",
  );
  const phase = isGated ? "SchedulingGated" : status.reason || status.phase;
  const init = summarizeInit(pod, phase);
  const isInitialized = status.conditions?.find(({ type }) => type === "Initialized")?.status === "True";
  const summary = init.isBlocked && !isInitialized ? init : summarizeMain(pod, init);
  if (!isTerminating(pod)) return summary;
  // A node that is out of reach cannot tell whether its pods have stopped.
  if (status.reason === "NodeLost") return { ...summary, reason: "Unknown" };
  const isOver = status.phase === "Succeeded" || status.phase === "Failed";
  return isOver ? summary : { ...summary, reason: "Terminating" };
}

interface InitSummary extends Summary {
  /** Whether an init container keeps the others from starting. */
  readonly isBlocked: boolean;
  readonly sidecarRestarts: number;
  readonly sidecarRestartedAtMs: number | undefined;
}

function summarizeInit({ spec, status }: Pod, phase: string): InitSummary {
  const containers = new Map((spec.initContainers ?? []).map((container) => [container.name, container]));
  let [ready, restarts, sidecarRestarts] = [0, 0, 0];
  let restartedAtMs: number | undefined;
  let sidecarRestartedAtMs: number | undefined;
  let blocked: string | undefined;
  for (const [i, container] of (status.initContainerStatuses ?? []).entries()) {
    const sidecar = isSidecar(containers.get(container.name));
    restarts += container.restartCount;
    restartedAtMs = later(restartedAtMs, container);
    if (sidecar) {
      sidecarRestarts += container.restartCount;
      sidecarRestartedAtMs = later(sidecarRestartedAtMs, container);
    }
    if (container.state?.terminated?.exitCode === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready) ready++;
      continue;
    }
    blocked = `Init:${initReason(container) ?? `${i}/${spec.initContainers?.length ?? 0}`}`;
    break;
  }
  const reason = blocked ?? phase;
  const isBlocked = blocked !== undefined;
  return { reason, ready, restarts, restartedAtMs, isBlocked, sidecarRestarts, sidecarRestartedAtMs };
}

function initReason({ state }: ContainerStatus): string | undefined {
  if (state?.terminated !== undefined) return terminationReason(state.terminated);
  const waiting = state?.waiting?.reason;
  return waiting && waiting !== "PodInitializing" ? waiting : undefined;
}

function terminationReason({
  reason,
  signal,
  exitCode,
}: NonNullable<ContainerStatus["state"]["terminated"]>): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function summarizeMain({ status }: Pod, init: InitSummary): Summary {
  let { reason, ready } = init;
  let restarts = init.sidecarRestarts;
  let restartedAtMs = init.sidecarRestartedAtMs;
  let isRunning = false;
  // From the last to the first, so that the first container has the last word.
  for (const container of (status.containerStatuses ?? []).toReversed()) {
    const { waiting, terminated, running } = container.state ?? {};
    restarts += container.restartCount;
    restartedAtMs = later(restartedAtMs, container);
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated !== undefined) reason = terminationReason(terminated);
    else if (container.ready && running !== undefined) {
      isRunning = true;
      ready++;
    }
  }
  if (reason === "Completed" && isRunning) {
    const isReady = status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
    reason = isReady ? "Running" : "NotReady";
  }
  return { reason, ready, restarts, restartedAtMs };
}

function later(knownMs: number | undefined, { lastState }: ContainerStatus): number | undefined {
  const finishedAt = lastState?.terminated?.finishedAt;
  const finishedAtMs = finishedAt == null ? undefined : parseTime(finishedAt);
  if (finishedAtMs === undefined) return knownMs;
  return knownMs === undefined ? finishedAtMs : Math.max(knownMs, finishedAtMs);
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return "<none>";
  const isOpen = (conditionType: string) =>
    status.conditions?.find(({ type }) => type === conditionType)?.status === "True";
  return `${gates.filter(({ conditionType }) => isOpen(conditionType)).length}/${gates.length}`;
}

interface PodTemplate extends KubeObject {
  readonly template: PodTemplateSpec;
}

export const podTemplatePrinter = printer<PodTemplate>({
  columns: [NAME, column("Containers"), column("Images"), column("Pod Labels")],
  cells: ({ metadata, template }) => [
    metadata.name,
    ...containerCells(template.spec?.containers),
    labelsCell(template.metadata?.labels),
  ],
});
