// What the benches of losses share: clusters as models, and what the literal scheduler takes for all their single-node losses.
import { LiteralAnswer } from "../dist/prove/literal/literal-answer.js";
import { ModelBuilder } from "../dist/prove/model/builder.js";
import { makeCluster, objectsOf } from "./clusters.mjs";
import { timed } from "./support.mjs";

export const RUNS = 5;
export const SEED = 1;
/** Of the large cluster: PROVE_NODES makes it smaller while one works on this. */
export const NODES = Number(process.env.PROVE_NODES) || 5_000;

/** So many nodes, 30 pods and 6 workloads a node. */
export function clusterOf(nodes, fill) {
  return makeCluster({ nodes, pods: nodes * 30, workloads: nodes * 6, fill });
}

export function modelOf(nodes, fill) {
  const builder = new ModelBuilder();
  for (const object of objectsOf(clusterOf(nodes, fill))) builder.add(object);
  return builder.build();
}

export function sizesOf(model, fill) {
  return `${model.nodes.length.toLocaleString("en")} nodes, ${model.podCount.toLocaleString("en")} pods, ${Math.round(fill * 100)} % full, seed ${SEED}`;
}

/** Milliseconds of all single-node losses by the literal scheduler, which is asked about every `step`th. `see` is given each outcome. */
export function literalMs(model, step, see = () => {}) {
  const literal = new LiteralAnswer(model, { seed: SEED });
  const sampled = [...model.nodes.keys()].filter((node) => node % step === 0);
  literal.outcomeOf([sampled[0]]);
  const outcomes = [];
  const ms = timed(() => {
    for (const node of sampled) outcomes.push(literal.outcomeOf([node]));
  });
  for (const [i, node] of sampled.entries()) see(node, outcomes[i]);
  return (ms / sampled.length) * model.nodes.length;
}
