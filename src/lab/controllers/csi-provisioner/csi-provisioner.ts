/**
 * Stands in for the provisioners of all storage classes: makes the volumes that claims ask for, and deletes those whose claim
 * is gone. In a real cluster each driver brings its own; `kube/storage-kinds.ts` knows how they differ. What it cannot do it
 * says in the words of the real ones, and tries again after a second, then two, up to five minutes.
 */
import {
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
  volumeAttachments,
} from "../../../kube/kinds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import { storageTraitsOfClass } from "../../../kube/storage-kinds.ts";
import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import { classNameOfClaim, SELECTED_NODE } from "../../../scheduler/volumes/claims.ts";
import type { ControllerFactory, LabContext, Part } from "../../context.ts";
import { PROVISIONED_BY, STORAGE_PROVISIONER } from "../persistent-volume/binding.ts";
import { DriverJobs } from "../shared/driver-jobs.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { watchAll } from "../shared/watch.ts";
import {
  needsChosenNode,
  PROVISIONER_FINALIZER,
  provisionedVolume,
  refusalOf,
  volumeName,
} from "./provisioned-volume.ts";

const NAME = "csi-provisioner";

/** How long a driver takes to make or delete a volume. */
const DRIVER_MS = [1_000, 2_500] as const;

/** --retry-interval-start and --retry-interval-max of the external provisioner. */
const BACKOFF_MS = [1_000, 300_000] as const;

/** How many numbers there are by which provisioners that start in the same millisecond can be told apart. */
const IDENTITIES = 10_000;

/** Makes and deletes volumes. */
export const csiProvisioner: ControllerFactory = (context) => new Provisioner(context);

class Provisioner implements Part {
  readonly name = NAME;
  readonly #context: LabContext;
  readonly #claimQueue: WorkQueue;
  readonly #volumeQueue: WorkQueue;
  /** By the uid of the claim, or of the volume to delete. */
  readonly #jobs: DriverJobs;
  /** The moment and the number that the identity of every driver's provisioner begins with. */
  readonly #identity: string;

