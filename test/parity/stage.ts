/**
 * Puts a cluster before the real scheduler and takes it away again. Every write returns the object as the API server has it,
 * which is what our scheduler is shown.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Body, Client } from "../../src/client/client.ts";
import type { Kind } from "../../src/kube/kind.ts";
import * as kinds from "../../src/kube/kinds.ts";
import { KINDS, namespaces, persistentVolumeClaims, persistentVolumes, pods } from "../../src/kube/kinds.ts";
import { isStatus } from "../../src/kube/status-error.ts";
import type {
  KubeObject,
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
} from "../../src/kube/types/index.ts";
import { BIND_COMPLETED } from "../../src/scheduler/volumes/claims.ts";
import { pod } from "../support/pods.ts";
import { NAMESPACES, PADDED } from "./cases.ts";
import { type Extender, keyOf } from "./extender.ts";
import { PodWatch } from "./pod-watch.ts";
import { Provisioner } from "./provisioner.ts";
import type { RandomCluster } from "./random-cluster.ts";
import type { RealScheduler } from "./real-scheduler.ts";
import { SchedulerLog } from "./scheduler-log.ts";

/** How many writes are under way at once. */
const WRITES = 16;
const POLL_MS = 20;
const PATIENCE_MS = 30_000;
/** Without the owners' waiting for what they own. */
const AT_ONCE = { gracePeriodSeconds: 0, propagationPolicy: "Background" } as const;
/** How far apart the scheduler's watches of different kinds may be, at the most, when a cluster is made. */
const SETTLE_MS = 60;
/** There is no such node: who stands on it counts for nothing. */
const NOWHERE = "nowhere";

/** What a cluster consists of besides pods, and goes with it. */
const NAMESPACED = [
  kinds.services,
  kinds.replicaSets,
  kinds.statefulSets,
  kinds.replicationControllers,
  kinds.podDisruptionBudgets,
  kinds.persistentVolumeClaims,
  kinds.csiStorageCapacities,
] as readonly Kind[];
const CLUSTER_WIDE = [
  kinds.persistentVolumes,
  kinds.storageClasses,
  kinds.csiNodes,
  kinds.csiDrivers,
  kinds.nodes,
] as readonly Kind[];

export class Stage {
  readonly client: Client;
  readonly extender: Extender;
  readonly watch: PodWatch;
  readonly #provisioner: Provisioner;
  readonly #log: SchedulerLog;
  #probes = 0;
  #sentinels = 0;

  private constructor({ client, extender, log }: RealScheduler) {
    this.client = client;
    this.extender = extender;
    this.watch = new PodWatch(client);
    this.#provisioner = new Provisioner(client);
    this.#log = new SchedulerLog(log);
  }

  /** With the namespaces and the RuntimeClass that all clusters share. */
  static async open(real: RealScheduler): Promise<Stage> {
    const stage = new Stage(real);
    const { client } = stage;
    for (const [name, labels] of Object.entries(NAMESPACES)) {
      await client.create(namespaces, undefined, { metadata: { name, labels } }).catch(unlessThere);
    }
    const { name, overhead } = PADDED;
    const body = { metadata: { name }, handler: name, overhead: { podFixed: overhead } };
    await client.create(kinds.runtimeClasses, undefined, body);
    return stage;
  }

  close(): void {
    this.watch.close();
    this.#provisioner.close();
    this.#log.close();
  }

  /** Makes everything but the pods; returns it as the server has it, once the scheduler knows it too. */
  async build({ nodes: wanted, objects }: RandomCluster): Promise<readonly KubeObject[]> {
    const made = await inParallel(objects, (object) => this.put(object));
    const registered = await inParallel(wanted, (node) => this.put(node));
    const settled = await this.#settledVolumes(objects);
    const others = made.filter(({ kind }) => kind !== "PersistentVolume" && kind !== "PersistentVolumeClaim");
    await sleep(SETTLE_MS);
    const names = wanted.map(({ metadata }) => metadata.name);
    // What a node knows of how many others have an image is what was so when the scheduler last looked at it anew: not before all are there.
    await this.#log.until(...names.map((name) => `"Add event for node" node="${name}"`));
    await this.#knowsNodes(new Set(names));
    return [...(await this.namespaces()), ...others, ...settled, ...registered];
  }

  /**
   * Until the scheduler has taken over all that has become of pods on nodes so far. It hears of them one after another, and of pods
   * that wait on a way of its own: it may look at such a pod before it knows that another has left. So a pod is put on a node that
   * is not there, and once the scheduler's log says that it has come to that one, it is done with all before.
   */
  async caughtUp(): Promise<void> {
    const sentinel = pod(`sentinel-${this.#sentinels++}`).withSpec({ nodeName: NOWHERE });
    await this.put(sentinel as Pod);
    await this.#log.until(`"Add event for scheduled pod" pod="${keyOf(sentinel)}"`);
  }

  /** Until the scheduler has told all victims to go that are to make room for the pod, which it does beside its other work. */
  async preempted(preemptor: Pod): Promise<void> {
    await this.#log.until(`"Async Preemption finished completely" preemptor="${keyOf(preemptor)}"`);
  }

