// What deciding every pair of nodes costs the exact engine, against all single-node losses by the literal scheduler: sampled, at the
// large cluster.
import { ExactAnswer } from "../dist/prove/engine/exact-answer.js";
import { decidePairs } from "../dist/prove/engine/pairs.js";
import { literalMs, modelOf, NODES, RUNS, SEED, sizesOf } from "./prove-support.mjs";
import { report, timed } from "./support.mjs";

const SAMPLED = 50;

function comparePairs(model, fill, step, runs) {
  let answer;
  const ms = Array.from({ length: runs }, () =>
    timed(() => {
      answer = decidePairs(new ExactAnswer(model, { seed: SEED }), model.nodes.length);
    }),
  );
  const pairs = (model.nodes.length * (model.nodes.length - 1)) / 2;
  if (answer.certified + answer.simulated !== pairs) throw new Error("a pair is undecided");
  const literal = literalMs(model, step);
  report({
    what: "every pair of nodes decided / all single-node losses by the literal scheduler",
    ratios: ms.map((one) => one / literal),
    bar: 1 / 2,
    better: "lower",
    sizes: `${sizesOf(model, fill)}; ${answer.certified.toLocaleString("en")} pairs by certificate, ${answer.simulated.toLocaleString("en")} simulated, of those ${answer.unplaced.length.toLocaleString("en")} leave a pod without a node`,
  });
}

comparePairs(modelOf(NODES / 10, 0.7), 0.7, 1, RUNS);
// Once: it takes long, and what it is held against is sampled.
comparePairs(modelOf(NODES, 0.7), 0.7, NODES / SAMPLED, 1);
