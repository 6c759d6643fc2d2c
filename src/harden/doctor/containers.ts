/** The containers of pods that fail, and their last words. */
import * as kinds from "../../kube/kinds.ts";
import type { ContainerStatus, Pod } from "../../kube/types/index.ts";
import { nameOf } from "../checks/check.ts";
import type { Examined } from "./examined.ts";
import type { LogWish } from "./log-wish.ts";
import { withoutSecrets } from "./without-secrets.ts";

export interface FailingContainer {
  readonly pod: Pod;
  readonly status: ContainerStatus;
  readonly isInit: boolean;
  /** Of the run that ended last: the present one where it has ended, else the one before. */
  readonly ended: NonNullable<ContainerStatus["state"]["terminated"]> | undefined;
}

/** Containers that wait for something, have failed, or are being started again and again. */
export function failingContainers(examined: Examined): FailingContainer[] {
  return examined.view.list(kinds.pods).flatMap((pod) => {
    const { initContainerStatuses = [], containerStatuses = [], phase } = pod.status;
    if (phase === "Succeeded" || pod.metadata.deletionTimestamp !== undefined) return [];
    const all = [
      ...initContainerStatuses.map((status) => ({ status, isInit: true })),
      ...containerStatuses.map((status) => ({ status, isInit: false })),
    ];
    return all
      .filter(({ status }) => !status.ready)
      .map(({ status, isInit }) => ({
        pod,
        status,
        isInit,
        ended: status.state.terminated ?? status.lastState.terminated,
      }));
  });
}

export function waitingFor({ status }: FailingContainer): string {
  return status.state.waiting?.reason ?? "";
}

/** A run that ended by itself while it should go on, or badly. */
export function hasCrashed(container: FailingContainer): boolean {
  if (waitingFor(container) === "CrashLoopBackOff") return true;
  return container.ended !== undefined && container.ended.exitCode !== 0;
}

export function logWish({ pod, status }: FailingContainer): LogWish {
  return {
    namespace: pod.metadata.namespace ?? "",
    pod: pod.metadata.name,
    container: status.name,
    // One that waits or runs has said why in the run before.
    previous: status.state.terminated === undefined && status.lastState.terminated !== undefined,
  };
}

const LINES_MAX = 3;
const LINE_LENGTH_MAX = 200;

/** What a container said before it ended, its termination message first. */
export function lastWords(examined: Examined, container: FailingContainer): string[] {
  const said = container.ended?.message?.trim();
  const lines = (examined.log(logWish(container)) ?? []).filter((line) => line.trim() !== "");
  const shown =
    said === undefined || said === "" ? lines.slice(-LINES_MAX) : said.split("\n").slice(-LINES_MAX);
  return shown.map((line) => `log: ${withoutSecrets(line.trim()).slice(0, LINE_LENGTH_MAX)}`);
}

/** Everything that a container said, for those who look for a word in it. */
export function allWords(examined: Examined, container: FailingContainer): string[] {
  const { status, ended } = container;
  const said = [ended?.message, status.state.waiting?.message].flatMap((text) => text?.split("\n") ?? []);
  return [...said, ...(examined.log(logWish(container)) ?? [])].map((line) => line.trim());
}

/** How a run ended: "exit code 1 (Error)", "signal 9". */
export function endText({ ended }: FailingContainer): string {
  if (ended === undefined) return "has not ended yet";
  const { exitCode, reason, signal } = ended;
  const how = signal ? `signal ${signal}` : `exit code ${exitCode}`;
  return reason === undefined || reason === "" ? how : `${how} (${reason})`;
}

/** What is missing where nobody could ask for logs. */
export function unseenLogs(examined: Examined, container: FailingContainer): { unseen?: string[] } {
  if (examined.log(logWish(container)) !== undefined || container.ended?.message) return {};
  const { pod, status } = container;
  return {
    unseen: [
      examined.isLive
        ? `the log of container ${status.name} of pod ${pod.metadata.name} could not be read`
        : `the log of container ${status.name} of pod ${pod.metadata.name}: only a cluster that answers has logs`,
    ],
  };
}

/** "kubectl logs web-1 -c main -n shop --previous" */
export function logsCommand(container: FailingContainer): string {
  const { namespace, pod, container: name, previous } = logWish(container);
  return `kubectl logs ${pod} -c ${name} -n ${namespace}${previous ? " --previous" : ""}`;
}

/** The pod and what it belongs to. */
export function concernsOf(examined: Examined, pod: Pod) {
  const owner = examined.ownerOf(pod);
  return owner === pod ? [] : [nameOf(owner)];
}
