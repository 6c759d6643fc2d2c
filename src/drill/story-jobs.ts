import { Worker } from "node:worker_threads";
import type { ProfileFile } from "../lab/node/profile.ts";
import type { Source } from "../view/manifests.ts";
import type { Finding } from "./deploy.ts";
import type { DrillResult } from "./runner.ts";
import { type Hardening, playScenario, type Stage, type StoryInput, setStage } from "./story.ts";

/** One failure on one of the two stages. */
export interface Job {
  readonly hardened: boolean;
  readonly index: number;
}

/** What a stage was like, without the stage itself. */
export interface StageFacts {
  readonly assumed: readonly string[];
  readonly findings: readonly Finding[];
  /** The nodes that each workload's pods were on before the failure, by the workload's name. */
  readonly placement: Readonly<Record<string, readonly string[]>>;
  readonly hardening?: Hardening;
}

export interface JobResult {
  readonly job: Job;
  readonly result: DrillResult;
  readonly facts: StageFacts;
}

/** What a worker needs to make the stages again: plain data. */
export interface WorkerInput {
  readonly seed: number;
  readonly nodes: number;
  readonly profile: ProfileFile;
  readonly sources: readonly Source[];
}

export async function runJob(input: StoryInput, job: Job): Promise<JobResult> {
  const stage = await setStage(input, job.hardened);
  const result = await playScenario(stage, job.index);
  return { job, result, facts: factsOf(stage) };
}

export function factsOf({ assumed, findings, placement, hardening }: Stage): StageFacts {
  return { assumed, findings, placement, ...(hardening === undefined ? {} : { hardening }) };
}

/** Runs jobs one after another, here. Results stand in the jobs' order. */
export async function runJobsHere(
  input: StoryInput,
  jobs: readonly Job[],
  onDone: (result: JobResult) => void,
): Promise<JobResult[]> {
  const results: JobResult[] = [];
  for (const job of jobs) {
    const result = await runJob(input, job);
    results.push(result);
    onDone(result);
  }
  return results;
}

/**
 * Deals jobs to worker threads. Results stand in the jobs' order whoever was first, so any number of workers gives the same.
 * @throws Error when a worker fails; the others are ended
 */
export async function runJobsInWorkers(
  input: WorkerInput,
  jobs: readonly Job[],
  workers: number,
  onDone: (result: JobResult) => void,
): Promise<JobResult[]> {
  const results = new Array<JobResult>(jobs.length);
  let next = 0;
  const pool = Array.from({ length: Math.min(workers, jobs.length) }, () => {
    return new Worker(new URL("./story-worker.js", import.meta.url), { workerData: input });
  });
  const work = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      let current = -1;
      const deal = () => {
        current = next++;
        if (current >= jobs.length) resolve();
        else worker.postMessage(jobs[current]);
      };
      worker.on("error", reject);
      worker.on("message", (message: JobResult | { readonly error: string }) => {
        if ("error" in message) return reject(new Error(message.error));
        results[current] = message;
        onDone(message);
        deal();
      });
      deal();
    });
  try {
    await Promise.all(pool.map(work));
  } finally {
    await Promise.all(pool.map((worker) => worker.terminate()));
  }
  return results;
}
