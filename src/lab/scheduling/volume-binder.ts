import { persistentVolumeClaims, persistentVolumes } from "../../kube/kinds.ts";
import { StatusError } from "../../kube/status-error.ts";
import type { PersistentVolume, PersistentVolumeClaim, Pod } from "../../kube/types/index.ts";
import { assumeVolumes } from "../../scheduler/volumes/assume.ts";
import { isFullyBound, isUsableOn, SELECTED_NODE } from "../../scheduler/volumes/claims.ts";
import type { PodVolumes, VolumeBinding } from "../../scheduler/volumes/pod-volumes.ts";
import type { Timer } from "../../time/engine.ts";
import type { SchedulerState } from "./state.ts";

/** How often a binding under way is looked at, and for how long at most. */
const POLL_MS = 1_000;
const TIMEOUT_MS = 600_000;

/** Told once: nothing when every claim is bound, or the sentence that says why not. */
type OnBound = (error?: string) => void;

/**
 * Gets a pod's claims bound before the pod is: writes what was decided, then waits for the volume controllers and the
 * provisioner. From the decision on, `assumed` objects stand for what is being written, so that no other pod gets the same volume.
 */
export class VolumeBinder {
  readonly #state: SchedulerState;
  readonly #waits = new Set<Wait>();

  constructor(state: SchedulerState) {
    this.#state = state;
  }

  /** Takes the volumes for a pod that is going to that node. */
  assume(volumes: PodVolumes, nodeName: string): PodVolumes {
    return assumeVolumes(this.#state.snapshot.objects, volumes, nodeName);
  }

  /** Gives back what was taken and not written. */
  restore({ bindings, provisions }: PodVolumes): void {
    const { volumes, claims } = this.#state.snapshot.objects;
    for (const { volume } of bindings) volumes.restore(volume);
    for (const claim of provisions) claims.restore(claim);
  }

  /** Writes what was assumed and waits until everything is bound. */
  bind(pod: Pod, assumed: PodVolumes, onBound: OnBound): void {
    const { api, engine } = this.#state.context;
    try {
      for (const { volume } of assumed.bindings) api.update(persistentVolumes, volume);
      for (const claim of assumed.provisions) api.update(persistentVolumeClaims, claim);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      onBound(error.message);
      return;
    }
    const startMs = engine.now();
    const wait: Wait = { pod, assumed, startMs, onBound };
    this.#waits.add(wait);
    wait.timeout = engine.at(startMs + TIMEOUT_MS, () =>
      this.#end(wait, "binding volumes: context deadline exceeded"),
    );
    this.#checkLater(wait);
  }

  /** Something has changed that bindings under way may have waited for. */
  noteChange(): void {
    for (const wait of this.#waits) this.#checkLater(wait);
  }

  /** Looks at the next whole second of the wait: as if it looked every second, without looking when nothing happens. */
  #checkLater(wait: Wait): void {
    if (wait.check?.pending) return;
    const { engine } = this.#state.context;
    const polls = Math.floor((engine.now() - wait.startMs) / POLL_MS) + 1;
    wait.check = engine.at(wait.startMs + polls * POLL_MS, () => {
      const answer = this.#check(wait);
      if (answer === "bound") this.#end(wait);
      else if (answer !== "waiting") this.#end(wait, `binding volumes: ${answer}`);
    });
  }

  #end(wait: Wait, error?: string): void {
    this.#waits.delete(wait);
    wait.timeout?.cancel();
    wait.check?.cancel();
    wait.onBound(error);
  }

  /** "bound", "waiting", or the sentence that says why it will not come to that. */
  #check({ pod, assumed }: Wait): string {
    const { snapshot, pending } = this.#state;
    const { nodeName = "" } = pod.spec;
    const node = snapshot.node(nodeName)?.node;
    if (node === undefined) return `failed to get node "${nodeName}": node "${nodeName}" not found`;
    if (!pending.has(pod.metadata.uid)) {
      return `pod does not exist any more: pod "${pod.metadata.name}" not found`;
    }
    const unusable = (volume: PersistentVolume) =>
      isUsableOn(volume, node.metadata)
        ? undefined
        : `pv "${volume.metadata.name}" node affinity doesn't match node "${nodeName}": no matching NodeSelectorTerms`;
    for (const binding of assumed.bindings) {
      const answer = this.#checkBinding(binding, unusable);
      if (answer !== "bound") return answer;
    }
    for (const claim of assumed.provisions) {
      const answer = this.#checkProvision(claim, nodeName, unusable);
      if (answer !== "bound") return answer;
    }
    return "bound";
  }

  #checkBinding(
    { volume, claim }: VolumeBinding,
    unusable: (volume: PersistentVolume) => string | undefined,
  ): string {
    const { volumes, claims } = this.#state.snapshot.objects;
    const volumeNow = volumes.stored(undefined, volume.metadata.name);
    if (volumeNow === undefined) return notFound("v1.PersistentVolume", volume.metadata.name);
    const claimNow = claims.stored(claim.metadata.namespace, claim.metadata.name);
    if (claimNow === undefined) return notFound("v1.PersistentVolumeClaim", keyOf(claim));
    if (!volumeNow.spec.claimRef?.uid) return `ClaimRef got reset for pv "${volume.metadata.name}"`;
    return unusable(volumeNow) ?? (isFullyBound(claimNow) ? "bound" : "waiting");
  }

  #checkProvision(
    claim: PersistentVolumeClaim,
    nodeName: string,
    unusable: (volume: PersistentVolume) => string | undefined,
  ): string {
    const { volumes, claims } = this.#state.snapshot.objects;
    const { namespace, name } = claim.metadata;
    const now = claims.stored(namespace, name);
    if (now === undefined)
      return `failed to check provisioning pvc: ${notFound("v1.PersistentVolumeClaim", keyOf(claim))}`;
    // A provisioner that cannot do it takes the annotation off: then another node has to be found.
    if (now.metadata.annotations?.[SELECTED_NODE] !== nodeName)
      return `provisioning failed for PVC "${name}"`;
    const { volumeName } = now.spec;
    if (!volumeName) return "waiting";
    const volume = volumes.stored(undefined, volumeName);
    if (volume === undefined) return "waiting";
    return unusable(volume) ?? (isFullyBound(now) ? "bound" : "waiting");
  }
}

interface Wait {
  readonly pod: Pod;
  readonly assumed: PodVolumes;
  readonly startMs: number;
  readonly onBound: OnBound;
  check?: Timer;
  timeout?: Timer;
}

function keyOf({ metadata }: PersistentVolumeClaim): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function notFound(kind: string, key: string): string {
  return `could not find ${kind} "${key}"`;
}
