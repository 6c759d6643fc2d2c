import { nodes, volumeAttachments } from "../../../kube/kinds.ts";
import { nodeSelectorMatches } from "../../../kube/node-selectors.ts";
import { storageTraitsOf, uniqueVolumeName } from "../../../kube/storage-kinds.ts";
import type { PersistentVolume, Pod, Volume } from "../../../kube/types/index.ts";
import type { Routine } from "../routine.ts";
import { runRoutine } from "../routine.ts";
import type { DataVolume } from "../volumes/data-volume.ts";
import type { Volumes } from "../volumes/volumes.ts";
import type { KubeletContext } from "./kubelet-context.ts";
import { volumeSource } from "./pod-volumes.ts";

/** volume_manager.go: podAttachAndMountTimeout and podAttachAndMountRetryInterval. */
const MOUNT_TIMEOUT_MS = 123_000;
const POLL_MS = 300;
/** reconciler.go: how often it looks whether a volume that it waits for is attached; that is no failure, and nothing backs off. */
const RECONCILE_MS = 100;
/** goroutinemap's exponentialbackoff: between tries of one operation on one volume. */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 122_000;

/** What came of waiting for a pod's volumes. */
export type MountOutcome =
  | { readonly kind: "mounted" }
  | { readonly kind: "cancelled" }
  /** Not all volumes came in time. A real kubelet says nothing about it since 1.27: whoever holds a volume up does. */
  | { readonly kind: "timed-out" }
  | { readonly kind: "unprocessed"; readonly message: string };

interface PodMounts {
  /** By the volume's name in the pod; `undefined` for one that keeps nothing. */
  readonly mounted: Map<string, DataVolume | undefined>;
  /** What the node says it has in use because of this pod, by volume name in the pod. */
  readonly inUse: Map<string, string>;
  readonly unprocessed: Map<string, string>;
  readonly waiting: Set<() => void>;
  cancelled: boolean;
}

/** What mounting has to do with the rest of the kubelet. */
export interface VolumeManagerOptions {
  readonly context: KubeletContext;
  readonly volumes: Volumes;
  /** What the node's status has last said to be in use. */
  readonly reportedInUse: () => ReadonlySet<string>;
  /** The volumes in use have changed: the node's status has to say so. */
  readonly onInUseChange: () => void;
}

/** Mounts what pods need on this node and lets go of it again. */
export class VolumeManager {
  readonly #options: VolumeManagerOptions;
  readonly #pods = new Map<string, PodMounts>();

  constructor(options: VolumeManagerOptions) {
    this.#options = options;
  }

