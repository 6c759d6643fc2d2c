// What losses cost the exact engine, against the literal scheduler on the same model in the same run, with equal digests.
//
// The literal scheduler takes hours for all losses of the large cluster, so some are sampled there, evenly; at a tenth of the size it
// answers them all. PROVE_NODES makes the large cluster smaller while one works on this.
import { ExactAnswer } from "../dist/prove/engine/exact-answer.js";
import { decidePairs } from "../dist/prove/engine/pairs.js";
import { LiteralAnswer } from "../dist/prove/literal/literal-answer.js";
import { ModelBuilder } from "../dist/prove/model/builder.js";
import { digestOf } from "../dist/prove/outcome.js";
import { LossPool } from "../dist/prove/workers/loss-pool.js";
import { makeCluster, objectsOf } from "./clusters.mjs";
import { median, report, timed } from "./support.mjs";

const RUNS = 5;
const SEED = 1;
const NODES = Number(process.env.PROVE_NODES) || 5_000;
const SAMPLED = 50;

function modelOf(nodes, fill) {
  const builder = new ModelBuilder();
  const options = { nodes, pods: nodes * 30, workloads: nodes * 6, fill };
  for (const object of objectsOf(makeCluster(options))) builder.add(object);
  return builder.build();
}

/** Wall time, in milliseconds, of a call that takes its time. */
async function timedAsync(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

const sizes = (model, fill) =>
  `${model.nodes.length.toLocaleString("en")} nodes, ${model.podCount.toLocaleString("en")} pods, ${Math.round(fill * 100)} % full, seed ${SEED}`;

/** Every single-node loss by the engine, made anew for each run, against the literal scheduler on every `step`th loss. */
function compareLosses(model, fill, step) {
  const losses = model.nodes.map((_, node) => [node]);
  const digests = [];
  const fast = Array.from({ length: RUNS }, () =>
    timed(() => {
      const exact = new ExactAnswer(model, { seed: SEED });
      for (const [i, lost] of losses.entries()) digests[i] = exact.outcomeOf(lost);
    }),
  );
  const literal = new LiteralAnswer(model, { seed: SEED });
  const sampled = losses.filter((_, i) => i % step === 0);
  literal.outcomeOf(sampled[0]);
  const slow = timed(() => {
    for (const lost of sampled) {
      if (digestOf(literal.outcomeOf(lost)) !== digestOf(digests[lost[0]]))
        throw new Error(`Loss ${lost} differs`);
    }
  });
  const all = (slow / sampled.length) * losses.length;
  report({
    what: `all single-node losses: literal scheduler / exact engine, ${sampled.length === losses.length ? "all of both" : `${sampled.length} sampled`}, same digests`,
    ratios: fast.map((ms) => all / ms),
    bar: 100,
    better: "higher",
    sizes: `${sizes(model, fill)}; engine ${Math.round(median(fast))} ms, literal ${Math.round(all)} ms`,
  });
  return all;
}

function comparePairs(model, fill, literalMs) {
  let answer;
  const ms = Array.from({ length: RUNS }, () =>
    timed(() => {
      answer = decidePairs(new ExactAnswer(model, { seed: SEED }), model.nodes.length);
    }),
  );
  const pairs = (model.nodes.length * (model.nodes.length - 1)) / 2;
  if (answer.certified + answer.simulated !== pairs) throw new Error("a pair is undecided");
  report({
    what: "every pair of nodes decided / all single-node losses by the literal scheduler",
    ratios: ms.map((one) => one / literalMs),
    bar: 1 / 2,
    better: "lower",
    sizes: `${sizes(model, fill)}; ${answer.certified.toLocaleString("en")} pairs by certificate, ${answer.simulated.toLocaleString("en")} simulated, of those ${answer.unplaced.length.toLocaleString("en")} leave a pod without a node`,
  });
}

async function compareThreads(model, fill) {
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
    ratios.push(alone / (await timedAsync(() => pool.outcomesOf(losses))));
  }
  await pool.end();
  report({
    what: "all single-node losses: one thread / two, once started, same digests",
    ratios,
    bar: 1.6,
    better: "higher",
    sizes: sizes(model, fill),
  });
}

for (const fill of [0.7, 0.95]) {
  const small = modelOf(NODES / 10, fill);
  const smallMs = compareLosses(small, fill, 1);
  comparePairs(small, fill, smallMs);
}
const full = modelOf(NODES, 0.95);
compareLosses(full, 0.95, NODES / SAMPLED);
const large = modelOf(NODES, 0.7);
const literalMs = compareLosses(large, 0.7, NODES / SAMPLED);
comparePairs(large, 0.7, literalMs);
await compareThreads(large, 0.7);
