// All single-node losses of a cluster that is too full for certificates, proved by one thread and by two that share the work: whole,
// from the model to the result, with the start of the second one; the same bytes.
import { placingFor } from "../dist/prove/placing.js";
import { prove } from "../dist/prove/prove.js";
import { pooled } from "../dist/prove/workers/pooled-placing.js";
import { modelOf, NODES, RUNS, sizesOf } from "./prove-support.mjs";
import { median, report, timed } from "./support.mjs";

const FILL = 0.95;

for (const nodes of [NODES / 10, NODES / 5]) compareThreads(modelOf(nodes, FILL), FILL);

function compareThreads(model, fill) {
  const expected = JSON.stringify(proveWith(model, 0));
  const alone = [];
  const together = [];
  for (let i = 0; i < RUNS; i++) {
    alone.push(timed(() => proveWith(model, 0)));
    let result;
    together.push(timed(() => (result = proveWith(model, 1))));
    if (JSON.stringify(result) !== expected) throw new Error("two threads differ from one");
  }
  report({
    what: "all single-node losses proved: one thread / two, same bytes",
    ratios: alone.map((ms, i) => ms / together[i]),
    bar: 1.6,
    better: "higher",
    sizes: `${sizesOf(model, fill)}; ${Math.round(median(alone))} ms and ${Math.round(median(together))} ms`,
  });
}

function proveWith(model, others) {
  const placing = pooled(placingFor(model), model, others);
  try {
    return prove(model, placing, { losses: [{ kind: "nodes" }] });
  } finally {
    placing.end();
  }
}