  async namespaces(): Promise<readonly Namespace[]> {
    return (await this.client.list(namespaces)).items;
  }

  /** All volumes and claims as they are now. */
  async volumes(): Promise<readonly KubeObject[]> {
    const [volumes, claims] = await Promise.all([
      this.client.list(persistentVolumes),
      this.client.list(persistentVolumeClaims),
    ]);
    return [...volumes.items, ...claims.items];
  }

  async put<T extends KubeObject>(object: T): Promise<T> {
    const kind = kindOf(object) as Kind<T>;
    const { namespace, name } = object.metadata;
    const made = await this.client.create(kind, namespace, bodyOf(object));
    if (object.kind !== "PodDisruptionBudget") return made;
    // No controller works out what a budget allows.
    const { status } = object as KubeObject & { readonly status?: unknown };
    const body = { ...(made as KubeObject), status };
    return (await this.client.subresource("update", kind, namespace, name, "status", body)) as T;
  }

  /** Changes a pod's status in part. */
  async patchStatus({ metadata }: Pod, status: object): Promise<Pod> {
    const { namespace, name } = metadata;
    return this.client.patch(pods, namespace, name, "strategic", { status }, { subresource: "status" });
  }

  async openGates({ metadata }: Pod): Promise<Pod> {
    const body = { spec: { schedulingGates: null } };
    return this.client.patch(pods, metadata.namespace, metadata.name, "merge", body);
  }

  /** Tells a pod to go; at once, unless it is given time. */
  async remove({ metadata }: Pod, gracePeriodSeconds = 0): Promise<Pod | undefined> {
    const { namespace, name } = metadata;
    try {
      return (await this.client.delete(pods, namespace, name, { gracePeriodSeconds })) as Pod;
    } catch (error) {
      if (isStatus(error, "NotFound")) return undefined;
      throw error;
    }
  }

  /** Takes the cluster away. */
  async clear(): Promise<void> {
    const inNamespaces = (kind: Kind) =>
      Object.keys(NAMESPACES).map((namespace) => this.client.deleteCollection(kind, { namespace }, AT_ONCE));
    await Promise.all(inNamespaces(pods as Kind));
    await Promise.all([
      ...NAMESPACED.flatMap(inNamespaces),
      ...CLUSTER_WIDE.map((kind) => this.client.deleteCollection(kind, {}, AT_ONCE)),
    ]);
    this.extender.reset();
  }

  /** Claims that name their volume are bound by the volume controller, and free volumes are found to be so. */
  async #settledVolumes(objects: readonly KubeObject[]): Promise<readonly KubeObject[]> {
    if (!objects.some(({ kind }) => kind === "PersistentVolumeClaim" || kind === "PersistentVolume"))
      return [];
    for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
      const all = await this.volumes();
      if (all.every(isSettled)) return all;
      await sleep(POLL_MS);
    }
    const open = (await this.volumes()).filter((object) => !isSettled(object));
    throw new Error(`Volumes did not settle: ${JSON.stringify(open)}`);
  }

  /** Lets the scheduler place a pod that every node would do for, until it knows every node. */
  async #knowsNodes(names: ReadonlySet<string>): Promise<void> {
    for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
      const probe = pod(`probe-${this.#probes++}`).tolerates({ operator: "Exists" });
      const made = await this.put(probe as Pod);
      await this.watch.answered(made.metadata.uid);
      const found = this.extender.take(keyOf(made)).feasible.at(-1) ?? [];
      await this.remove(made);
      await this.watch.gone(made.metadata.uid);
      if (found.length === names.size && found.every((name) => names.has(name))) return;
      await sleep(POLL_MS);
    }
    throw new Error("The scheduler does not see the nodes that are there");
  }
}

function isSettled(object: KubeObject): boolean {
  if (object.kind === "PersistentVolume") return (object as PersistentVolume).status.phase !== "Pending";
  const { spec, status, metadata } = object as PersistentVolumeClaim;
  const isBound = status.phase === "Bound" && metadata.annotations?.[BIND_COMPLETED] !== undefined;
  return !spec.volumeName || isBound;
}

function kindOf({ apiVersion, kind }: KubeObject): Kind {
  const row = KINDS.find((one) => one.kind === kind && `${one.group}/${one.version}`.endsWith(apiVersion));
  if (row === undefined) throw new Error(`No kind ${apiVersion} ${kind}`);
  return row;
}

/** What to send: without what the server fills in, or a controller has to find out. */
function bodyOf(object: KubeObject): Body {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, ...kept } = object.metadata;
  const { [BIND_COMPLETED]: _bound, ...annotations } = kept.annotations ?? {};
  return { ...object, metadata: { ...kept, annotations } };
}

function unlessThere(error: unknown): void {
  if (!isStatus(error, "AlreadyExists")) throw error;
}

/** Does the work for each item, a few at a time; results in the items' order. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T, i: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T, i);
  };
  await Promise.all(Array.from({ length: Math.min(WRITES, items.length) }, worker));
  return results;
}
