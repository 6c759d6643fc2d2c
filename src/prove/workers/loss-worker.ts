/** A worker thread: answers losses that nobody has taken yet, in their order, until none is left. */
import { workerData } from "node:worker_threads";
import { ExactAnswer } from "../engine/exact-answer.ts";
import { answerLoss, encodeAnswer } from "./loss-answer.ts";
import { ANSWERED, FREE, TAKEN, type WorkerInput, type WorkerMessage } from "./loss-pool.ts";
import { modelOf } from "./shared-model.ts";

const { model, losses, seeds, states, port } = workerData as WorkerInput;
const [seed = 0] = seeds;
const exact = new ExactAnswer(modelOf(model), { seed });
const asked = {
  isCertified: (nodes: readonly number[]) => exact.certifies(nodes),
  outcome: (nodes: readonly number[], breaker: number) => exact.outcomeOf(nodes, { seed: breaker }),
};

for (const [loss, nodes] of losses.entries()) {
  if (Atomics.compareExchange(states, loss, FREE, TAKEN) !== FREE) continue;
  const answer = encodeAnswer(answerLoss(asked, nodes, seeds));
  port.postMessage({ loss, answer } satisfies WorkerMessage, [answer.buffer as ArrayBuffer]);
  Atomics.store(states, loss, ANSWERED);
  Atomics.notify(states, loss);
}
