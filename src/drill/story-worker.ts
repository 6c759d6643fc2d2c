/** A worker thread of the story: takes numbers of failures, gives what they did. Results carry their number, not their time. */
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../base/invariant.ts";
import { parseManifests } from "../view/manifests.ts";
import type { Job, JobResult, WorkerInput } from "./story-jobs.ts";
import { runJob } from "./story-jobs.ts";

invariant(parentPort, "The story's worker runs as a worker thread only");
const port = parentPort;
const { seed, nodes, profile, sources } = workerData as WorkerInput;
const manifests = sources.flatMap(({ text, file }) => parseManifests(text, file));

port.on("message", (job: Job) => {
  runJob({ seed, nodes, profile, manifests }, job).then(
    (result: JobResult) => port.postMessage(result),
    (error: Error) => port.postMessage({ job, error: error.stack ?? error.message }),
  );
});
