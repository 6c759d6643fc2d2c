/** A worker thread: takes losses off a list that all threads share, and gives their outcomes with their numbers. */
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../../base/invariant.ts";
import { ExactAnswer } from "../engine/exact-answer.ts";
import { takeLosses, type WorkerInput, type WorkerTask } from "./loss-pool.ts";
import { modelOf } from "./shared-model.ts";

invariant(parentPort, "The worker for losses runs as a worker thread only");
const port = parentPort;
const { model, seed } = workerData as WorkerInput;
const answer = new ExactAnswer(modelOf(model), { seed });

port.postMessage("ready");
port.on("message", ({ losses, next }: WorkerTask) => {
  const taken = takeLosses(answer, losses, next);
  port.postMessage(taken, [taken.buffer as ArrayBuffer]);
});
