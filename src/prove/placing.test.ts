import { expect, test } from "vitest";
import { RandomCluster } from "../../test/support/prove/random-cluster.ts";
import { forEachSeed, runsAllSeeds } from "../../test/support/seeds.ts";
import { RandomStream } from "../base/random.ts";
import type { KubeObject } from "../kube/types/index.ts";
import { LiteralAnswer } from "./literal/literal-answer.ts";
import { combinations } from "./losses/losses.ts";
import { ModelBuilder } from "./model/builder.ts";
import type { Model } from "./model/model.ts";
import { UNPLACED } from "./outcome.ts";
import { placingFor } from "./placing.ts";
import { prove } from "./prove.ts";

function modelOf(objects: Iterable<KubeObject>): Model {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  return builder.build();
}

test("pairs that leave a pod without a node are those that the literal scheduler leaves with one", () => {
  let losing = 0;
  let certified = 0;
  forEachSeed(40, (seed) => {
    const model = modelOf(new RandomCluster(new RandomStream(seed, "clusters")).objects);
    const literal = new LiteralAnswer(model, { seed: 1 });
    const pairs = combinations(model.nodes.length, 2);
    const expected = pairs.filter((pair) =>
      literal
        .outcomeOf(pair)
        .placements.some(({ pod, node }) => node === UNPLACED && (model.nodeOf[pod] as number) >= 0),
    );
    const found = placingFor(model).pairs();
    expect(found).toMatchObject({ count: pairs.length, unplaced: expected.length });
    losing += found.unplaced;
    certified += found.byCertificate;
  });
  if (runsAllSeeds()) expect(Math.min(losing, certified)).toBeGreaterThan(0);
});

test("too many pairs to list are counted by whether all that they displace finds a node", () => {
  const nodes = Array.from({ length: 203 }, (_, i) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: `n${i}` },
    spec: {},
    status: { allocatable: { cpu: "4", memory: "8Gi", pods: "110" } },
  }));
  const model = modelOf(nodes as unknown as KubeObject[]);
  const { losses, summary, assumed } = prove(model, placingFor(model), {
    losses: [{ kind: "nodes" }, { kind: "pairs" }],
  });
  expect(losses).toHaveLength(203);
  expect(summary.pairs).toBeUndefined();
  expect(summary.pairsWithRoom).toEqual({ count: 20_503, byCertificate: 20_503, unplaced: 0 });
  expect(summary.nodesMayFail.withRoomForAll).toBe(202);
  expect(assumed.some((each) => each.includes("pairs of nodes"))).toBe(true);
});
