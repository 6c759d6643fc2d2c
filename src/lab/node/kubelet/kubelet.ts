/**
 * One node's kubelet: it registers the node, runs the pods that are bound to it, probes them, reports what becomes of them,
 * and ends them when they are deleted.
 *
 * Nouns: a `PodWorker` sees one pod through; the `Relist` tells when the kubelet finds out what its containers did;
 * the `StatusManager` writes, the `Prober` asks, the `VolumeManager` mounts. A kubelet lives from its start to its stop: another
 * one is made for the next start, and knows nothing but what the API server and the container runtime tell it.
 * It never looks at other nodes, and it never decides where a pod should run.
 */

import { nodes, pods } from "../../../kube/kinds.ts";
import { qualityOfService } from "../../../kube/quality-of-service.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Container as ContainerSpec, Pod, Probe } from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import { type Routine, runRoutine, together } from "../routine.ts";
import type { Volumes } from "../volumes/volumes.ts";
import { rejectionOf } from "./admission.ts";
import { Backoff } from "./backoff.ts";
import { Eviction } from "./eviction.ts";
import { ImageManager, type ImageManagerOptions } from "./image-manager.ts";
import { type KubeletContext, machineNow } from "./kubelet-context.ts";
import type { NodeTraits } from "./node-object.ts";
import { NodeStatus } from "./node-status.ts";
import type { PlanProcess, PodServices } from "./pod-services.ts";
import { PodWorker } from "./pod-worker.ts";
import type { ProbeAnswer, ProbeKind } from "./probe-worker.ts";
import { Prober } from "./prober.ts";
import { Relist } from "./relist.ts";
import { createMirror, isMirror, localUid, staticPod } from "./static-pods.ts";
import { StatusManager } from "./status-manager.ts";
import { VolumeManager } from "./volume-manager.ts";

/** A machine, as its kubelet finds it. */
export interface KubeletOptions {
  readonly context: KubeletContext;
  readonly traits: NodeTraits;
  readonly images: ImageManagerOptions;
  readonly volumes: Volumes;
  readonly csiDrivers: () => readonly string[];
  /** Pods that it runs by itself, as from files. */
  readonly staticPods: readonly Draft<Pod>[];
  readonly plan: PlanProcess;
  readonly ask: (pod: Pod, container: ContainerSpec, kind: ProbeKind, probe: Probe) => ProbeAnswer;
}

/** How long a change takes from the API server to a kubelet that watches. */
const WATCH_MS = [1, 5] as const;
/** Grace of containers whose pod nobody knows any more: kubelet_pods.go, HandlePodCleanups. */
const ORPHAN_GRACE_MS = 2_000;
/** From a storage class to the driver that its makers run on every node. */
const CSI_START_MS = [500, 2_000] as const;
/** The next sync of a static pod whose image could not be made. */
const MIRROR_RETRY_MS = 10_000;
/** client-go's reflector pauses between tries to watch again, doubling. */
const RECONNECT_MS = [800, 30_000] as const;

