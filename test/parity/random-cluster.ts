/**
 * Clusters made up from a seed: nodes, what stands on them already, and pods that come one by one. The same seed gives the
 * same cluster.
 */
import { RandomStream } from "../../src/base/random.ts";
import type { KubeObject } from "../../src/kube/types/index.ts";
import type { NodeBuilder } from "../support/nodes.ts";
import type { PodBuilder } from "../support/pods.ts";
import { APPS, CASES, type Case, NAMESPACES } from "./cases.ts";
import { Dice } from "./dice.ts";
import { randomNode } from "./random-nodes.ts";
import { randomPod } from "./random-pods.ts";
import { RandomVolumes } from "./random-volumes.ts";

/** One thing that happens, one after the other. */
export type Step =
  /** A pod comes, and the schedulers say where it goes. One with gates is asked about once they are open. */
  | { readonly kind: "place"; readonly pod: PodBuilder }
  /** A pod comes that names its node itself: no scheduler is asked. */
  | { readonly kind: "stand"; readonly pod: PodBuilder; readonly nodeName: string }
  /** A pod that no node will do for has a node promised all the same, and goes on waiting. */
  | { readonly kind: "promise"; readonly pod: PodBuilder; readonly nodeName: string }
  /** A pod leaves: the one at that place among those that stand somewhere, counted around. */
  | { readonly kind: "leave"; readonly index: number }
  /** A pod is told to go, and takes its time. */
  | { readonly kind: "terminate"; readonly index: number };

export interface RandomCluster {
  readonly seed: number;
  readonly cases: ReadonlySet<Case>;
  readonly nodes: readonly NodeBuilder[];
  /** Services, budgets, claims and the like. */
  readonly objects: readonly KubeObject[];
  readonly steps: readonly Step[];
}

const NODES_MIN = 3;
const NODES_MAX = 200;
const PLACEMENTS = 50;
const STANDING_MAX = 120;

export function randomCluster(seed: number): RandomCluster {
  const random = new RandomStream(seed, "scheduler parity");
  const dice = new Dice(random, randomCases(random));
  const nodeCount = Math.round(Math.exp(random.between(Math.log(NODES_MIN), Math.log(NODES_MAX))));
  const volumes = new RandomVolumes(dice, nodeCount);
  const nodes = Array.from({ length: nodeCount }, (_, i) => randomNode(dice, i));
  const objects = groups(dice);
  const steps = [...standing(dice, nodeCount, objects), ...coming(dice, nodeCount, objects, volumes)];
  return { seed, cases: dice.cases, nodes, objects: [...objects, ...volumes.objects], steps };
}

/** One case alone, a few, or most of them. */
function randomCases(random: RandomStream): ReadonlySet<Case> {
  const share = random.next();
  if (share < 0.3) return new Set([random.pick(CASES)]);
  if (share < 0.7) return new Set(Array.from({ length: 2 + random.below(5) }, () => random.pick(CASES)));
  return new Set(CASES.filter(() => random.next() < 0.5));
}

/** Who stands on nodes when the first pod comes. */
function standing(dice: Dice, nodeCount: number, owners: readonly KubeObject[]): readonly Step[] {
  const isCrowded =
    dice.cases.has("priorities") || dice.cases.has("overcommit") || dice.cases.has("node name");
  const count = Math.min(dice.below(nodeCount * (isCrowded ? 4 : 1.5)), STANDING_MAX);
  return Array.from({ length: count }, (_, i) => stand(dice, `s${i}`, nodeCount, owners));
}

function coming(
  dice: Dice,
  nodeCount: number,
  owners: readonly KubeObject[],
  volumes: RandomVolumes,
): readonly Step[] {
  const steps: Step[] = [];
  for (let i = 0; i < PLACEMENTS; i++) {
    if (dice.chance(0.1)) steps.push({ kind: "leave", index: dice.below(1_000) });
    if (dice.chance(0.04)) steps.push({ kind: "terminate", index: dice.below(1_000) });
    if (dice.shows("node name", 0.3)) steps.push(stand(dice, `m${i}`, nodeCount, owners));
    if (dice.shows("nominated nodes", 0.25)) steps.push(promise(dice, `w${i}`, nodeCount));
    let pod = owned(dice, volumes.give(randomPod(dice, `p${i}`, nodeCount)), owners);
    if (dice.shows("gates", 0.3)) pod = pod.schedulingGates("example.com/wait");
    steps.push({ kind: "place", pod });
  }
  return steps;
}

