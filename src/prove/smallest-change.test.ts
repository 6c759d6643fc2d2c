/** The smallest change is right: applied to the cluster, the same loss leaves one pod fewer without a node. */
import { expect, test } from "vitest";
import { node } from "../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../test/support/pods.ts";
import { forEachSeed, runsAllSeeds } from "../../test/support/seeds.ts";
import { milliValue, wholeValue } from "../base/quantity.ts";
import { RandomStream } from "../base/random.ts";
import type { Container, KubeObject, Node, Pod, PodSpec } from "../kube/types/index.ts";
import { LiteralAnswer } from "./literal/literal-answer.ts";
import { ModelBuilder } from "./model/builder.ts";
import type { Model } from "./model/model.ts";
import { UNPLACED } from "./outcome.ts";
import { placingFor } from "./placing.ts";

const ZONE = "topology.kubernetes.io/zone";
const SEED = 1;

const set = (app: string) =>
  ({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: app, namespace: "default", uid: `uid-${app}` },
  }) as KubeObject;

/** Nodes with little room and workloads that are hard to please. */
function stuckCluster(random: RandomStream): readonly KubeObject[] {
  const names = Array.from({ length: 3 + random.below(3) }, (_, i) => `n${i}`);
  const nodes = names.map((name, i) => {
    const one = node(name)
      .zone(`z${i % 2}`)
      .capacity({ cpu: "3", memory: "6Gi" })
      .labels(i === 0 ? { disk: "ssd" } : {});
    return random.below(4) === 0 ? one.taint("dedicated") : one;
  });
  const apps = Array.from({ length: 1 + random.below(3) }, (_, i) => `app${i}`);
  const pods = apps.flatMap((app) => {
    const cpu = random.pick(["500m", "1", "2"]);
    const hard = random.pick(["none", "apart", "spread", "selector", "port", "near"] as const);
    const replicas = 1 + random.below(names.length);
    return Array.from({ length: replicas }, (_, i) => {
      const own = pod(`${app}-${i}`).ownedBy(set(app)).labels({ app }).requests({ cpu, memory: "512Mi" });
      const on = hard === "selector" ? "n0" : (names[i % names.length] as string);
      return picky(own, hard, app).on(on).running();
    });
  });
  return [...nodes, ...pods];
}

function picky(own: PodBuilder, hard: string, app: string): PodBuilder {
  switch (hard) {
    case "apart":
      return own.apartFrom({ app });
    case "spread":
      return own.spread(ZONE, { app });
    case "selector":
      return own.nodeSelector({ disk: "ssd" });
    case "port":
      return own.hostPort(80);
    case "near":
      return own.near({ app: "nobody" });
    default:
      return own;
  }
}

function modelOf(objects: readonly KubeObject[]): Model {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  return builder.build();
}

function unplacedOf(model: Model, lost: number): readonly number[] {
  const { placements } = new LiteralAnswer(model, { seed: SEED }).outcomeOf([lost]);
  const last = new Map(placements.map(({ pod: one, node: where }) => [one, where]));
  return [...last].filter(([, where]) => where === UNPLACED).map(([one]) => one);
}

/**
 * The objects with the change made to one pod, or to the cluster; several where the words offer a choice, none where they are not
 * known here.
 */
function applied(objects: readonly KubeObject[], fix: string, key: string): readonly KubeObject[][] {
  const another = /^one more node like (\S+)$/.exec(fix);
  if (another !== null) {
    const like = objects.find((one) => one.kind === "Node" && one.metadata.name === another[1]) as Node;
    const name = `${like.metadata.name}-another`;
    const labels = { ...like.metadata.labels, "kubernetes.io/hostname": name };
    return [[...objects, { ...like, metadata: { ...like.metadata, name, uid: name, labels } } as KubeObject]];
  }
  const room = /^(.*) more room on (\S+), or requests that are so much smaller$/.exec(fix);
  if (room !== null) {
    const [, amounts = "", name] = room;
    const [cpu] = /\S+(?= CPU)/.exec(amounts) ?? ["0"];
    const [memory] = /\S+(?= of memory)/.exec(amounts) ?? ["0"];
    const roomier = objects.map((one) => {
      if (one.kind !== "Node" || one.metadata.name !== name) return one;
      const { status } = one as Node;
      const allocatable = {
        ...status.allocatable,
        cpu: `${milli(status.allocatable?.cpu) + milli(cpu)}m`,
        memory: String(wholeValue(status.allocatable?.memory ?? "0") + wholeValue(memory)),
      };
      return { ...(one as Node), status: { ...status, allocatable } };
    });
    const less = (container: Container): Container => {
      const { requests = {} } = container.resources;
      const smaller = {
        cpu: `${milli(requests.cpu) - milli(cpu)}m`,
        memory: String(wholeValue(requests.memory ?? "0") - wholeValue(memory)),
      };
      return { ...container, resources: { requests: smaller } };
    };
    // Others may take the room that is new; the pod that asks for less fits where there is as little.
    return [roomier, changed(objects, key, (spec) => ({ ...spec, containers: spec.containers.map(less) }))];
  }
  const change = changeOf(fix);
  return change === undefined ? [] : [changed(objects, key, change)];
}

