import type { FieldErrors } from "../field-errors.ts";
import { httpHeaderName, portName, portNumber } from "../names.ts";

/** What a probe or a lifecycle hook does, as validation meets it. */
export interface LooseAction {
  readonly exec?: { readonly command?: readonly string[] } | undefined;
  readonly httpGet?:
    | {
        readonly path?: string;
        readonly port?: number | string;
        readonly scheme?: string;
        readonly httpHeaders?: readonly { readonly name?: string }[];
      }
    | undefined;
  readonly tcpSocket?: { readonly port?: number | string } | undefined;
  readonly grpc?: { readonly port?: number } | undefined;
  readonly sleep?: { readonly seconds?: number } | undefined;
}

/** A probe as validation meets it. */
export interface LooseProbe extends LooseAction {
  readonly initialDelaySeconds?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly periodSeconds?: number | undefined;
  readonly successThreshold?: number | undefined;
  readonly failureThreshold?: number | undefined;
  readonly terminationGracePeriodSeconds?: number | undefined;
}

/** The probes and hooks of a container that keeps running. */
export interface LooseLifecycle {
  readonly livenessProbe?: LooseProbe | undefined;
  readonly readinessProbe?: LooseProbe | undefined;
  readonly startupProbe?: LooseProbe | undefined;
  readonly lifecycle?:
    | {
        readonly postStart?: LooseAction | undefined;
        readonly preStop?: LooseAction | undefined;
        readonly stopSignal?: string | undefined;
      }
    | undefined;
}

/** How the pod around a container ends. */
export interface Ending {
  readonly graceSeconds: number | undefined;
  readonly osName: string | undefined;
}

/** Hooks first, then the probes, as the API tells of them. */
export function checkLifecycle(
  errors: FieldErrors,
  container: LooseLifecycle,
  path: string,
  ending: Ending,
): void {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  if (lifecycle?.postStart) checkAction(errors, lifecycle.postStart, `${path}.lifecycle.postStart`, ending);
  if (lifecycle?.preStop) checkAction(errors, lifecycle.preStop, `${path}.lifecycle.preStop`, ending);
  if (lifecycle?.stopSignal)
    checkStopSignal(errors, lifecycle.stopSignal, `${path}.lifecycle.stopSignal`, ending);
  if (livenessProbe) {
    checkProbe(errors, livenessProbe, `${path}.livenessProbe`, ending);
    checkOneSuccess(errors, livenessProbe, `${path}.livenessProbe`);
  }
  if (readinessProbe) {
    checkProbe(errors, readinessProbe, `${path}.readinessProbe`, ending);
    const { terminationGracePeriodSeconds: seconds } = readinessProbe;
    if (seconds !== undefined) {
      const at = `${path}.readinessProbe.terminationGracePeriodSeconds`;
      errors.invalid(at, seconds, "must not be set for readinessProbes");
    }
  }
  if (startupProbe) {
    checkProbe(errors, startupProbe, `${path}.startupProbe`, ending);
    checkOneSuccess(errors, startupProbe, `${path}.startupProbe`);
  }
}

function checkOneSuccess(errors: FieldErrors, { successThreshold }: LooseProbe, path: string): void {
  if (successThreshold !== 1) errors.invalid(`${path}.successThreshold`, successThreshold ?? 0, "must be 1");
}

const SECONDS = [
  "initialDelaySeconds",
  "timeoutSeconds",
  "periodSeconds",
  "successThreshold",
  "failureThreshold",
] as const;

function checkProbe(errors: FieldErrors, probe: LooseProbe, path: string, ending: Ending): void {
  checkAction(errors, probe, path, ending);
  for (const field of SECONDS) {
    if ((probe[field] ?? 0) < 0) {
      errors.invalid(`${path}.${field}`, probe[field], "must be greater than or equal to 0");
    }
  }
  const { terminationGracePeriodSeconds: seconds } = probe;
  if (seconds !== undefined && seconds <= 0) {
    errors.invalid(`${path}.terminationGracePeriodSeconds`, seconds, "must be greater than 0");
  }
}

const ACTIONS = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"] as const;

function checkAction(errors: FieldErrors, action: LooseAction, path: string, ending: Ending): void {
  const [first, ...others] = ACTIONS.filter((name) => action[name] !== undefined);
  if (first === undefined) {
    errors.required(path, "must specify a handler type");
    return;
  }
  const at = `${path}.${first}`;
  const { exec, httpGet, tcpSocket, grpc, sleep } = action;
  if (first === "exec" && (exec?.command ?? []).length === 0) errors.required(`${at}.command`);
  if (first === "httpGet" && httpGet) checkHttpGet(errors, httpGet, at);
  if (first === "tcpSocket") checkPort(errors, tcpSocket?.port, `${at}.port`);
  if (first === "grpc") checkPort(errors, grpc?.port, `${at}.port`);
  if (first === "sleep") checkSleep(errors, sleep?.seconds ?? 0, at, ending);
  for (const other of others)
    errors.forbidden(`${path}.${other}`, "may not specify more than 1 handler type");
}

function checkHttpGet(errors: FieldErrors, get: NonNullable<LooseAction["httpGet"]>, path: string): void {
  if (!get.path) errors.required(`${path}.path`);
  checkPort(errors, get.port, `${path}.port`);
  if (get.scheme !== "HTTP" && get.scheme !== "HTTPS") {
    errors.notSupported(`${path}.scheme`, get.scheme ?? "", ["HTTP", "HTTPS"]);
  }
  for (const { name = "" } of get.httpHeaders ?? []) {
    errors.invalidEach(`${path}.httpHeaders`, name, httpHeaderName(name));
  }
}

/** A port by number or by name. */
export function checkPort(errors: FieldErrors, port: number | string | undefined, path: string): void {
  if (typeof port === "string") errors.invalidEach(path, port, portName(port));
  else errors.invalidEach(path, port ?? 0, portNumber(port ?? 0));
}

function checkSleep(errors: FieldErrors, seconds: number, path: string, { graceSeconds }: Ending): void {
  if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return;
  const rule = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
  errors.invalid(path, seconds, rule);
}

function checkStopSignal(errors: FieldErrors, signal: string, path: string, { osName }: Ending): void {
  if (osName === undefined) errors.forbidden(path, "may not be set for containers with empty `spec.os.name`");
  else if (osName === "windows" && signal !== "SIGKILL" && signal !== "SIGTERM") {
    errors.notSupported(path, signal, ["SIGKILL", "SIGTERM"]);
  }
}