function stand(dice: Dice, name: string, nodeCount: number, owners: readonly KubeObject[]): Step {
  const pod = owned(dice, randomPod(dice, name, nodeCount), owners);
  return { kind: "stand", pod, nodeName: `n${dice.below(nodeCount)}` };
}

function promise(dice: Dice, name: string, nodeCount: number): Step {
  // Nobody has that label, and the pod may not evict: so it waits for good, and its promise stands.
  const pod = randomPod(dice, name, nodeCount).nodeSelector({ never: "there" });
  const waiting = pod.priority(dice.pick([0, 10, 200]), "Never");
  return { kind: "promise", pod: waiting, nodeName: `n${dice.below(nodeCount)}` };
}

const CONTROLLERS = new Set(["ReplicaSet", "StatefulSet", "ReplicationController"]);

/** The pod as one of a controller's, sometimes. */
function owned(dice: Dice, pod: PodBuilder, objects: readonly KubeObject[]): PodBuilder {
  const controllers = objects.filter(({ kind }) => CONTROLLERS.has(kind));
  if (controllers.length === 0 || !dice.chance(0.5)) return pod;
  const owner = dice.pick(controllers);
  return pod.inNamespace(owner.metadata.namespace ?? "default").ownedBy(owner);
}

/** Services and controllers, whose pods are spread without being asked to; and budgets. */
function groups(dice: Dice): readonly KubeObject[] {
  const objects: KubeObject[] = [];
  if (dice.cases.has("spread defaults")) {
    objects.push(...dice.some(3, (i) => service(dice, i)), ...dice.some(2, (i) => controller(dice, i)));
  }
  if (dice.cases.has("budgets")) objects.push(...dice.some(3, (i) => budget(dice, i)));
  return objects;
}

function metadata(dice: Dice, name: string): KubeObject["metadata"] {
  const namespace = dice.chance(0.7) ? "default" : dice.pick(Object.keys(NAMESPACES));
  return { name, namespace, uid: `uid-${name}`, resourceVersion: "1", creationTimestamp: "" };
}

function service(dice: Dice, i: number): KubeObject {
  const selector = { app: dice.pick(APPS), ...(dice.chance(0.2) && { rev: "1" }) };
  const spec = { selector, ports: [{ port: 80 }], clusterIP: "None" };
  return { apiVersion: "v1", kind: "Service", metadata: metadata(dice, `s${i}`), spec } as KubeObject;
}

function controller(dice: Dice, i: number): KubeObject {
  const matchLabels = { app: dice.pick(APPS) };
  const template = {
    metadata: { labels: matchLabels },
    spec: { containers: [{ name: "main", image: "x" }] },
  };
  const named = { metadata: metadata(dice, `r${i}`) };
  const spec = { replicas: 0, selector: { matchLabels }, template };
  switch (dice.below(3)) {
    case 0:
      return {
        apiVersion: "v1",
        kind: "ReplicationController",
        ...named,
        spec: { ...spec, selector: matchLabels },
      } as KubeObject;
    case 1:
      return {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        ...named,
        spec: { ...spec, serviceName: "s0" },
      } as KubeObject;
    default:
      return { apiVersion: "apps/v1", kind: "ReplicaSet", ...named, spec } as KubeObject;
  }
}

function budget(dice: Dice, i: number): KubeObject {
  const spec = { minAvailable: 1, selector: { matchLabels: { app: dice.pick(APPS) } } };
  const status = { disruptionsAllowed: dice.below(3), currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata(dice, `b${i}`),
    spec,
    status,
  } as KubeObject;
}