/** One kubelet process. */
export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #context: KubeletContext;
  readonly #known = new Map<string, Pod>();
  readonly #workers = new Map<string, PodWorker>();
  readonly #static = new Map<string, Pod>();
  /** Pods that are over on this node, while their objects are still there. */
  readonly #over = new Set<string>();
  readonly #services: PodServices;
  readonly #nodeStatus: NodeStatus;
  readonly #eviction: Eviction;
  #synced = false;
  #lostMs: number | undefined;

  constructor(options: KubeletOptions) {
    this.#options = options;
    const { context } = options;
    this.#context = context;
    const statuses = new StatusManager(context, (uid) => this.#workers.get(uid)?.mayRun ?? false);
    const prober = new Prober({
      context,
      statuses,
      pod: (uid) => this.#known.get(uid) ?? this.#workers.get(uid)?.pod,
      ask: options.ask,
      onVerdict: (uid) => this.#workers.get(uid)?.requestSync(),
    });
    const { agenda, timing, random } = context;
    const volumes = new VolumeManager({
      context,
      volumes: options.volumes,
      reportedInUse: () => this.#nodeStatus.reportedInUse,
      onInUseChange: () => this.#nodeStatus.requestSync(),
    });
    this.#services = {
      context,
      statuses,
      prober,
      images: new ImageManager(context, options.images),
      volumes,
      restarts: new Backoff(agenda.engine, timing.restartBackoffMs, timing.restartBackoffMaxMs),
      relist: new Relist(agenda, random.next(), (uid) => this.#workers.get(uid)?.requestSync()),
      plan: options.plan,
    };
    this.#eviction = new Eviction(context, {
      activePods: () => this.#activePods(),
      evict: (pod, ending) => this.#workers.get(pod.metadata.uid)?.terminate(ending),
      reclaim: () => options.images.images.removeUnused(context.runtime.usedImages()),
      onPressureChange: () => this.#nodeStatus.syncNow(),
    });
    this.#nodeStatus = new NodeStatus({
      context,
      traits: options.traits,
      images: () => options.images.images.report(),
      volumesInUse: () => volumes.inUse(),
      diskPressure: () => this.#eviction.isUnderPressure,
      csiDrivers: options.csiDrivers,
      onRegistered: () => this.#mirror(),
    });
  }

  /** Begins: registers, and reads its pods as soon as it can. */
  start(): void {
    this.#nodeStatus.start();
    this.#eviction.look();
    this.#context.agenda.after(this.#context.random.between(100, 400), () => {
      for (const draft of this.#options.staticPods) this.#addStatic(draft);
      this.#list();
    });
  }

  /** A pod bound to this node has changed, or was bound to it. */
  observe(pod: Pod): void {
    if (!this.#synced || !this.#context.isConnected()) return;
    if (this.#services.statuses.isWriting) {
      this.#noteOwnWrite(pod);
      return;
    }
    this.#context.agenda.after(this.#context.random.between(...WATCH_MS), () => {
      // What was on its way when the wire was cut comes with the next list.
      if (this.#context.isConnected()) this.#see(pod);
    });
  }

  /** A pod bound to this node was removed from the API. */
  observeRemoval(pod: Pod): void {
    if (!this.#synced || !this.#context.isConnected()) return;
    this.#context.agenda.after(this.#context.random.between(...WATCH_MS), () => {
      if (this.#context.isConnected()) this.#remove(localUid(pod));
    });
  }

  /** The way to the API server is open, or shut. */
  connectionChanged(): void {
    const { engine } = this.#context.agenda;
    if (!this.#context.isConnected()) {
      this.#lostMs ??= engine.now();
      return;
    }
    if (this.#lostMs === undefined) return;
    const [first, last] = RECONNECT_MS;
    const pauseMs = Math.min(last, Math.max(first, engine.now() - this.#lostMs));
    this.#lostMs = undefined;
    this.#context.agenda.after(this.#context.random.between(0, pauseMs), () => this.#list());
  }

  /** A container of the pod has started or ended. */
  lifecycleChanged(podUid: string): void {
    this.#services.relist.changed(podUid);
    this.#nodeStatus.requestSync();
  }

  /** What the pod's probes see may have changed. */
  healthChanged(podUid: string): void {
    this.#services.prober.poke(podUid);
  }

  /** A CSI driver has come up on the machine. */
  csiDriversChanged(): void {
    this.#context.agenda.after(this.#context.random.between(...CSI_START_MS), () => {
      this.#nodeStatus.csiDriversChanged();
    });
  }

  /** The machine's disk has run full, or has room again. */
  diskChanged(): void {
    this.#eviction.look();
  }

  /** Reads everything again and makes up for what was missed. */
  #list(): void {
    if (!this.#context.isConnected()) {
      // Before the first list nobody has told of a loss of the connection.
      this.#lostMs ??= this.#context.agenda.engine.now();
      return;
    }
    this.#synced = true;
    const listed = this.#context.api.podsOnNode(this.#context.nodeName);
    const uids = new Set([...this.#static.keys(), ...listed.map(localUid)]);
    for (const uid of [...this.#known.keys()]) if (!uids.has(uid)) this.#remove(uid);
    for (const pod of [...listed].sort(byAge)) this.#see(pod);
    for (const uid of this.#context.runtime.podUids()) {
      if (!uids.has(uid) && !this.#workers.has(uid)) runRoutine(this.#context.agenda, this.#killOrphan(uid));
    }
    this.#services.statuses.reconnect();
    this.#nodeStatus.requestSync();
    this.#mirror();
  }

  /** What a kubelet has written itself is no news: it only has to know the newest object. */
  #noteOwnWrite(pod: Pod): void {
    const uid = pod.metadata.uid;
    if (!this.#known.has(uid)) return;
    this.#known.set(uid, pod);
    this.#workers.get(uid)?.update(pod);
  }

  #see(pod: Pod): void {
    if (isMirror(pod)) {
      this.#seeMirror(pod);
      return;
    }
    const uid = pod.metadata.uid;
    const isNew = !this.#known.has(uid);
    this.#known.set(uid, pod);
    const worker = this.#workers.get(uid);
    if (worker !== undefined) worker.update(pod);
    else if (isNew) this.#add(pod);
    this.#services.statuses.observe(pod);
  }

  #add(pod: Pod): void {
    const isOver = pod.status.phase === "Succeeded" || pod.status.phase === "Failed";
    if (!isOver && pod.metadata.deletionTimestamp === undefined && !this.#admit(pod)) return;
    const worker = new PodWorker(this.#services, pod, () => this.#terminated(pod.metadata.uid));
    this.#workers.set(pod.metadata.uid, worker);
  }

  #addStatic(draft: Draft<Pod>): void {
    const pod = staticPod(draft, this.#context.nodeName, machineNow(this.#context));
    const uid = pod.metadata.uid;
    this.#static.set(uid, pod);
    this.#known.set(uid, pod);
    this.#workers.set(uid, new PodWorker(this.#services, pod, () => this.#terminated(uid)));
  }

  /** Static pods do not care what becomes of their images: one that is deleted is made anew. */
  #seeMirror(mirror: Pod): void {
    const { namespace, name, uid, deletionTimestamp } = mirror.metadata;
    const { api } = this.#context;
    const isOrphan = !this.#static.has(localUid(mirror));
    if (!isOrphan && deletionTimestamp === undefined) this.#services.statuses.observe(mirror);
    else if (api.get(pods, namespace, name)?.metadata.uid === uid) {
      api.delete(pods, namespace, name, { gracePeriodSeconds: 0 });
    }
  }

  /** Sees to it that every static pod has its image in the API. */
  #mirror(): void {
    if (!this.#synced || !this.#context.isConnected()) return;
    try {
      for (const pod of this.#static.values()) createMirror(this.#context, pod);
      this.#services.statuses.reconnect();
    } catch (error) {
      // A namespace that is not there yet, for one.
      if (!(error instanceof StatusError)) throw error;
      this.#context.agenda.after(MIRROR_RETRY_MS, () => this.#mirror());
    }
  }

  /** Whether the node takes the pod; one that it does not take is reported as failed. */
  #admit(pod: Pod): boolean {
    const { api, nodeName, tell } = this.#context;
    const node = api.get(nodes, undefined, nodeName);
    if (node === undefined) return true;
    const rejection = rejectionOf({
      pod,
      node,
      others: this.#activePods().filter(({ metadata }) => metadata.uid !== pod.metadata.uid),
      diskPressure: this.#eviction.isUnderPressure,
    });
    if (rejection === undefined) return true;
    const { reason, message } = rejection;
    tell(pod, "Warning", reason, message);
    this.#over.add(pod.metadata.uid);
    this.#services.statuses.set(pod, {
      phase: "Failed",
      qosClass: pod.status.qosClass ?? qualityOfService(pod.spec),
      reason,
      message: `Pod was rejected: ${message}`,
      startTime: formatTime(machineNow(this.#context)),
    });
    return false;
  }

  #remove(uid: string): void {
    if (this.#static.has(uid)) {
      this.#mirror();
      return;
    }
    this.#known.delete(uid);
    this.#over.delete(uid);
    this.#services.statuses.forget(uid);
    const worker = this.#workers.get(uid);
    if (worker !== undefined) worker.terminate();
    else this.#context.runtime.remove(uid);
  }

  /** Nothing of the pod is left on the node; its object may be there for long. */
  #terminated(uid: string): void {
    this.#workers.delete(uid);
    this.#context.runtime.remove(uid);
    if (this.#known.has(uid)) this.#over.add(uid);
    else this.#services.statuses.forget(uid);
  }

  *#killOrphan(uid: string): Routine {
    const { runtime, agenda } = this.#context;
    const running = runtime.pod(uid).containers.filter(({ state }) => state === "running");
    yield* together(
      agenda,
      running.map((container) => runtime.stop(agenda, container, ORPHAN_GRACE_MS)),
    );
    runtime.remove(uid);
    this.#options.volumes.releasePod(this.#context.nodeName, uid);
  }

  /** Those that the node has taken, until their containers have stopped: what is unmounted after that is in nobody's way. */
  #activePods(): Pod[] {
    return [...this.#known.values()].filter(
      ({ metadata: { uid } }) => !this.#over.has(uid) && this.#workers.get(uid)?.mayRun !== false,
    );
  }
}

/** The kubelet takes the oldest first: whoever comes last finds no room. */
function byAge(a: Pod, b: Pod): number {
  return Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp);
}
