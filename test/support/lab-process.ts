import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

export const HOLDFAST = resolve(import.meta.dirname, "../../dist/cli/main.js");
const START_POLLS_MAX = 300;
const START_POLL_MS = 100;

/** A lab in a process of its own, as users start it. */
export interface LabProcess {
  readonly kubeconfig: string;
  /** A folder that is gone when the lab has ended. */
  readonly folder: string;
  /** `holdfast lab` with other words, such as "fail", "node-1", "--how", "power-off". */
  lab(...words: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts `holdfast lab up` with these flags, as `npm run build` has left it. @throws when it does not answer within 30 s */
export async function startLabProcess(...flags: readonly string[]): Promise<LabProcess> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-lab-"));
  const kubeconfig = join(folder, "kubeconfig");
  const env = { ...process.env, XDG_RUNTIME_DIR: folder };
  const words = [HOLDFAST, "lab", "up", "--port", "0", "--kubeconfig", kubeconfig, ...flags];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"], env });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const stop = () => void child.kill("SIGINT");
  process.once("exit", stop);
  for (let polls = 0; !existsSync(kubeconfig); polls++) {
    if (child.exitCode !== null || polls > START_POLLS_MAX) throw new Error("The lab did not start");
    await sleep(START_POLL_MS);
  }
  return {
    kubeconfig,
    folder,
    async lab(...words) {
      await promisify(execFile)(process.execPath, [HOLDFAST, "lab", ...words], { env });
    },
    async close() {
      process.off("exit", stop);
      stop();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
