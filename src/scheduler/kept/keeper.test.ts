/**
 * What is kept decides nothing that asking anew would not: a snapshot that has followed a cluster says of every node what one made of the
 * cluster as it stands says.
 */
import { expect, test } from "vitest";
import { NAMESPACES, ZONE } from "../../../test/parity/cases.ts";
import { randomCluster } from "../../../test/parity/random-cluster.ts";
import type { NodeBuilder } from "../../../test/support/nodes.ts";
import type { PodBuilder } from "../../../test/support/pods.ts";
import { forEachSeed, runsAllSeeds } from "../../../test/support/seeds.ts";
import { RandomStream } from "../../base/random.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { prepareAttempt } from "../attempt.ts";
import { Diagnosis } from "../diagnosis.ts";
import { snapshotOf, WATCHED_KINDS } from "../feed.ts";
import type { NodeInfo } from "../node-info.ts";
import { Nominator } from "../nominator.ts";
import { PluginError } from "../plugin-error.ts";
import { podInfo } from "../pod-info.ts";
import { scoreNodes } from "../score-nodes.ts";
import type { Snapshot } from "../snapshot.ts";

const NODES_MAX = 6;
const STEPS = 60;

/** What all plugins say of a pod, node by node, as text; nothing of what a snapshot is free in, such as the order of nodes. */
function opinions(pod: PodBuilder, snapshot: Snapshot): string {
  const info = podInfo(pod);
  const diagnosis = new Diagnosis(snapshot.nodes.length);
  const nodes = snapshot.nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  try {
    const attempt = prepareAttempt(info, snapshot, new Nominator(), diagnosis);
    if (attempt === undefined) return JSON.stringify([diagnosis.message(), [...diagnosis.rejectors]]);
    const verdicts = nodes.map((node) => [node.name, attempt.check(node)]);
    const feasible = nodes.filter((node) => attempt.check(node) === undefined);
    return JSON.stringify([[...(attempt.onlyNodes ?? [])], verdicts, scoreNodes(info, snapshot, feasible)]);
  } catch (error) {
    if (error instanceof PluginError) return error.message;
    throw error;
  }
}

/** A cluster and a snapshot that is shown everything that happens in it. */
class Followed {
  readonly snapshot: Snapshot;
  readonly #nodes = new Map<string, NodeBuilder>();
  readonly #pods = new Map<string, PodBuilder>();
  readonly #objects = new Map<string, KubeObject>();

  constructor(nodes: readonly NodeBuilder[], objects: readonly KubeObject[]) {
    for (const node of nodes) this.#nodes.set(node.metadata.name, node);
    for (const object of objects) this.#objects.set(keyOf(object), object);
    this.snapshot = snapshotOf([...objects, ...nodes]);
  }

