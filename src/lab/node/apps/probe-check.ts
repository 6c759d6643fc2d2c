import type { Container as ContainerSpec, Pod, Probe } from "../../../kube/types/index.ts";
import { findContainer, type RuntimePod, readySandbox } from "../host/container.ts";
import type { ProbeAnswer, ProbeKind } from "../kubelet/probe-worker.ts";
import { type PlainCommand, plainCommand } from "./plain-command.ts";
import { probePort } from "./process-planner.ts";

/** Whether what an application needs is there, and how long it took to find out. */
export interface NeedsAnswer {
  readonly ok: boolean;
  readonly tookMs: number;
}

/** A probe that is to be answered, and what the answer depends on. */
export interface ProbeQuestion {
  readonly pod: Pod;
  readonly spec: ContainerSpec;
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly runtime: RuntimePod;
  readonly hostIp: string;
  readonly needs: () => NeedsAnswer;
}

const OK: ProbeAnswer = { ok: true, output: "", tookMs: 0 };

/** What a probe of a container finds now. */
export function checkProbe(question: ProbeQuestion): ProbeAnswer {
  const { spec, probe, runtime, kind } = question;
  const container = findContainer(runtime, spec.name);
  if (container?.state !== "running") return failed(question, "refused");
  const { process } = container;
  if (probe.exec !== undefined) {
    if (process.isHung) return failed(question, "silent");
    const plain = plainCommand({ command: probe.exec.command ?? [] });
    if (plain !== undefined) return answerOf(question, plain);
    if (!process.isListening && process.plan.errand === undefined) return failed(question, "refused");
  } else {
    const port = probePort(spec, probe);
    if (port === undefined || !listens(runtime, port)) return failed(question, "refused");
    // The kernel takes connections for a program that hangs: only a question that wants an answer finds that out.
    if (process.isHung) return probe.tcpSocket === undefined ? failed(question, "silent") : OK;
    if (probe.tcpSocket !== undefined) return OK;
  }
  const { profile } = process.plan;
  if (kind !== "readiness" || !profile.readinessChecksNeeds) return OK;
  const needs = question.needs();
  if (needs.ok) return OK;
  return needs.tookMs >= probe.timeoutSeconds * 1000
    ? failed(question, "silent")
    : { ...failed(question, "unhappy"), tookMs: 0 };
}

/** A command that does not look at the application answers for itself. */
function answerOf(question: ProbeQuestion, { runSeconds, exitCode }: PlainCommand): ProbeAnswer {
  const isTooLong = runSeconds === undefined || runSeconds >= question.probe.timeoutSeconds;
  if (isTooLong) return failed(question, "silent");
  const tookMs = runSeconds * 1000;
  return exitCode === 0 ? { ...OK, tookMs } : { ...failed(question, "unhappy"), tookMs };
}

/** The containers of a pod share one address: any of them may be the one that listens. */
function listens(runtime: RuntimePod, port: number): boolean {
  return runtime.containers.some(({ state, process }) => state === "running" && process.listensOn(port));
}

type Trouble = "refused" | "silent" | "unhappy";

function failed({ spec, probe, runtime, hostIp }: ProbeQuestion, trouble: Trouble): ProbeAnswer {
  const tookMs = trouble === "silent" ? probe.timeoutSeconds * 1000 : 0;
  const port = probePort(spec, probe);
  const address = `${readySandbox(runtime)?.ip ?? hostIp}:${port ?? 0}`;
  return { ok: false, output: output(probe, address, trouble), tookMs };
}

function output(probe: Probe, address: string, trouble: Trouble): string {
  const timeout = `${probe.timeoutSeconds}s`;
  if (probe.httpGet !== undefined) {
    const { scheme = "HTTP", path = "/", host } = probe.httpGet;
    const target = host === undefined ? address : address.replace(/^[^:]+/, host);
    const url = `${scheme.toLowerCase()}://${target}${path.startsWith("/") ? path : `/${path}`}`;
    if (trouble === "unhappy") return "HTTP probe failed with statuscode: 503";
    if (trouble === "refused") return `Get "${url}": dial tcp ${target}: connect: connection refused`;
    return `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
  }
  if (probe.tcpSocket !== undefined) {
    return trouble === "silent"
      ? `dial tcp ${address}: i/o timeout`
      : `dial tcp ${address}: connect: connection refused`;
  }
  if (probe.grpc !== undefined) {
    if (trouble === "unhappy") return 'service unhealthy (responded with "NOT_SERVING")';
    if (trouble === "silent") return `timeout: health rpc did not complete within ${timeout}`;
    return `timeout: failed to connect service "${address}" within ${timeout}: context deadline exceeded`;
  }
  const command = (probe.exec?.command ?? []).join(" ");
  return trouble === "silent" ? `command timed out: "${command}" timed out after ${timeout}` : "";
}