  constructor(context: LabContext) {
    this.#context = context;
    const { engine } = context;
    this.#identity = `${engine.now()}-${engine.random(`${NAME}/identity`).below(IDENTITIES)}`;
    this.#jobs = new DriverJobs(engine, { name: NAME, takesMs: DRIVER_MS, pauseMs: BACKOFF_MS });
    this.#claimQueue = new WorkQueue(engine, {
      name: `${NAME}/claims`,
      reconcile: (key) => this.#reconcileClaim(key),
      backoffMs: BACKOFF_MS,
    });
    this.#volumeQueue = new WorkQueue(engine, {
      name: `${NAME}/volumes`,
      reconcile: (name) => this.#reconcileVolume(name),
      backoffMs: BACKOFF_MS,
    });
  }

  start(): void {
    const { api } = this.#context;
    watchAll(api, persistentVolumeClaims, ({ type, object }) => {
      if (type === "DELETED") this.#jobs.forget(object.metadata.uid);
      else if (this.#classFor(object) !== undefined) this.#claimQueue.add(keyOf(object));
    });
    watchAll(api, persistentVolumes, ({ type, object }) => {
      if (type === "DELETED") this.#jobs.forget(object.metadata.uid);
      else if (mustBeDeleted(object)) this.#volumeQueue.add(object.metadata.name);
    });
  }

  /** The class that the claim is to get a volume of now; `undefined` while it is not our turn. */
  #classFor(claim: PersistentVolumeClaim): StorageClass | undefined {
    const { annotations = {} } = claim.metadata;
    const asked = annotations[STORAGE_PROVISIONER];
    if (asked === undefined || claim.spec.volumeName) return undefined;
    const found = this.#context.api.get(storageClasses, undefined, classNameOfClaim(claim));
    if (found === undefined || found.provisioner !== asked) return undefined;
    const mustWait =
      found.volumeBindingMode === "WaitForFirstConsumer" && annotations[SELECTED_NODE] === undefined;
    return mustWait ? undefined : found;
  }

  #reconcileClaim(key: string): void {
    const { api, events } = this.#context;
    const { namespace, name } = splitKey(key);
    const claim = api.get(persistentVolumeClaims, namespace, name);
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return;
    const storageClass = this.#classFor(claim);
    if (storageClass === undefined) return;
    if (api.get(persistentVolumes, undefined, volumeName(claim)) !== undefined) return;
    const { uid } = claim.metadata;
    if (this.#jobs.take(uid)) this.#provision(claim, storageClass);
    else if (this.#jobs.begin(uid, () => this.#claimQueue.add(key))) {
      const message = `External provisioner is provisioning volume for claim ${JSON.stringify(key)}`;
      events.event(claim, "Normal", "Provisioning", message);
    }
  }

  #provision(claim: PersistentVolumeClaim, storageClass: StorageClass): void {
    const { api, events } = this.#context;
    const identity = `${this.#identity}-${storageClass.provisioner}`;
    const request = { claim, storageClass, identity, node: this.#nodeFor(claim, storageClass) };
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      const className = JSON.stringify(storageClass.metadata.name);
      const message = `failed to provision volume with StorageClass ${className}: ${refusal}`;
      events.event(claim, "Warning", "ProvisioningFailed", message);
      this.#claimQueue.addAfter(keyOf(claim), this.#jobs.refused(claim.metadata.uid));
      return;
    }
    const { metadata } = api.create(persistentVolumes, provisionedVolume(request));
    this.#jobs.forget(claim.metadata.uid);
    const message = `Successfully provisioned volume ${metadata.name}`;
    events.event(claim, "Normal", "ProvisioningSucceeded", message);
  }

  /** The node that the scheduler has chosen. Who lies on a node and must not wait for the scheduler takes any. */
  #nodeFor(claim: PersistentVolumeClaim, storageClass: StorageClass): Node | undefined {
    const { api } = this.#context;
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected !== undefined) return api.get(nodes, undefined, selected);
    const { kind } = storageTraitsOfClass(storageClass, claim.spec.accessModes);
    return kind === "node-local" && !needsChosenNode(storageClass) ? api.list(nodes)[0] : undefined;
  }

  #reconcileVolume(name: string): void {
    const { api, events } = this.#context;
    const volume = api.get(persistentVolumes, undefined, name);
    if (volume === undefined || !mustBeDeleted(volume)) return;
    const holder = api.list(volumeAttachments).find(({ spec }) => spec.source.persistentVolumeName === name);
    if (holder !== undefined) {
      const message = `persistentvolume ${name} is still attached to node ${holder.spec.nodeName}`;
      events.event(volume, "Warning", "VolumeFailedDelete", message);
      this.#volumeQueue.addAfter(name, this.#jobs.refused(volume.metadata.uid));
      return;
    }
    const { uid } = volume.metadata;
    if (this.#jobs.take(uid)) this.#delete(volume);
    else this.#jobs.begin(uid, () => this.#volumeQueue.add(name));
  }

  #delete({ metadata }: PersistentVolume): void {
    const { api } = this.#context;
    try {
      api.delete(persistentVolumes, undefined, metadata.name);
      const left = api.get(persistentVolumes, undefined, metadata.name);
      const { finalizers = [] } = left?.metadata ?? {};
      if (left === undefined || !finalizers.includes(PROVISIONER_FINALIZER)) return;
      const kept = finalizers.filter((finalizer) => finalizer !== PROVISIONER_FINALIZER);
      api.update(persistentVolumes, { ...left, metadata: { ...left.metadata, finalizers: kept } });
    } catch (error) {
      if (!isStatus(error, "NotFound")) throw error;
    }
  }
}

function mustBeDeleted({ metadata, spec, status }: PersistentVolume): boolean {
  const isReleased = status.phase === "Released" || status.phase === "Failed";
  const isHeld =
    metadata.deletionTimestamp === undefined || metadata.finalizers?.includes(PROVISIONER_FINALIZER);
  return (
    isReleased &&
    isHeld === true &&
    spec.persistentVolumeReclaimPolicy === "Delete" &&
    metadata.annotations?.[PROVISIONED_BY] !== undefined
  );
}
