import { expect, test } from "vitest";
import { makeCluster, objectsOf } from "../../../bench/clusters.mjs";
import { RandomCluster } from "../../../test/support/prove/random-cluster.ts";
import { forEachSeed, runsAllSeeds } from "../../../test/support/seeds.ts";
import { RandomStream } from "../../base/random.ts";
import type { KubeObject, Node, Pod } from "../../kube/types/index.ts";
import { ModelBuilder } from "../model/builder.ts";
import type { ModelChange } from "../model/change.ts";
import type { Model } from "../model/model.ts";
import { digestOf } from "../outcome.ts";
import { ExactAnswer } from "./exact-answer.ts";
import { FollowedLosses } from "./followed-losses.ts";

function modelOf(objects: Iterable<KubeObject>): Model {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  return builder.build();
}

/** A pod or a node becomes another, comes or goes. */
function randomChange(objects: readonly KubeObject[], random: RandomStream, number: number): ModelChange {
  const pick = <T>(kind: string) => {
    const all = objects.filter((object) => object.kind === kind);
    return all[random.below(all.length)] as T;
  };
  const pod = pick<Pod>("Pod");
  const nodeName = pick<Node>("Node").metadata.name;
  const { namespace = "default", name } = pod.metadata;
  switch (random.below(8)) {
    case 0:
    case 1:
      return { kind: "pod-gone", namespace, name };
    case 2:
    case 3:
      return { kind: "pod", pod: { ...pod, spec: { ...pod.spec, nodeName } } };
    case 4:
    case 5: {
      const metadata = { ...pod.metadata, name: `${name}-${number}`, uid: `uid-${number}` };
      return { kind: "pod", pod: { ...pod, metadata, spec: { ...pod.spec, nodeName } } };
    }
    case 6:
      return { kind: "pod", pod: { ...pod, status: { ...pod.status, conditions: [] } } };
    default: {
      const node = pick<Node>("Node");
      const spec = { ...node.spec, unschedulable: random.below(2) === 0 };
      return { kind: "node", node: { ...node, spec } };
    }
  }
}

const digests = (model: Model, outcomeOf: (node: number) => Parameters<typeof digestOf>[0]) =>
  model.nodes.map((_, node) => digestOf(outcomeOf(node)));

/** Lets changes happen, and compares every loss after each with an answer made anew; how many losses were answered again, of how many. */
function follow(objects: readonly KubeObject[], random: RandomStream, changes: number) {
  const count = { followed: 0, answered: 0, losses: 0 };
  const seed = random.below(1_000);
  const losses = new FollowedLosses(modelOf(objects), { seed });
  // What is there to be picked from; which changes are refused, the model says.
  for (let i = 0; i < changes; i++) {
    const change = randomChange(objects, random, i);
    const applied = losses.apply(change);
    if (applied.kind === "anew") continue;
    count.followed++;
    count.answered += applied.answered.length;
    count.losses += losses.model.nodes.length;
    const anew = new ExactAnswer(losses.model, { seed });
    const expected = digests(losses.model, (node) => anew.outcomeOf([node]));
    const found = digests(losses.model, (node) => losses.outcomeOf(node));
    if (found.join() !== expected.join()) {
      const at = found.findIndex((digest, node) => digest !== expected[node]);
      expect({ change, i, at, ...losses.outcomeOf(at) }).toEqual({ change, i, at, ...anew.outcomeOf([at]) });
    }
  }
  return count;
}

/** Of how many cases of the long form one is run: one is a dozen changes, and all losses after each. */
const ONE_IN = 20;
/** The same for clusters of 60 nodes. */
const LARGE_ONE_IN = 400;

test("after every change of a random cluster all losses come to what an answer made anew says", {
  timeout: 0,
}, () => {
  let followed = 0;
  forEachSeed(
    300,
    (seed) => {
      const random = new RandomStream(seed, "changes");
      const { objects } = new RandomCluster(new RandomStream(seed, "clusters"));
      if (!objects.some(({ kind }) => kind === "Pod")) return;
      followed += follow(objects, random, 12).followed;
    },
    ONE_IN,
  );
  if (runsAllSeeds()) expect(followed).toBeGreaterThan(300);
});

test("in a cluster with room most losses stay as they are, and are right", { timeout: 0 }, () => {
  let answered = 0;
  let losses = 0;
  forEachSeed(
    6,
    (seed) => {
      const objects = [...objectsOf(makeCluster({ nodes: 60, pods: 900, workloads: 200, fill: 0.5, seed }))];
      const count = follow(objects as KubeObject[], new RandomStream(seed, "changes"), 30);
      answered += count.answered;
      losses += count.losses;
    },
    LARGE_ONE_IN,
  );
  if (runsAllSeeds()) expect(answered).toBeLessThan(0.9 * losses);
});
