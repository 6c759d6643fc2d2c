// What losses cost the exact engine, against the literal scheduler on the same model in the same run, with equal digests.
//
// The literal scheduler takes hours for all losses of the large cluster, so some are sampled there, evenly; at a tenth of the size it
// answers them all.
import { ExactAnswer } from "../dist/prove/engine/exact-answer.js";
import { digestOf } from "../dist/prove/outcome.js";
import { literalMs, modelOf, NODES, RUNS, SEED, sizesOf } from "./prove-support.mjs";
import { median, report, timed } from "./support.mjs";

const SAMPLED = 50;

/** Every single-node loss by the engine, made anew for each run, against the literal scheduler on every `step`th loss. */
function compareLosses(model, fill, step) {
  const outcomes = [];
  const fast = Array.from({ length: RUNS }, () =>
    timed(() => {
      const exact = new ExactAnswer(model, { seed: SEED });
      for (const node of model.nodes.keys()) outcomes[node] = exact.outcomeOf([node]);
    }),
  );
  let sampled = 0;
  const all = literalMs(model, step, (node, outcome) => {
    sampled++;
    if (digestOf(outcome) !== digestOf(outcomes[node])) throw new Error(`The loss of node ${node} differs`);
  });
  report({
    what: `all single-node losses: literal scheduler / exact engine, ${sampled === model.nodes.length ? "all of both" : `${sampled} sampled`}, same digests`,
    ratios: fast.map((ms) => all / ms),
    bar: 100,
    better: "higher",
    sizes: `${sizesOf(model, fill)}; engine ${Math.round(median(fast))} ms, literal ${Math.round(all)} ms`,
  });
}

for (const fill of [0.7, 0.95]) compareLosses(modelOf(NODES / 10, fill), fill, 1);
for (const fill of [0.7, 0.95]) compareLosses(modelOf(NODES, fill), fill, NODES / SAMPLED);
