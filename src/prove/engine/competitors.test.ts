import { expect, test } from "vitest";
import { node } from "../../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../../test/support/pods.ts";
import { RandomStream } from "../../base/random.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { LiteralAnswer } from "../literal/literal-answer.ts";
import { modelOf } from "../model-of.ts";
import { UNPLACED } from "../outcome.ts";
import { ExactAnswer } from "./exact-answer.ts";

/** A pod of a ReplicaSet of its app. */
function of(app: string, name: string, cpu: string): PodBuilder {
  const set = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: app, namespace: "default", uid: `uid-${app}` },
  } as KubeObject;
  return pod(name).ownedBy(set).labels({ app }).requests({ cpu });
}

const waiting = (name: string, cpu = "1") => of("w", name, cpu);
const lost = of("a", "a-0", "1").on("a").running();
const small = of("s", "s-0", "100m").priority(-1).on("b").running();
const taken = of("t", "t-0", "1").on("b").running();
const two = [node("a").capacity({ cpu: "2" }), node("b").capacity({ cpu: "2" })];
const ofAgent = (cpu: string) =>
  waiting("agent-b", cpu).ownedBy({
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent", namespace: "default", uid: "uid-agent" },
  } as KubeObject);

/** What is lost is a, whose pod asks for 1 CPU; b has two of them. */
test.each<{ name: string; objects: readonly KubeObject[]; isCertified: boolean }>([
  { name: "nobody waits", objects: [...two, lost], isCertified: true },
  {
    name: "one waits, and there is room for both",
    objects: [...two, lost, waiting("w-0")],
    isCertified: true,
  },
  {
    name: "one waits that may take the last room",
    objects: [...two, lost, taken, waiting("w-0")],
    isCertified: false,
  },
  {
    name: "one waits that may take it though it is less important: it may come first",
    objects: [...two, lost.priority(0, "Never"), taken, waiting("w-0").priority(-5)],
    isCertified: false,
  },
  {
    name: "one waits that is too large for what is left",
    objects: [...two, lost, taken, waiting("w-0", "1500m")],
    isCertified: true,
  },
  {
    name: "one waits that no node lets in",
    objects: [...two, lost, taken, waiting("w-0").nodeSelector({ pool: "none" })],
    isCertified: true,
  },
  {
    name: "one waits that may go elsewhere only",
    objects: [
      ...two,
      node("c").taint("only", "NoSchedule").labels({ pool: "c" }),
      lost,
      taken,
      waiting("w-0").nodeSelector({ pool: "c" }).tolerates({ key: "only", operator: "Exists" }),
    ],
    isCertified: true,
  },
  {
    name: "one waits that may put out others",
    objects: [...two, lost, small, waiting("w-0", "2").priority(10)],
    isCertified: false,
  },
  {
    name: "one waits that would put out others, but they do not take enough",
    objects: [...two, lost, small, waiting("w-0", "3").priority(10)],
    isCertified: true,
  },
  {
    name: "one waits that would put out others, and may not",
    objects: [...two, lost, small, waiting("w-0", "2").priority(10, "Never")],
    isCertified: true,
  },
  {
    name: "a DaemonSet's pod waits that is too large",
    objects: [...two, lost, taken, ofAgent("1500m")],
    isCertified: true,
  },
  {
    name: "a DaemonSet's pod waits that would do",
    objects: [...two, lost, taken, ofAgent("500m")],
    isCertified: false,
  },
])("$name: $isCertified", ({ objects, isCertified }) => {
  const model = modelOf(objects);
  const index = model.nodes.findIndex(({ metadata }) => metadata.name === "a");
  expect(new ExactAnswer(model, { seed: 1 }).certifies([index])).toBe(isCertified);
  // What is certified no order contradicts; what is not, here, some order does, or a pod has to go that stood.
  let isContradicted = false;
  for (let seed = 1; seed <= 12; seed++) {
    const random = new RandomStream(seed, "order");
    const turns = Array.from({ length: model.podCount }, () => random.next());
    const { placements, victims } = new LiteralAnswer(model, {
      seed,
      turn: (pod) => turns[pod] as number,
    }).outcomeOf([index]);
    const stood = (each: number) => (model.nodeOf[each] as number) >= 0;
    const isHurt = placements.some((one) => one.node === UNPLACED && stood(one.pod)) || victims.some(stood);
    isContradicted ||= isHurt;
  }
  expect(isContradicted).toBe(!isCertified);
});
