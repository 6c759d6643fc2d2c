/** What it takes to break a workload, against trying every set of nodes, zones and racks. */
import { expect, test } from "vitest";
import { RandomCluster } from "../../../test/support/prove/random-cluster.ts";
import { forEachSeed } from "../../../test/support/seeds.ts";
import { RandomStream } from "../../base/random.ts";
import { ZONE_LABEL } from "../losses/losses.ts";
import { ModelBuilder } from "../model/builder.ts";
import { countsAsReady, type Facts, factsOf, type WorkloadFacts } from "./facts.ts";
import { breakingOf, nodesAsPlaces, type Places, placesByLabel } from "./per-workload.ts";

/** Whether somebody misses something of a workload once those places are lost, counted pod by pod. */
function isBroken({ workload }: WorkloadFacts, lost: ReadonlySet<number>, { of }: Places, facts: Facts) {
  const { model } = facts;
  return facts.requirements.some(({ workloads, classes, enough }) => {
    if (!workloads.includes(workload.index)) return false;
    let left = 0;
    for (let pod = 0; pod < model.podCount; pod++) {
      if (!classes.includes(model.classOf[pod] as number) || !countsAsReady(model, pod)) continue;
      if (!lost.has(of[model.nodeOf[pod] as number] as number)) left++;
    }
    return left < enough;
  });
}

function fewest(workload: WorkloadFacts, places: Places, facts: Facts): number | undefined {
  let best: number | undefined;
  for (let mask = 0; mask < 2 ** places.names.length; mask++) {
    const lost = new Set([...places.names.keys()].filter((place) => ((mask >> place) & 1) === 1));
    if ((best === undefined || lost.size < best) && isBroken(workload, lost, places, facts)) best = lost.size;
  }
  return best;
}

/** Racks of any size; some nodes stand in none. */
function randomRacks({ model }: Facts, random: RandomStream): Places {
  const names = ["r0", "r1", "r2"];
  return { of: Int32Array.from(model.nodes, () => random.below(4) - 1), names };
}

test("the fewest nodes, zones and racks that break a workload are the fewest of all sets that do", {
  timeout: 120_000,
}, () => {
  let several = 0;
  forEachSeed(100, (seed) => {
    const builder = new ModelBuilder();
    const random = new RandomStream(seed, "clusters");
    for (const object of new RandomCluster(random).objects) builder.add(object);
    const facts = factsOf(builder.build());
    const kinds = [nodesAsPlaces(facts), placesByLabel(facts, ZONE_LABEL), randomRacks(facts, random)];
    for (const places of kinds) {
      for (const workload of facts.workloads) {
        if (workload.purpose === "task" || workload.workload.isStatic) continue;
        const said = breakingOf(workload, places, facts);
        expect(said?.count).toBe(fewest(workload, places, facts));
        if (said === null) continue;
        if (said.count > 1) several++;
        // And those that it names do break it.
        const lost = new Set(said.which.map((name) => places.names.indexOf(name)));
        expect([said.which, lost.size, isBroken(workload, lost, places, facts)]).toEqual([
          said.which,
          said.count,
          true,
        ]);
      }
    }
  });
  expect(several).toBeGreaterThan(20);
});