  /** Names of the attachable volumes that pods here need or have, for the node's status. */
  inUse(): string[] {
    const names = new Set<string>();
    for (const pod of this.#pods.values()) for (const name of pod.inUse.values()) names.add(name);
    return [...names].sort();
  }

  /** The data behind a pod's volumes, by their names in the pod. */
  mounts(podUid: string): ReadonlyMap<string, DataVolume | undefined> {
    return this.#pods.get(podUid)?.mounted ?? new Map();
  }

  /** Goes on when every volume of the pod is mounted, or when there is no use in waiting longer. */
  *mountAll(pod: Pod): Routine<MountOutcome> {
    const specs = pod.spec.volumes ?? [];
    if (specs.length === 0) return { kind: "mounted" };
    const mounts = this.#begin(pod, specs);
    const { engine } = this.#options.context.agenda;
    const deadlineMs = engine.now() + MOUNT_TIMEOUT_MS;
    for (;;) {
      if (mounts.cancelled) return { kind: "cancelled" };
      if (mounts.mounted.size === specs.length) return { kind: "mounted" };
      if (mounts.unprocessed.size > 0) return this.#unprocessed(mounts, specs);
      if (engine.now() >= deadlineMs) return { kind: "timed-out" };
      yield* this.#waitForNews(mounts, deadlineMs);
    }
  }

  /** The pod is to end: nobody waits for its volumes any more. */
  cancel(podUid: string): void {
    const mounts = this.#pods.get(podUid);
    if (mounts === undefined) return;
    mounts.cancelled = true;
    this.#wake(mounts);
  }

  /** Lets go of everything that the pod had, also of what a kubelet before this one had mounted for it. */
  *unmountAll(pod: Pod): Routine {
    const { context, volumes, onInUseChange } = this.#options;
    const uid = pod.metadata.uid;
    const mounts = this.#pods.get(uid);
    if (mounts !== undefined) {
      mounts.cancelled = true;
      yield context.random.between(100, 400);
      this.#pods.delete(uid);
    }
    volumes.releasePod(context.nodeName, uid);
    if (mounts !== undefined && mounts.inUse.size > 0) onInUseChange();
  }

  #begin(pod: Pod, specs: readonly Volume[]): PodMounts {
    const uid = pod.metadata.uid;
    const known = this.#pods.get(uid);
    if (known !== undefined) {
      known.unprocessed.clear();
      for (const spec of specs) this.#process(pod, spec, known);
      return known;
    }
    const mounts: PodMounts = {
      mounted: new Map(),
      inUse: new Map(),
      unprocessed: new Map(),
      waiting: new Set(),
      cancelled: false,
    };
    this.#pods.set(uid, mounts);
    for (const spec of specs) {
      this.#process(pod, spec, mounts);
      runRoutine(this.#options.context.agenda, this.#mount(pod, spec, mounts));
    }
    return mounts;
  }

  /** Finds out what a volume is before anything is done with it. */
  #process(pod: Pod, spec: Volume, mounts: PodMounts): void {
    const { context } = this.#options;
    if (!context.isConnected() || mounts.mounted.has(spec.name)) return;
    const source = volumeSource(context.api, pod, spec);
    if (source.kind === "unprocessed") mounts.unprocessed.set(spec.name, source.message);
    if (source.kind !== "persistent" || !storageTraitsOf(source.volume).attachable) return;
    if (mounts.inUse.has(spec.name)) return;
    mounts.inUse.set(spec.name, uniqueVolumeName(source.volume));
    this.#options.onInUseChange();
  }

  *#mount(pod: Pod, spec: Volume, mounts: PodMounts): Routine {
    let retryMs = FIRST_RETRY_MS;
    // The populator and the reconciler look every 100 ms.
    yield this.#options.context.random.between(20, 200);
    while (!mounts.cancelled) {
      if (this.#awaitsAttachment(pod, spec)) {
        yield RECONCILE_MS;
        continue;
      }
      const done = yield* this.#tryMount(pod, spec, mounts);
      if (done) return;
      yield retryMs;
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  }

