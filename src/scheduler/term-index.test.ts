import { expect, test } from "vitest";
import { node } from "../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../test/support/pods.ts";
import type { WeightedPodAffinityTerm } from "../kube/types/index.ts";
import { Snapshot } from "./snapshot.ts";

const ZONE = "topology.kubernetes.io/zone";
const REGION = "topology.kubernetes.io/region";
const labelSelector = { matchLabels: { app: "a" } };

const wishing = (name: string, weight: number, podAffinityTerm: WeightedPodAffinityTerm["podAffinityTerm"]) =>
  pod(name).affinity({
    podAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm }],
    },
  });

function snapshotWith(pods: readonly PodBuilder[]): Snapshot {
  const snapshot = new Snapshot();
  snapshot.setNode(node("n").zone("z", "r"));
  for (const one of pods) snapshot.setPod(one.on("n"));
  return snapshot;
}

const held = ({ terms }: Snapshot) => [...terms.of("preferred")].map(({ pods }) => [...pods]);

test("pods that say the same are counted together", () => {
  const term = { labelSelector, topologyKey: ZONE };
  expect(held(snapshotWith([wishing("p", 5, term), wishing("q", 5, term)]))).toEqual([[["z", 2]]]);
});

test.each<{ name: string; of: PodBuilder }>([
  { name: "domains", of: wishing("q", 5, { labelSelector, topologyKey: REGION }) },
  { name: "weight", of: wishing("q", 6, { labelSelector, topologyKey: ZONE }) },
  {
    name: "labels",
    of: wishing("q", 5, { labelSelector: { matchLabels: { app: "b" } }, topologyKey: ZONE }),
  },
  { name: "namespaces", of: wishing("q", 5, { labelSelector, topologyKey: ZONE, namespaces: ["red"] }) },
  { name: "own namespace", of: wishing("red/q", 5, { labelSelector, topologyKey: ZONE }) },
  {
    name: "namespaces' labels",
    of: wishing("q", 5, {
      labelSelector,
      topologyKey: ZONE,
      namespaces: ["default"],
      namespaceSelector: { matchLabels: { team: "a" } },
    }),
  },
])("pods that wish for other $name are counted apart", ({ of }) => {
  const snapshot = snapshotWith([wishing("p", 5, { labelSelector, topologyKey: ZONE }), of]);
  expect(held(snapshot)).toHaveLength(2);
});

test("whoever wishes for everybody is not taken for one who wishes for nobody", () => {
  const everybody = wishing("p", 5, { labelSelector: {}, topologyKey: ZONE });
  const nobody = wishing("q", 5, { topologyKey: ZONE });
  expect(held(snapshotWith([everybody, nobody]))).toHaveLength(2);
});

test("pods count from when their node is there until they or it have gone, where it says that it is", () => {
  const snapshot = new Snapshot();
  const loner = pod("p").apartFrom({ app: "a" }, ZONE).on("n");
  const domains = () => [...snapshot.terms.of("requiredApart")].flatMap(({ pods }) => [...pods]);
  snapshot.setPod(loner);
  expect(snapshot.terms.has("requiredApart")).toBe(false);
  snapshot.setNode(node("n").zone("z"));
  expect(domains()).toEqual([["z", 1]]);
  snapshot.setNode(node("n").zone("y"));
  expect(domains()).toEqual([["y", 1]]);
  snapshot.removeNode("n");
  expect(snapshot.terms.has("requiredApart")).toBe(false);
  snapshot.setNode(node("n").zone("z"));
  snapshot.removePod(loner.metadata.uid);
  expect(snapshot.terms.has("requiredApart")).toBe(false);
});
