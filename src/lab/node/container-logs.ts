import { parseTime } from "../../kube/time.ts";
import type { Container as ContainerSpec, Pod } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import type { ContainerLog, LogLine, PodLogs } from "../apiserver/pod-logs.ts";
import { plainOutput } from "./apps/plain-command.ts";
import type { Container } from "./host/container.ts";
import type { Host } from "./host/host.ts";
import type { World } from "./world.ts";

/**
 * What containers print. Where a command says plainly what it prints, that; of every other program nothing is known, and the
 * log says what the simulation does in its place: that it started, listens, ended.
 */
export function containerLogs(
  engine: Engine,
  world: World,
  hosts: ReadonlyMap<string, Pick<Host, "runtime">>,
): PodLogs {
  return {
    read(pod: Pod, name: string, previous: boolean): ContainerLog {
      const host = hosts.get(pod.spec.nodeName ?? "");
      const machine = world.machines.get(pod.spec.nodeName ?? "");
      if (host === undefined || machine === undefined) return { kind: "none" };
      if (!world.reaches("outside", { machine: machine.name })) {
        return { kind: "unreachable", address: machine.ip, why: "connect: no route to host" };
      }
      if (machine.kubelet !== "running") {
        return { kind: "unreachable", address: machine.ip, why: "connect: connection refused" };
      }
      const runs = host.runtime.pod(pod.metadata.uid).containers.filter((each) => each.name === name);
      const container = runs[previous ? 1 : 0];
      const run = container === undefined ? runInStatus(pod, name, previous) : runOf(container);
      if (run === undefined) return { kind: "none" };
      const nowMs = engine.now();
      const lines = linesOf(run).filter(({ atMs }) => atMs <= nowMs);
      return { kind: "log", lines, isRunning: run.endedAtMs === undefined };
    },
  };
}

/** One run of a container. */
interface Run {
  readonly spec: ContainerSpec;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly exitCode: number;
  /** Of a program of which nothing runs: when it began to listen, and where. */
  readonly simulated?: { readonly listeningAtMs: number; readonly where: string };
}

function runOf({ spec, startedAtMs, finishedAtMs, state, exitCode, process }: Container): Run {
  const { startMs, ports, errand } = process.plan;
  const where = ports === "any" ? "any port" : ports.size === 0 ? "no port" : `port ${[...ports].join(", ")}`;
  return {
    spec,
    startedAtMs,
    endedAtMs: state === "exited" ? finishedAtMs : undefined,
    exitCode,
    ...(errand === undefined ? { simulated: { listeningAtMs: startedAtMs + startMs, where } } : {}),
  };
}

/** What is known of a run whose container has been cleared away: a log stays as long as its pod. */
function runInStatus({ spec, status }: Pod, name: string, previous: boolean): Run | undefined {
  const own = [...spec.containers, ...(spec.initContainers ?? [])].find((each) => each.name === name);
  const all = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const found = all.find((each) => each.name === name);
  const ended = previous ? found?.lastState?.terminated : found?.state?.terminated;
  const startedAtMs = parseTime(ended?.startedAt ?? "");
  const endedAtMs = parseTime(ended?.finishedAt ?? "");
  if (own === undefined || ended === undefined || startedAtMs === undefined) return undefined;
  // The status knows whole seconds only.
  const restMs = 999;
  return { spec: own, startedAtMs, endedAtMs: (endedAtMs ?? startedAtMs) + restMs, exitCode: ended.exitCode };
}

function linesOf({ spec, startedAtMs, endedAtMs, exitCode, simulated }: Run): readonly LogLine[] {
  const printed = plainOutput(spec).map(({ afterSeconds, text }) => ({
    atMs: startedAtMs + afterSeconds * 1000,
    text,
  }));
  const says = (atMs: number, what: string) => ({ atMs, text: `simulated ${spec.image}: ${what}` });
  const acted =
    simulated === undefined
      ? []
      : [
          says(startedAtMs, "started; nothing of the image runs"),
          says(simulated.listeningAtMs, `listening on ${simulated.where}`),
          ...(endedAtMs === undefined ? [] : [says(endedAtMs, `ended with exit code ${exitCode}`)]),
        ];
  return [...printed, ...acted].filter(({ atMs }) => atMs <= (endedAtMs ?? Number.POSITIVE_INFINITY));
}