  *#tryMount(pod: Pod, spec: Volume, mounts: PodMounts): Routine<boolean> {
    const { context, volumes } = this.#options;
    const { nodeName, random } = context;
    if (!context.isConnected()) return false;
    this.#process(pod, spec, mounts);
    const source = volumeSource(context.api, pod, spec);
    switch (source.kind) {
      case "plain":
        return this.#mounted(spec, mounts, undefined);
      case "empty-dir":
        return this.#mounted(
          spec,
          mounts,
          volumes.emptyDir(nodeName, pod.metadata.uid, spec.name, source.inMemory),
        );
      case "host-path":
        return this.#mounted(spec, mounts, volumes.hostPath(nodeName, source.path));
      case "missing":
        this.#tellFailedMount(pod, spec.name, `SetUp failed`, source.message);
        return false;
      case "unprocessed":
        return false;
      case "persistent": {
        const { volume } = source;
        if (!this.#isOnThisNode(volume)) {
          this.#tellFailedMount(
            pod,
            volume.metadata.name,
            "NodeAffinity check failed",
            "no matching NodeSelectorTerms",
          );
          return false;
        }
        const data = volumes.persistent(volume, nodeName);
        const state = data.state(nodeName);
        yield state === "stalled" ? 30_000 : random.between(300, 1_500);
        if (data.state(nodeName) !== "ok") {
          const why = state === "stalled" ? "mount failed: exit status 32" : "input/output error";
          this.#tellFailedMount(pod, volume.metadata.name, "MountDevice failed", why);
          return false;
        }
        data.mount(nodeName, pod.metadata.uid);
        return this.#mounted(spec, mounts, data);
      }
    }
  }

  #awaitsAttachment(pod: Pod, spec: Volume): boolean {
    const { context } = this.#options;
    if (!context.isConnected()) return false;
    const source = volumeSource(context.api, pod, spec);
    if (source.kind !== "persistent" || !storageTraitsOf(source.volume).attachable) return false;
    return this.#isOnThisNode(source.volume) && !this.#isAttached(source.volume);
  }

  /** Whether the attach-detach controller has brought the volume here, and has been told that it is in use here. */
  #isAttached(volume: PersistentVolume): boolean {
    const { context, reportedInUse } = this.#options;
    const unique = uniqueVolumeName(volume);
    if (!reportedInUse().has(unique)) return false;
    const node = context.api.get(nodes, undefined, context.nodeName);
    if (!node?.status.volumesAttached?.some(({ name }) => name === unique)) return false;
    return context.api
      .list(volumeAttachments)
      .some(
        ({ spec, status }) =>
          spec.nodeName === context.nodeName &&
          spec.source.persistentVolumeName === volume.metadata.name &&
          status.attached,
      );
  }

  #isOnThisNode(volume: PersistentVolume): boolean {
    const required = volume.spec.nodeAffinity?.required;
    if (required === undefined) return true;
    const node = this.#options.context.api.get(nodes, undefined, this.#options.context.nodeName);
    return node !== undefined && nodeSelectorMatches(required, node.metadata);
  }

  #mounted(spec: Volume, mounts: PodMounts, data: DataVolume | undefined): true {
    mounts.mounted.set(spec.name, data);
    this.#wake(mounts);
    return true;
  }

  #unprocessed(mounts: PodMounts, specs: readonly Volume[]): MountOutcome {
    const unmounted = specs.map(({ name }) => name).filter((name) => !mounts.mounted.has(name));
    const failed = [...mounts.unprocessed.keys()];
    const unattached = unmounted.filter((name) => !failed.includes(name));
    const list = (names: readonly string[]) => `[${names.join(" ")}]`;
    const message = `Unable to attach or mount volumes: unmounted volumes=${list(unmounted)}, unattached volumes=${list(unattached)}, failed to process volumes=${list(failed)}: ${[...mounts.unprocessed.values()].join(", ")}`;
    return { kind: "unprocessed", message };
  }

  /** Until a volume has come or gone wrong, seen when the kubelet polls for it. */
  *#waitForNews(mounts: PodMounts, deadlineMs: number): Routine {
    const { agenda } = this.#options.context;
    const beganMs = agenda.engine.now();
    yield (wake) => {
      const timer = agenda.at(deadlineMs, wake);
      mounts.waiting.add(() => {
        timer.cancel();
        wake();
      });
    };
    if (mounts.cancelled) return;
    const polls = Math.ceil((agenda.engine.now() - beganMs) / POLL_MS);
    yield Math.max(0, beganMs + polls * POLL_MS - agenda.engine.now());
  }

  #wake(mounts: PodMounts): void {
    const waiting = [...mounts.waiting];
    mounts.waiting.clear();
    for (const wake of waiting) wake();
  }

  #tellFailedMount(pod: Pod, volume: string, what: string, why: string): void {
    this.#options.context.tell(
      pod,
      "Warning",
      "FailedMount",
      `MountVolume.${what} for volume "${volume}" : ${why}`,
    );
  }
}
