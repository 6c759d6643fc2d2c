import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const HOLDFAST = resolve(import.meta.dirname, "../../dist/cli/main.js");
const START_POLLS_MAX = 300;
const START_POLL_MS = 100;

/** A lab in a process of its own, as users start it. */
export interface LabProcess {
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** Starts `holdfast lab up` with these flags. @throws when it does not answer within 30 s */
export async function startLabProcess(...flags: readonly string[]): Promise<LabProcess> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-lab-"));
  const kubeconfig = join(folder, "kubeconfig");
  const child = spawn(
    process.execPath,
    [HOLDFAST, "lab", "up", "--port", "0", "--kubeconfig", kubeconfig, ...flags],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    },
  );
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const stop = () => void child.kill("SIGINT");
  process.once("exit", stop);
  for (let polls = 0; !existsSync(kubeconfig); polls++) {
    if (child.exitCode !== null || polls > START_POLLS_MAX) throw new Error("The lab did not start");
    await sleep(START_POLL_MS);
  }
  return {
    kubeconfig,
    async close() {
      process.off("exit", stop);
      stop();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
