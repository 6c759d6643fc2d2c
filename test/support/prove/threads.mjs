// One thread and three, on the built program: prints whether they prove the same, and how many losses came from another thread.
import { makeCluster, objectsOf } from "../../../bench/clusters.mjs";
import { ModelBuilder } from "../../../dist/prove/model/builder.js";
import { placingFor } from "../../../dist/prove/placing.js";
import { prove } from "../../../dist/prove/prove.js";
import { pooled } from "../../../dist/prove/workers/pooled-placing.js";

const builder = new ModelBuilder();
for (const object of objectsOf(makeCluster({ nodes: 150, pods: 3_000, workloads: 500, fill: 0.93 })))
  builder.add(object);
const model = builder.build();

/** What is proved, and how many outcomes this thread had to find by itself. */
function proved(others) {
  const own = placingFor(model);
  let asked = 0;
  const counting = {
    ...own,
    outcome(loss, one) {
      asked++;
      return own.outcome(loss, one);
    },
  };
  const placing = pooled(counting, model, others);
  try {
    const result = prove(model, placing, { losses: [{ kind: "nodes" }] });
    return { text: JSON.stringify(result), losses: result.summary.losses, asked };
  } finally {
    placing.end();
  }
}

const alone = proved(0);
const together = proved(2);
console.log(
  JSON.stringify({
    losses: alone.losses,
    same: together.text === alone.text,
    alone: alone.asked,
    together: together.asked,
  }),
);
