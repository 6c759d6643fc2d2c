// All single-node losses by one thread and by two that share the model.
import { ExactAnswer } from "../dist/prove/engine/exact-answer.js";
import { digestOf } from "../dist/prove/outcome.js";
import { LossPool } from "../dist/prove/workers/loss-pool.js";
import { modelOf, NODES, RUNS, SEED, sizesOf } from "./prove-support.mjs";
import { report, timed } from "./support.mjs";

const FILL = 0.7;
const model = modelOf(NODES, FILL);
const losses = model.nodes.map((_, node) => [node]);
const answer = new ExactAnswer(model, { seed: SEED });
const pool = await LossPool.start(answer, model, SEED, 1);
const expected = losses.map((lost) => digestOf(answer.outcomeOf(lost)));
const outcomes = await pool.outcomesOf(losses);
if (outcomes.some((outcome, i) => digestOf(outcome) !== expected[i]))
  throw new Error("two threads differ from one");
const ratios = [];
for (let i = 0; i < RUNS; i++) {
  const alone = timed(() => {
    for (const lost of losses) answer.outcomeOf(lost);
  });
  const start = performance.now();
  await pool.outcomesOf(losses);
  ratios.push(alone / (performance.now() - start));
}
await pool.end();
report({
  what: "all single-node losses: one thread / two, once started, same digests",
  ratios,
  bar: 1.6,
  better: "higher",
  sizes: sizesOf(model, FILL),
});
