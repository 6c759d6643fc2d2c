/** pods/log: a container's output, whole or from some moment, and as it grows for those who follow it. */
import { type StatusCause, StatusError } from "../../../kube/status-error.ts";
import { parseTime } from "../../../kube/time.ts";
import type { Pod } from "../../../kube/types/index.ts";
import type { Engine } from "../../../time/engine.ts";
import { badRequest, invalidValue } from "../errors.ts";
import type { ContainerLog, LogLine } from "../pod-logs.ts";
import type { ApiServer } from "../server.ts";
import { type Answer, type Exchange, textAnswer } from "./exchange.ts";
import { readInteger } from "./go-values.ts";
import { containerOf, kubeletRefusal } from "./pod-process.ts";
import { isTrue } from "./request-info.ts";

/** How often somebody who follows a log is told what came. */
const FOLLOW_PERIOD_MS = 250;
const PLAIN_TEXT = { "content-type": "text/plain" } as const;

interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly sinceMs: number | undefined;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
}

/** @throws {StatusError} in the words of kube-apiserver and of kubelets */
export function logAnswer({ server }: { readonly server: ApiServer }, { query }: Exchange, pod: Pod): Answer {
  const { engine } = server;
  const options = logOptions(query, pod.metadata.name, engine.now());
  const container = containerOf(pod, query.get("container"));
  // Nothing has been printed by what runs nowhere yet.
  if (!pod.spec.nodeName) return { ...textAnswer(204, ""), headers: { "content-type": "" } };
  const read = () => server.podLogs?.read(pod, container, options.previous) ?? { kind: "none" };
  const log = checked(read(), pod, container, options.previous);
  if (!options.follow) {
    return { ...textAnswer(200, chosen(log.lines, options)), headers: PLAIN_TEXT };
  }
  return { type: "stream", contentType: "text/plain", stream: new LogStream(engine, options, read) };
}

type PresentLog = Extract<ContainerLog, { readonly kind: "log" }>;

function checked(log: ContainerLog, pod: Pod, container: string, previous: boolean): PresentLog {
  const { name, namespace } = pod.metadata;
  if (log.kind === "log") return log;
  if (log.kind === "unreachable") {
    throw kubeletRefusal(log, `containerLogs/${namespace}/${name}/${container}`);
  }
  if (previous) {
    throw badRequest(
      `previous terminated container ${JSON.stringify(container)} in pod ${JSON.stringify(name)} not found`,
    );
  }
  throw badRequest(
    `container ${JSON.stringify(container)} in pod ${JSON.stringify(name)} is waiting to start: ${waitingFor(pod, container)}`,
  );
}

function waitingFor({ status }: Pod, name: string): string {
  const all = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const reason = all.find((each) => each.name === name)?.state?.waiting?.reason ?? "ContainerCreating";
  if (reason === "ErrImagePull") return "image can't be pulled";
  return reason === "ImagePullBackOff" ? "trying and failing to pull image" : reason;
}

function logOptions(query: URLSearchParams, podName: string, nowMs: number): LogOptions {
  const number = (name: string) => readInteger(query.get(name));
  const [tailLines, limitBytes, sinceSeconds] = ["tailLines", "limitBytes", "sinceSeconds"].map(number);
  const sinceTime = query.get("sinceTime");
  const sinceTimeMs = sinceTime ? momentIn(sinceTime) : undefined;
  const causes: StatusCause[] = [];
  if (tailLines !== undefined && tailLines < 0) {
    causes.push(invalidValue("tailLines", tailLines, "must be greater than or equal to 0"));
  }
  if (limitBytes !== undefined && limitBytes < 1) {
    causes.push(invalidValue("limitBytes", limitBytes, "must be greater than 0"));
  }
  if (sinceSeconds !== undefined && sinceTimeMs !== undefined) {
    causes.push(forbiddenField("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    causes.push(invalidValue("sinceSeconds", sinceSeconds, "must be greater than 0"));
  }
  if (query.has("stream")) causes.push(forbiddenField("stream", "may not be specified"));
  if (causes.length > 0) throw invalidOptions(podName, causes);
  return {
    follow: isTrue(query.get("follow") ?? "false"),
    previous: isTrue(query.get("previous") ?? "false"),
    timestamps: isTrue(query.get("timestamps") ?? "false"),
    sinceMs: sinceSeconds === undefined ? sinceTimeMs : nowMs - sinceSeconds * 1000,
    tailLines,
    limitBytes,
  };
}

function momentIn(text: string): number {
  const ms = parseTime(text);
  if (ms !== undefined) return ms;
  const quoted = JSON.stringify(text);
  throw badRequest(`parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"`);
}

function forbiddenField(field: string, why: string): StatusCause {
  return { reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field };
}

function invalidOptions(name: string, causes: readonly StatusCause[]): StatusError {
  const each = causes.map(({ field, message }) => `${field}: ${message}`);
  const all = each.length === 1 ? each[0] : `[${each.join(", ")}]`;
  const details = { name, kind: "PodLogOptions", causes };
  return new StatusError("Invalid", `PodLogOptions ${JSON.stringify(name)} is invalid: ${all}`, details);
}

/** The text of those lines that the options choose. */
function chosen(
  lines: readonly LogLine[],
  { sinceMs, tailLines, limitBytes, timestamps }: LogOptions,
): string {
  const tail = tailLines === undefined ? lines : lines.slice(Math.max(0, lines.length - tailLines));
  const since = sinceMs === undefined ? tail : tail.filter(({ atMs }) => atMs >= sinceMs);
  const text = since.map((line) => lineText(line, timestamps)).join("");
  if (limitBytes === undefined) return text;
  return Buffer.from(text).subarray(0, limitBytes).toString();
}

function lineText({ atMs, text }: LogLine, timestamps: boolean): string {
  if (!timestamps) return `${text}\n`;
  const micros = String(Math.floor((atMs % 1) * 1_000_000)).padStart(6, "0");
  return `${new Date(Math.floor(atMs)).toISOString().slice(0, -1)}${micros}Z ${text}\n`;
}

/** A log that is read as it grows, until its container has ended. */
class LogStream {
  readonly #engine: Engine;
  readonly #options: LogOptions;
  readonly #read: () => ContainerLog;
  #wake = () => {};
  #told: number | undefined;
  #left: number;
  #ended = false;

  constructor(engine: Engine, options: LogOptions, read: () => ContainerLog) {
    this.#engine = engine;
    this.#options = options;
    this.#read = read;
    this.#left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  get ended(): boolean {
    return this.#ended;
  }

  next(): string | undefined {
    if (this.#ended) return undefined;
    const log = this.#read();
    const lines = log.kind === "log" ? log.lines : [];
    const first = this.#told === undefined;
    const { timestamps } = this.#options;
    const fresh = lines.slice(this.#told ?? 0);
    const text = first
      ? chosen(lines, this.#options)
      : fresh.map((line) => lineText(line, timestamps)).join("");
    this.#told = lines.length;
    const sent = Buffer.from(text).subarray(0, this.#left).toString();
    this.#left -= Buffer.byteLength(sent);
    if (log.kind !== "log" || !log.isRunning || this.#left <= 0) this.#ended = true;
    else this.#engine.after(FOLLOW_PERIOD_MS, () => this.#wake());
    return sent;
  }

  onWake(handler: () => void): void {
    this.#wake = handler;
  }

  stop(): void {
    this.#ended = true;
    this.#wake = () => {};
  }
}
