/** What a change leaves behind once it is taken back: nothing. */
import { expect, test } from "vitest";
import { RandomCluster } from "../../../test/support/prove/random-cluster.ts";
import { forEachSeed } from "../../../test/support/seeds.ts";
import { RandomStream } from "../../base/random.ts";
import { ModelBuilder } from "../model/builder.ts";
import type { Model } from "../model/model.ts";
import { ChangingCluster } from "./changing-cluster.ts";
import { drain } from "./drain.ts";
import { isRolledOut, rollOut } from "./rollout.ts";

function randomModel(seed: number): Model {
  const builder = new ModelBuilder();
  for (const object of new RandomCluster(new RandomStream(seed, "clusters")).objects) builder.add(object);
  return builder.build();
}

/** Every drain and every rollout that there may be, each as what it comes to. */
function changesOf(model: Model): readonly ((cluster: ChangingCluster) => unknown)[] {
  const asText = ({ lowest, ...rest }: ReturnType<typeof drain>) => ({ lowest: [...lowest], ...rest });
  return [
    ...[...model.nodes.keys()].map((node) => (cluster: ChangingCluster) => asText(drain(cluster, [node]))),
    ...model.workloads
      .filter(isRolledOut)
      .map((workload) => (cluster: ChangingCluster) => asText(rollOut(cluster, workload))),
  ];
}

/** Who stands where, and what budgets count. */
function stateOf(cluster: ChangingCluster) {
  const { model } = cluster;
  return {
    standing: [...model.nodes.keys()].map((node) =>
      cluster.on(node).map(({ index, isReady, isNew }) => ({ index, isReady, isNew })),
    ),
    healthy: model.budgets.map((_, budget) => cluster.healthyIn(budget)),
  };
}

test("a change that was taken back leaves nothing: the next comes to what it comes to on its own", {
  timeout: 0,
}, () => {
  let drained = 0;
  forEachSeed(25, (seed) => {
    const model = randomModel(seed);
    const cluster = new ChangingCluster(model, { seed });
    const before = stateOf(cluster);
    for (const [i, change] of changesOf(model).entries()) {
      const { mark } = cluster;
      const outcome = change(cluster);
      cluster.goBack(mark);
      expect({ i, state: stateOf(cluster) }).toEqual({ i, state: before });
      // What claims are made is noted in the model's own tables: another cluster of it has to take that back too.
      const fresh = new ChangingCluster(model, { seed });
      const { mark: begin } = fresh;
      expect({ i, outcome }).toEqual({ i, outcome: change(fresh) });
      fresh.goBack(begin);
      drained++;
    }
  });
  expect(drained).toBeGreaterThan(0);
});
