/** One turn over a claim: finds it a volume, or says what it waits for. */
import { deepEqual } from "../../../base/deep.ts";
import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from "../../../kube/kinds.ts";
import { NO_PROVISIONER } from "../../../kube/storage-kinds.ts";
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from "../../../kube/types/index.ts";
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  claimNameOf,
  classNameOfClaim,
  isBoundTo,
  SELECTED_NODE,
} from "../../../scheduler/volumes/claims.ts";
import { newestDefault } from "../../apiserver/admission/default-class.ts";
import type { LabContext } from "../../context.ts";
import { keyOf } from "../shared/keys.ts";
import { isPodDone } from "../shared/pod-claims.ts";
import {
  BETA_STORAGE_PROVISIONER,
  boundClaim,
  boundStatus,
  boundVolume,
  findBestMatch,
  STORAGE_PROVISIONER,
  unboundStatus,
  whyNoFit,
  withAnnotations,
} from "./binding.ts";
import { setVolumePhase } from "./volume-turn.ts";

const DEFAULT_CLASS_ANNOTATIONS = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];

/** While the request for a volume is being written, further turns do not ask again. */
const REQUEST_MS = 10;

/** Sees to claims. Remembers which of them have just asked for a volume. */
export class ClaimTurns {
  readonly #context: LabContext;
  readonly #askingUntilMs = new Map<string, number>();

  constructor(context: LabContext) {
    this.#context = context;
  }

