import { describe, expect, test } from "vitest";
import { SmallCluster } from "../../../test/support/prove/small-cluster.ts";
import { forEachSeed, runsAllSeeds } from "../../../test/support/seeds.ts";
import { RandomStream } from "../../base/random.ts";
import { fewestToBreak } from "./fewest-to-break.ts";
import { certifiesPlacement, refutePlacement } from "./slots.ts";

const list = (...values: number[]) => Int32Array.from(values);
const vector = (...values: number[]) => Float64Array.from(values);

describe("certifiesPlacement", () => {
  const room = { dimensions: 2, free: vector(10, 4, 6, 4, 3, 4) };
  const small = { count: 3, requests: vector(2, 1), nodes: [list(0, 1, 2)], isExclusive: false };

  test.each([
    { name: "room for all of the largest size", demands: [small], certified: true },
    { name: "as many pods as slots", demands: [{ ...small, count: 8 }], certified: true },
    { name: "one pod more than slots", demands: [{ ...small, count: 9 }], certified: false },
    {
      name: "a node each, though room would do",
      demands: [{ ...small, count: 4, isExclusive: true }],
      certified: false,
    },
    {
      name: "a domain of the spread without a node",
      demands: [{ ...small, nodes: [list(0, 1, 2), list()] }],
      certified: false,
    },
    {
      name: "a large pod that small ones may crowd out",
      demands: [small, { ...small, count: 1, requests: vector(10, 1), nodes: [list(0)] }],
      certified: false,
    },
    {
      name: "a large pod with more open nodes than others can close",
      demands: [
        { ...small, count: 1 },
        { ...small, count: 1, requests: vector(6, 1) },
      ],
      certified: true,
    },
    { name: "nobody to place", demands: [], certified: true },
  ])("$name: $certified", ({ demands, certified }) => {
    expect(certifiesPlacement(room, demands)).toBe(certified);
  });

  test("does not mind a dimension that is overdrawn when nothing of it is asked for", () => {
    const overdrawn = { dimensions: 2, free: vector(-5, 3) };
    expect(certifiesPlacement(overdrawn, [{ ...small, requests: vector(0, 1), nodes: [list(0)] }])).toBe(
      true,
    );
  });
});

test.each([
  { name: "a pod larger than any node", requests: vector(11, 1), count: 1, refuted: "fits-nowhere" },
  { name: "more than all nodes have", requests: vector(6, 1), count: 4, refuted: "too-little" },
  { name: "what might fit", requests: vector(6, 1), count: 2, refuted: undefined },
])("refutes $name: $refuted", ({ requests, count, refuted }) => {
  const room = { dimensions: 2, free: vector(10, 4, 6, 4, 3, 4) };
  const demand = { count, requests, nodes: [list(0, 1, 2)], isExclusive: false };
  expect(refutePlacement(room, [demand])?.kind).toBe(refuted);
});

test.each([
  { name: "one pod each on three nodes, one is enough", places: [0, 1, 2], atLeast: 1, broken: [0, 1, 2] },
  { name: "the fullest node first", places: [0, 1, 1, 2], atLeast: 2, broken: [1, 0] },
  { name: "a quorum of three on one node", places: [4, 4, 7], atLeast: 2, broken: [4] },
  { name: "too few already", places: [0], atLeast: 2, broken: [] },
  { name: "a pod that no such loss takes", places: [-1, 3], atLeast: 1, broken: undefined },
])("fewestToBreak: $name", ({ places, atLeast, broken }) => {
  expect(fewestToBreak(places, atLeast)).toEqual(broken);
});

test("no certificate and no refutation is contradicted by a scheduler that chooses at random", () => {
  const found = { certified: 0, refuted: 0, open: 0, placedSome: 0 };
  forEachSeed(10_000, (seed) => {
    const random = new RandomStream(seed, "certificates");
    const cluster = new SmallCluster(random);
    const lost = someNodes(random, cluster.nodes, 1 + random.below(3));
    const displaced = cluster.lose(lost);
    if (displaced.length === 0) return;
    const room = cluster.room();
    const demands = cluster.demands(displaced);
    const isCertified = certifiesPlacement(room, demands);
    const isRefuted = refutePlacement(room, cluster.reachable(demands, displaced)) !== undefined;
    found[isCertified ? "certified" : isRefuted ? "refuted" : "open"]++;
    for (let i = 0; i < 5; i++) {
      const isPlaced = cluster.placesAll(displaced);
      if (isPlaced && !isCertified) found.placedSome++;
      expect({ isCertified, isPlaced }).not.toEqual({ isCertified: true, isPlaced: false });
      expect({ isRefuted, isPlaced }).not.toEqual({ isRefuted: true, isPlaced: true });
    }
  });
  if (!runsAllSeeds()) return;
  // Each answer is given often enough for the loop to mean something.
  expect(Math.min(found.certified, found.refuted, found.open)).toBeGreaterThan(500);
});

test("no set of as many nodes as nodesAtOnceMax says leaves a pod without a node", () => {
  let certified = 0;
  forEachSeed(2_000, (seed) => {
    const random = new RandomStream(seed, "nodes at once");
    const cluster = new SmallCluster(random);
    const max = cluster.nodesAtOnceMax();
    if (max === 0) return;
    certified++;
    for (let i = 0; i < 5; i++) {
      const displaced = cluster.lose(someNodes(random, cluster.nodes, max));
      expect(cluster.placesAll(displaced)).toBe(true);
    }
  });
  if (runsAllSeeds()) expect(certified).toBeGreaterThan(200);
});

/** The pods' own counting decides: every subset of places is tried. */
test("fewestToBreak finds what trying every subset finds", () => {
  forEachSeed(2_000, (seed) => {
    const random = new RandomStream(seed, "fewest");
    const places = Array.from({ length: random.below(9) }, () => random.below(6) - 1);
    const atLeast = 1 + random.below(4);
    let fewest: number | undefined;
    for (let mask = 0; mask < 32; mask++) {
      const left = places.filter((place) => place < 0 || ((mask >> place) & 1) === 0).length;
      const size = [0, 1, 2, 3, 4].filter((place) => ((mask >> place) & 1) === 1).length;
      if (left < atLeast && (fewest === undefined || size < fewest)) fewest = size;
    }
    expect(fewestToBreak(places, atLeast)?.length).toBe(fewest);
  });
});

function someNodes(random: RandomStream, nodes: number, count: number): ReadonlySet<number> {
  const lost = new Set<number>();
  while (lost.size < Math.min(count, nodes)) lost.add(random.below(nodes));
  return lost;
}
