// One thread and three, on the built program: prints whether their outcomes are the same.
import { makeCluster, objectsOf } from "../../../bench/clusters.mjs";
import { ExactAnswer } from "../../../dist/prove/engine/exact-answer.js";
import { ModelBuilder } from "../../../dist/prove/model/builder.js";
import { digestOf } from "../../../dist/prove/outcome.js";
import { LossPool } from "../../../dist/prove/workers/loss-pool.js";

const builder = new ModelBuilder();
for (const object of objectsOf(makeCluster({ nodes: 60, pods: 1200, workloads: 200, fill: 0.93 })))
  builder.add(object);
const model = builder.build();
const losses = model.nodes.map((_, node) => [node, (node * 7 + 1) % model.nodes.length]);
const answer = new ExactAnswer(model, { seed: 5 });
const alone = losses.map((lost) => digestOf(answer.outcomeOf(lost)));
const pool = await LossPool.start(answer, model, 5, 2);
const together = (await pool.outcomesOf(losses)).map(digestOf);
await pool.end();
console.log(
  JSON.stringify({
    losses: losses.length,
    distinct: new Set(alone).size,
    same: together.join() === alone.join(),
  }),
);