  /** Looks at a claim; what it has already is not looked for again. */
  take(claim: PersistentVolumeClaim): void {
    if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) this.#keep(claim);
    else if (claim.spec.volumeName) this.#bindToNamed(claim, claim.spec.volumeName);
    else this.#find(claim);
  }

  /** Forgets a claim that is gone. */
  forget(uid: string): void {
    this.#askingUntilMs.delete(uid);
  }

  /** A claim that was bound once: its volume must still be its volume. */
  #keep(claim: PersistentVolumeClaim): void {
    if (!claim.spec.volumeName) {
      this.#lose(
        claim,
        "ClaimLost",
        "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!",
      );
      return;
    }
    const volume = this.#volume(claim.spec.volumeName);
    if (volume === undefined) {
      this.#lose(
        claim,
        "ClaimLost",
        "Bound claim has lost its PersistentVolume. Data on the volume is lost!",
      );
    } else if (volume.spec.claimRef === undefined || volume.spec.claimRef.uid === claim.metadata.uid) {
      this.#bind(volume, claim);
    } else {
      const message = "Two claims are bound to the same volume, this one is bound incorrectly";
      this.#lose(claim, "ClaimMisbound", message);
    }
  }

  #bindToNamed(claim: PersistentVolumeClaim, volumeName: string): void {
    const { events } = this.#context;
    const volume = this.#volume(volumeName);
    if (volume === undefined) {
      this.#setStatus(claim, unboundStatus(claim, "Pending"));
      return;
    }
    if (volume.spec.claimRef !== undefined && !isBoundTo(volume, claim)) {
      const message = `volume ${JSON.stringify(volumeName)} already bound to a different claim.`;
      events.event(claim, "Warning", "FailedBinding", message);
      const isOurs = claim.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined;
      if (!isOurs) this.#setStatus(claim, unboundStatus(claim, "Pending"));
      return;
    }
    const obstacle = volume.spec.claimRef === undefined ? whyNoFit(volume, claim) : undefined;
    if (obstacle === undefined) {
      this.#bind(volume, claim);
      return;
    }
    const message = `Cannot bind to requested volume ${JSON.stringify(volumeName)}: ${obstacle}`;
    events.event(claim, "Warning", "VolumeMismatch", message);
    this.#setStatus(claim, unboundStatus(claim, "Pending"));
  }

  #find(claim: PersistentVolumeClaim): void {
    const { api, events } = this.#context;
    const isDelayed = this.#class(claim)?.volumeBindingMode === "WaitForFirstConsumer";
    const volume = findBestMatch(claim, api.list(persistentVolumes), isDelayed);
    if (volume !== undefined) {
      this.#bind(volume, claim);
      return;
    }
    if (this.#takeDefaultClass(claim)) return;
    if (isDelayed && claim.metadata.annotations?.[SELECTED_NODE] === undefined) this.#tellWaiting(claim);
    else if (classNameOfClaim(claim) !== "") {
      this.#provision(claim);
      return;
    } else {
      const message = "no persistent volumes available for this claim and no storage class is set";
      events.event(claim, "Normal", "FailedBinding", message);
    }
    this.#setStatus(claim, unboundStatus(claim, "Pending"));
  }

  /** A claim that asked for no class gets the default one as soon as there is one. */
  #takeDefaultClass(claim: PersistentVolumeClaim): boolean {
    const { api } = this.#context;
    const { storageClassName } = claim.spec;
    if (storageClassName !== undefined || classNameOfClaim(claim) !== "") return false;
    const found = newestDefault(api.list(storageClasses), DEFAULT_CLASS_ANNOTATIONS);
    if (found === undefined) return false;
    const spec = { ...claim.spec, storageClassName: found.metadata.name };
    api.update(persistentVolumeClaims, { ...claim, spec });
    return true;
  }

  #tellWaiting(claim: PersistentVolumeClaim): void {
    const { api, events } = this.#context;
    const place = claim.metadata.namespace === undefined ? {} : { namespace: claim.metadata.namespace };
    const names = api
      .list(pods, place)
      .filter((pod) => pod.spec.nodeName === undefined && !isPodDone(pod) && uses(pod, claim))
      .map(({ metadata }) => metadata.name);
    if (names.length === 0) {
      const message = "waiting for first consumer to be created before binding";
      events.event(claim, "Normal", "WaitForFirstConsumer", message);
    } else {
      const message = `waiting for ${names.length > 1 ? "pods" : "pod"} ${names.join(",")} to be scheduled`;
      events.event(claim, "Normal", "WaitForPodScheduled", message);
    }
  }

  /** Asks the class's provisioner for a volume, by an annotation that it watches for. */
  #provision(claim: PersistentVolumeClaim): void {
    const { api, engine, events } = this.#context;
    const found = this.#class(claim);
    if (found === undefined || found.provisioner === NO_PROVISIONER) {
      const message =
        found === undefined
          ? `storageclass.storage.k8s.io ${JSON.stringify(classNameOfClaim(claim))} not found`
          : `no volume plugin matched name: ${NO_PROVISIONER}`;
      events.event(claim, "Warning", "ProvisioningFailed", message);
      return;
    }
    const { provisioner } = found;
    const { uid } = claim.metadata;
    if (engine.now() < (this.#askingUntilMs.get(uid) ?? 0)) return;
    if (claim.metadata.annotations?.[STORAGE_PROVISIONER] !== provisioner) {
      const asked = { [BETA_STORAGE_PROVISIONER]: provisioner, [STORAGE_PROVISIONER]: provisioner };
      this.#askingUntilMs.set(uid, engine.now() + REQUEST_MS);
      api.update(persistentVolumeClaims, { ...claim, metadata: withAnnotations(claim.metadata, asked) });
    }
    const message =
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system ` +
      "administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.";
    events.event(claim, "Normal", "ExternalProvisioning", message);
  }

  /** Writes both sides, the volume first: whatever interrupts that, the next turn finishes it. */
  #bind(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    const { api } = this.#context;
    const wanted = boundVolume(volume, claim);
    const written = wanted === volume ? volume : api.update(persistentVolumes, wanted);
    const held = setVolumePhase(this.#context, written, "Bound");
    const wantedClaim = boundClaim(claim, held);
    const bound = wantedClaim === claim ? claim : api.update(persistentVolumeClaims, wantedClaim);
    this.#setStatus(bound, boundStatus(bound, held));
  }

  #lose(claim: PersistentVolumeClaim, reason: string, message: string): void {
    if (claim.status.phase === "Lost") return;
    this.#setStatus(claim, unboundStatus(claim, "Lost"));
    this.#context.events.event(claim, "Warning", reason, message);
  }

  #setStatus(claim: PersistentVolumeClaim, status: PersistentVolumeClaim["status"]): void {
    if (deepEqual(status, claim.status)) return;
    this.#context.api.updateStatus(persistentVolumeClaims, { ...claim, status });
  }

  #volume(name: string): PersistentVolume | undefined {
    return this.#context.api.get(persistentVolumes, undefined, name);
  }

  #class(claim: PersistentVolumeClaim): StorageClass | undefined {
    const name = classNameOfClaim(claim);
    return name === "" ? undefined : this.#context.api.get(storageClasses, undefined, name);
  }
}

function uses(pod: Pod, claim: PersistentVolumeClaim): boolean {
  const volumes = pod.spec.volumes ?? [];
  return volumes.some((volume) => keyOf(claim) === `${pod.metadata.namespace}/${claimNameOf(pod, volume)}`);
}