  get nodes(): readonly NodeBuilder[] {
    return [...this.#nodes.values()];
  }

  get pods(): readonly PodBuilder[] {
    return [...this.#pods.values()];
  }

  /** The cluster as it stands, seen for the first time. */
  anew(): Snapshot {
    return snapshotOf([...this.#objects.values(), ...this.#nodes.values(), ...this.#pods.values()]);
  }

  setNode(node: NodeBuilder): void {
    this.#nodes.set(node.metadata.name, node);
    this.snapshot.setNode(node);
  }

  removeNode(name: string): void {
    this.#nodes.delete(name);
    this.snapshot.removeNode(name);
  }

  setPod(pod: PodBuilder): void {
    this.#pods.set(pod.metadata.uid, pod);
    this.snapshot.setPod(pod);
  }

  removePod(uid: string): void {
    this.#pods.delete(uid);
    this.snapshot.removePod(uid);
  }

  setObject(object: KubeObject): void {
    this.#objects.set(keyOf(object), object);
    for (const { kind, table } of WATCHED_KINDS) {
      if (kind.kind === object.kind) table(this.snapshot.objects).set(object);
    }
  }
}

const keyOf = ({ kind, metadata: { namespace = "", name } }: KubeObject) => `${kind} ${namespace}/${name}`;

const namespace = (name: string, labels: Readonly<Record<string, string>>) =>
  ({ apiVersion: "v1", kind: "Namespace", metadata: { name, uid: `uid-${name}`, labels } }) as KubeObject;

/** One of the things that happen to a cluster; most often pods come and go. */
function change(
  cluster: Followed,
  templates: readonly PodBuilder[],
  random: RandomStream,
  i: number,
): string {
  const node = random.pick(cluster.nodes);
  const { pods } = cluster;
  switch (random.below(16)) {
    case 0:
      cluster.setNode(node.withSpec({ unschedulable: node.spec.unschedulable !== true }));
      return "cordon";
    case 1:
      cluster.setNode(node.taint(random.pick(["t0", "u0"]), random.pick(["NoSchedule", "PreferNoSchedule"])));
      return "taint";
    case 2:
      // Another zone would change the order of nodes too.
      cluster.setNode(node.labels({ rack: random.pick(["k0", "k1"]), disk: random.pick(["ssd", "hdd"]) }));
      return "relabel";
    case 3:
      cluster.setNode(node.allocatable({ ...node.status.allocatable, cpu: random.pick(["1", "4", "9"]) }));
      return "resize";
    case 4:
      if (cluster.nodes.length > 2 && random.below(3) === 0) cluster.removeNode(node.metadata.name);
      else cluster.setNode(node.meta({ name: `m${i}`, uid: `uid-m${i}` }));
      return "come or go";
    case 5: {
      const [name, labels] = random.pick(Object.entries(NAMESPACES));
      cluster.setObject(namespace(name, random.below(2) === 0 ? labels : { team: random.pick(["a", "b"]) }));
      return "relabel a namespace";
    }
    case 6: {
      const selector = random.pick([{ app: "a" }, { app: "b" }, { rev: "1" }]);
      const name = random.pick(["s0", "s1"]);
      const metadata = { name, namespace: "default", uid: `uid-${name}` };
      cluster.setObject({
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: { selector },
      } as unknown as KubeObject);
      return "point a service elsewhere";
    }
    case 7:
      if (pods.length > 0) cluster.setPod(random.pick(pods).deleting(Date.UTC(2030, 0)));
      return "terminate";
    case 8:
    case 9:
    case 10:
      if (pods.length > 0) cluster.removePod(random.pick(pods).metadata.uid);
      return "leave";
    default: {
      const made = named(random.pick(templates), i);
      // Of two pods with one port the first that leaves frees it, as in kube-scheduler: then history counts, which is not meant here.
      const { usedPorts } = cluster.snapshot.node(node.metadata.name) as NodeInfo;
      if (!usedPorts?.conflictsWith(podInfo(made).hostPorts)) cluster.setPod(made.on(node.metadata.name));
      return "stand";
    }
  }
}

/** Another pod of the same make. */
function named(template: PodBuilder, i: number): PodBuilder {
  const name = `${template.metadata.name}-${i}`;
  return template.meta({ name, uid: `uid-${template.metadata.namespace}-${name}` });
}

/** Pods that differ from the first in one thing each: what is kept of one must not be told of another. */
function alike(template: PodBuilder): readonly PodBuilder[] {
  const made = template.inNamespace("default").labels({ app: "a", rev: "1" });
  const elsewhere = { labelSelector: {}, namespaceSelector: { matchLabels: { team: "b" } } };
  return [
    made,
    made.labels({ app: "b" }),
    made.inNamespace("red"),
    made.hostPort(80),
    made.requests({ cpu: "100m", memory: "200Mi" }),
    made.requests({ cpu: "3500m" }),
    made.requests({}),
    made.requests({ cpu: "0", memory: "0" }),
    made.requests({ "ephemeral-storage": "90Gi" }),
    made.nodeSelector({ disk: "ssd" }),
    made.tolerates({ operator: "Exists" }),
    made.spread("rack", { app: "a" }, { nodeTaintsPolicy: "Honor" }),
    made.apartFrom({ app: "a" }, "rack"),
    made.near({ app: "b" }, "rack"),
    made.affinity({
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ ...elsewhere, topologyKey: ZONE }],
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 7, podAffinityTerm: { ...elsewhere, topologyKey: "rack" } },
        ],
      },
    }),
  ];
}

test("a snapshot that has followed a cluster judges pods as one that sees it for the first time", {
  timeout: 120_000,
}, () => {
  const happened = new Map<string, number>();
  forEachSeed(16, (seed) => {
    const { nodes, objects, steps } = randomCluster(seed);
    const random = new RandomStream(seed, "kept");
    const coming = steps.flatMap((step) => (step.kind === "place" ? [step.pod] : []));
    const templates = [...coming.slice(1, 5), ...alike(coming[0] as PodBuilder)];
    const namespaces = Object.entries(NAMESPACES).map(([name, labels]) => namespace(name, labels));
    const cluster = new Followed(nodes.slice(0, NODES_MAX), [...namespaces, ...objects]);
    for (let i = 0; i < STEPS; i++) {
      const what = change(cluster, templates, random, i);
      happened.set(what, (happened.get(what) ?? 0) + 1);
      for (const template of templates) {
        const asked = named(template, 1_000 + i);
        const told = opinions(asked, cluster.snapshot);
        const anew = opinions(asked, cluster.anew());
        if (told !== anew) expect(`step ${i}, ${what}, ${template.metadata.name}: ${told}`).toBe(anew);
      }
    }
  });
  if (runsAllSeeds()) expect(happened.size).toBe(10);
});
