/** Starts programs that others can end later by what stands in a folder, and end with their owner if that is wanted. */
import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;
const SUFFIX = ".pid";

export interface StartOptions {
  /** Where its log and its number are kept, under `name`. */
  readonly folder: string;
  readonly name: string;
  readonly command: readonly string[];
  /** The network namespace that it runs in; the host's when absent. */
  readonly namespace?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program in the background; it outlives this process until somebody stops it. */
export function startProcess({ folder, name, command, namespace, env }: StartOptions): number {
  mkdirSync(folder, { recursive: true });
  const log = openSync(logFile(folder, name), "a");
  // Not "ip netns exec": that mounts /sys anew, and hides the cgroups from kubelet and containerd.
  const [program = "", ...args] =
    namespace === undefined ? command : ["nsenter", `--net=${namespacePath(namespace)}`, ...command];
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, ...env },
  });
  closeSync(log);
  child.on("error", () => {});
  child.unref();
  if (child.pid === undefined) throw new Error(`Cannot start ${program}: it is not there or may not be run`);
  writeFileSync(join(folder, name + SUFFIX), `${child.pid} ${startTimeOf(child.pid) ?? ""}`);
  return child.pid;
}

export function logFile(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}

export function namespacePath(namespace: string): string {
  return `/var/run/netns/${namespace}`;
}

/** The number of a process that still runs, and is the one that was started. */
export function pidOf(folder: string, name: string): number | undefined {
  const file = join(folder, name + SUFFIX);
  if (!existsSync(file)) return undefined;
  const [pid = "", startTime = ""] = readFileSync(file, "utf8").split(" ");
  // Numbers are given out again: only the same start is the same process.
  return startTimeOf(Number(pid)) === startTime ? Number(pid) : undefined;
}

/** The names of all that was ever started in a folder and not stopped. */
export function processesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(SUFFIX));
  return files.map((file) => file.slice(0, -SUFFIX.length));
}

export function signal(folder: string, name: string, what: NodeJS.Signals): void {
  const pid = pidOf(folder, name);
  if (pid !== undefined) kill(pid, what);
}

/** Ends programs and waits until they are gone; what does not hear in time is killed. */
export async function stopProcesses(
  folder: string,
  names: readonly string[],
  graceMs = 5_000,
): Promise<void> {
  for (const name of names) signal(folder, name, graceMs > 0 ? "SIGTERM" : "SIGKILL");
  for (let waited = 0; waited < graceMs && isAnyRunning(folder, names); waited += POLL_MS)
    await sleep(POLL_MS);
  for (const name of names) signal(folder, name, "SIGKILL");
  while (isAnyRunning(folder, names)) await sleep(POLL_MS);
  for (const name of names) rmSync(join(folder, name + SUFFIX), { force: true });
}

function isAnyRunning(folder: string, names: readonly string[]): boolean {
  return names.some((name) => pidOf(folder, name) !== undefined);
}

function kill(pid: number, what: NodeJS.Signals): void {
  try {
    process.kill(pid, what);
  } catch {
    // It ended by itself.
  }
}

/** When the process began, in ticks since the machine did; nothing for one that is gone or a zombie. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, which comes second, may hold anything: what follows its last bracket is fields 3 and on.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Waits until something holds. @throws when it does not within the time, with the end of the log that may tell why */
export async function waitFor(
  what: string,
  seconds: number,
  holds: () => Promise<boolean> | boolean,
  log?: string,
): Promise<void> {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    if (await holds()) return;
    await sleep(POLL_MS * 2);
  }
  const end =
    log !== undefined && existsSync(log)
      ? `\n${readFileSync(log, "utf8").split("\n").slice(-15).join("\n")}`
      : "";
  throw new Error(`${what} did not come within ${seconds} s${end}`);
}