function changed(
  objects: readonly KubeObject[],
  key: string,
  change: (spec: PodSpec) => PodSpec,
): KubeObject[] {
  return objects.map((one) => {
    if (one.kind !== "Pod" || `${one.metadata.namespace}/${one.metadata.name}` !== key) return one;
    return { ...one, spec: change((one as Pod).spec) } as Pod;
  });
}

function milli(amount = "0"): number {
  return milliValue(amount);
}

function changeOf(fix: string): ((spec: PodSpec) => PodSpec) | undefined {
  const spreads = (spec: PodSpec, fields: object) => ({
    ...spec,
    topologySpreadConstraints: (spec.topologySpreadConstraints ?? []).map((one) => ({ ...one, ...fields })),
  });
  if (fix.startsWith("nodeTaintsPolicy: Honor"))
    return (spec) => spreads(spec, { nodeTaintsPolicy: "Honor" as const }) as PodSpec;
  if (fix.startsWith("whenUnsatisfiable: ScheduleAnyway"))
    return (spec) => spreads(spec, { whenUnsatisfiable: "ScheduleAnyway" as const }) as PodSpec;
  if (fix.startsWith("preferred in place of required")) return ({ affinity: _affinity, ...spec }) => spec;
  if (fix.startsWith("a node selector")) return ({ nodeSelector: _selector, ...spec }) => spec;
  if (fix.startsWith("no host port"))
    return (spec) => ({ ...spec, containers: spec.containers.map(({ ports: _ports, ...rest }) => rest) });
  const taints = /^a toleration of (.*)$/.exec(fix)?.[1]?.split(", ");
  return (
    taints &&
    ((spec) => ({
      ...spec,
      tolerations: [
        ...(spec.tolerations ?? []),
        ...taints.map((key) => ({ key, operator: "Exists" as const })),
      ],
    }))
  );
}

test("the change that is said to place a pod places it when the same loss is worked through again", {
  timeout: 120_000,
}, () => {
  const kinds = new Map<string, number>();
  forEachSeed(80, (seed) => {
    const objects = stuckCluster(new RandomStream(seed, "stuck"));
    const model = modelOf(objects);
    const placing = placingFor(model);
    for (const lost of model.nodes.keys()) {
      const unplaced = unplacedOf(model, lost);
      const loss = { id: "", kind: "node" as const, nodes: [lost] };
      const words = placing.explain(loss, { seed: SEED, isShuffled: false }, unplaced);
      // The last of them: whoever comes before it in the order has had its turn already.
      const one = unplaced.at(-1);
      const fix = one === undefined ? undefined : words.get(one)?.fix;
      if (one === undefined || fix === undefined) continue;
      const key = model.keyOf(one);
      const name = model.nodes[lost]?.metadata.name;
      const left = applied(objects, fix, key).map((objectsAfter) => {
        const after = modelOf(objectsAfter);
        const index = after.nodes.findIndex(({ metadata }) => metadata.name === name);
        return unplacedOf(after, index).length;
      });
      const isFewer = Math.min(...left) < unplaced.length;
      expect({ fix, lost: name, before: unplaced.length, isFewer }).toMatchObject({ isFewer: true });
      const kind = fix.replace(/\d\S*|(?<=on |like |of )\S+/g, "").slice(0, 24);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  });
  if (runsAllSeeds()) expect(kinds.size).toBeGreaterThan(5);
});
