// Every single-node loss answered again after one pod or node has changed, against a full run: the exact engine made anew, and all losses.
import { ExactAnswer } from "../dist/prove/engine/exact-answer.js";
import { FollowedLosses } from "../dist/prove/engine/followed-losses.js";
import { digestOf } from "../dist/prove/outcome.js";
import { modelOf, NODES, RUNS, SEED, sizesOf } from "./prove-support.mjs";
import { median, report, timed } from "./support.mjs";

const FILL = 0.7;
const CHANGES = 40;

const model = modelOf(NODES, FILL);
const losses = new FollowedLosses(model, { seed: SEED });
const fullRun = () => {
  const exact = new ExactAnswer(model, { seed: SEED });
  for (const node of model.nodes.keys()) exact.outcomeOf([node]);
};
const full = median(Array.from({ length: RUNS }, () => timed(fullRun)));

/** A pod that runs goes, and comes back on another node; every time another one, evenly over the cluster. */
function* podChanges() {
  for (let i = 0; i < CHANGES; i++) {
    const index = Math.floor((i * model.podCount) / CHANGES);
    const pod = model.podAt(index);
    if (pod.spec.nodeName === undefined) continue;
    // The model keeps no moment of creation, and no pod is without one.
    const metadata = { ...pod.metadata, creationTimestamp: "2026-01-05T08:00:00Z" };
    const { namespace, name } = metadata;
    const others = model.podsOfClass(model.classOf[index]);
    if (others.length < 2) continue;
    const nodeName = model.nodes[(i * 997) % model.nodes.length].metadata.name;
    yield { kind: "pod-gone", namespace, name };
    yield { kind: "pod", pod: { ...pod, metadata, spec: { ...pod.spec, nodeName } } };
  }
}

measure("pod", podChanges());

function measure(what, changes) {
  const ms = [];
  const again = [];
  for (const change of changes) {
    let applied;
    const one = timed(() => {
      applied = losses.apply(change);
    });
    if (applied.kind === "anew") throw new Error(`A change was refused: ${applied.why}`);
    ms.push(one);
    again.push(applied.answered.length);
  }
  const exact = new ExactAnswer(model, { seed: SEED });
  for (const node of model.nodes.keys()) {
    if (digestOf(exact.outcomeOf([node])) !== digestOf(losses.outcomeOf(node)))
      throw new Error(`The loss of node ${node} differs`);
  }
  report({
    what: `all single-node losses: a full run / answered again after one ${what} changed, same digests`,
    ratios: ms.map((one) => full / one),
    bar: 100,
    better: "higher",
    sizes: `${sizesOf(model, FILL)}; ${ms.length} changes, after each ${median(again)} losses answered again in ${median(ms).toFixed(1)} ms, full run ${Math.round(full)} ms`,
  });
}
