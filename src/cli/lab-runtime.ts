/**
 * What a running lab leaves for others to find it by: its kubeconfig, and a record in a folder that only this user can read.
 * Both are gone when the lab has ended.
 */
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../view/input-error.ts";

/** A lab that runs, as its record says. */
export interface LabRecord {
  readonly pid: number;
  readonly url: string;
  readonly kubeconfig: string;
  /** On the machine's clock. */
  readonly startedMs: number;
}

/** Says whose a kubeconfig is: no other file is ever replaced. */
const LAB_MARK = "current-context: holdfast-lab";

/** The folder for this user's labs; made when it is missing. @throws {InputError} when somebody else owns it */
export function runtimeFolder(env: NodeJS.ProcessEnv = process.env): string {
  const folder = env.XDG_RUNTIME_DIR
    ? join(env.XDG_RUNTIME_DIR, "holdfast")
    : join(tmpdir(), `holdfast-${userInfo().uid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new InputError({ file: folder }, `cannot be made: ${(error as Error).message}`, { cause: error });
  }
  const { uid } = lstatSync(folder);
  // In a folder that everybody writes to, somebody else may have been there first.
  if (uid !== userInfo().uid && userInfo().uid !== -1) {
    throw new InputError(
      { file: folder },
      "belongs to another user; set XDG_RUNTIME_DIR to a folder of yours",
    );
  }
  return folder;
}

/** Where a lab of this process writes its kubeconfig unless told otherwise. */
export function defaultKubeconfig(folder: string): string {
  return join(folder, `lab-${process.pid}.kubeconfig`);
}

/** Clears the way for a kubeconfig to appear. @throws {InputError} when a file stands there that no lab wrote */
export function clearKubeconfig(file: string): void {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw new InputError({ file }, `cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (!text.includes(LAB_MARK)) {
    throw new InputError(
      { file },
      "exists and was not written by a lab; name another file with --kubeconfig",
    );
  }
  rmSync(file);
}

/** Writes a file so that nobody ever sees half of it. @throws {InputError} when it cannot be written */
export function writeWhole(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}.part`;
  try {
    mkdirSync(dirname(resolve(file)), { recursive: true });
    try {
      writeFileSync(unfinished, text, { mode: 0o600 });
      renameSync(unfinished, file);
    } finally {
      rmSync(unfinished, { force: true });
    }
  } catch (error) {
    throw new InputError({ file }, `cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

function recordFile(folder: string, pid: number): string {
  return join(folder, `lab-${pid}.json`);
}

/** Tells others of a lab that answers now. */
export function announce(folder: string, record: LabRecord): void {
  writeWhole(recordFile(folder, record.pid), `${JSON.stringify(record)}\n`);
}

/** Takes back everything that a lab of this process left; for use while the process ends. */
export function withdraw(folder: string, kubeconfig: string): void {
  rmSync(recordFile(folder, process.pid), { force: true });
  rmSync(kubeconfig, { force: true });
}

/** The labs that run, the last started first. */
export function runningLabs(folder: string): readonly LabRecord[] {
  return readdirSync(folder)
    .filter((name) => /^lab-\d+\.json$/.test(name))
    .flatMap((name) => readRecord(join(folder, name)))
    .filter(({ pid }) => isRunning(pid))
    .sort((a, b) => b.startedMs - a.startedMs);
}

function readRecord(file: string): readonly LabRecord[] {
  try {
    return [JSON.parse(readFileSync(file, "utf8"))];
  } catch {
    // It has ended since the folder was read.
    return [];
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
