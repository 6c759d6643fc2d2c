/**
 * Stands in for the attachers of all CSI drivers: does what VolumeAttachments ask for. Attaching and detaching take a second or
 * two. A volume that only one node may have is not given to a second one while the first has it, whoever asks.
 */
import { persistentVolumes, volumeAttachments } from "../../../kube/kinds.ts";
import { isMultiAttachAllowed } from "../../../kube/storage-kinds.ts";
import { formatTime } from "../../../kube/time.ts";
import type { KubeObject, PersistentVolume, VolumeAttachment } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory, LabContext, Part } from "../../context.ts";
import { DriverJobs } from "../shared/driver-jobs.ts";
import { watchAll } from "../shared/watch.ts";

const NAME = "csi-attacher";

const FINALIZER_PREFIX = "external-attacher/";

/** How long a driver takes to give a volume to a node, or to take it away. */
const DRIVER_MS = [1_000, 2_500] as const;

/** --retry-interval-start and --retry-interval-max of the external attacher. */
const BACKOFF_MS = [1_000, 300_000] as const;

/** Attaches and detaches as VolumeAttachments say. */
export const csiAttacher: ControllerFactory = (context) => new Attacher(context);

class Attacher implements Part {
  readonly name = NAME;
  readonly #context: LabContext;
  readonly #queue: WorkQueue;
  readonly #volumeQueue: WorkQueue;
  readonly #jobs: DriverJobs;

  constructor(context: LabContext) {
    this.#context = context;
    this.#jobs = new DriverJobs(context.engine, { name: NAME, takesMs: DRIVER_MS, pauseMs: BACKOFF_MS });
    this.#queue = new WorkQueue(context.engine, {
      name: NAME,
      reconcile: (name) => this.#reconcile(name),
      backoffMs: BACKOFF_MS,
    });
    this.#volumeQueue = new WorkQueue(context.engine, {
      name: `${NAME}/volumes`,
      reconcile: (name) => this.#letGo(name),
      backoffMs: BACKOFF_MS,
    });
  }

  start(): void {
    const { api } = this.#context;
    watchAll(api, volumeAttachments, ({ type, object, previous }) => {
      if (type === "DELETED") {
        this.#jobs.forget(attachingOf(object));
        this.#jobs.forget(detachingOf(object));
        this.#volumeQueue.add(object.spec.source.persistentVolumeName ?? "");
      } else if (isLeaving(object) || !(object.status.attached || isRefusal(object, previous))) {
        this.#queue.add(object.metadata.name);
      }
    });
    watchAll(api, persistentVolumes, ({ type, object }) => {
      if (type !== "DELETED" && isLeaving(object)) this.#volumeQueue.add(object.metadata.name);
    });
  }

  #reconcile(name: string): void {
    const { api } = this.#context;
    const attachment = api.get(volumeAttachments, undefined, name);
    if (attachment === undefined) return;
    if (isLeaving(attachment)) this.#detach(attachment);
    else if (!attachment.status.attached) this.#attach(this.#hold(attachment));
  }

  /** Puts our finalizers on both objects: neither may go before the volume is where it should be. */
  #hold(attachment: VolumeAttachment): VolumeAttachment {
    const { api } = this.#context;
    const finalizer = finalizerOf(attachment);
    const volume = this.#volume(attachment);
    if (volume !== undefined && !volume.metadata.finalizers?.includes(finalizer)) {
      const finalizers = [...(volume.metadata.finalizers ?? []), finalizer];
      api.update(persistentVolumes, { ...volume, metadata: { ...volume.metadata, finalizers } });
    }
    const { finalizers = [], annotations } = attachment.metadata;
    if (finalizers.includes(finalizer)) return attachment;
    const metadata = {
      ...attachment.metadata,
      annotations: { ...annotations, "csi.alpha.kubernetes.io/node-id": attachment.spec.nodeName },
      finalizers: [...finalizers, finalizer],
    };
    return api.update(volumeAttachments, { ...attachment, metadata });
  }

  #attach(attachment: VolumeAttachment): void {
    const job = attachingOf(attachment);
    if (!this.#isDone(job, attachment)) return;
    const { api, engine } = this.#context;
    const obstacle = this.#obstacle(attachment);
    const { attachError: _error, ...status } = attachment.status;
    if (obstacle === undefined) {
      api.updateStatus(volumeAttachments, { ...attachment, status: { ...status, attached: true } });
      this.#jobs.forget(job);
      return;
    }
    const attachError = { time: formatTime(engine.now()), message: obstacle };
    this.#queue.addAfter(attachment.metadata.name, this.#jobs.refused(job));
    api.updateStatus(volumeAttachments, { ...attachment, status: { ...status, attachError } });
  }

  #detach(attachment: VolumeAttachment): void {
    const finalizer = finalizerOf(attachment);
    const isHeld = attachment.metadata.finalizers?.includes(finalizer) === true;
    if (!isHeld || !this.#isDone(detachingOf(attachment), attachment)) return;
    const { api } = this.#context;
    const status = { ...attachment.status, attached: false };
    const freed = attachment.status.attached
      ? api.updateStatus(volumeAttachments, { ...attachment, status })
      : attachment;
    const finalizers = freed.metadata.finalizers?.filter((other) => other !== finalizer) ?? [];
    api.update(volumeAttachments, { ...freed, metadata: { ...freed.metadata, finalizers } });
  }

  /** Takes our finalizer off a volume that is being deleted and that no node has any more. */
  #letGo(name: string): void {
    const { api } = this.#context;
    const volume = api.get(persistentVolumes, undefined, name);
    if (volume === undefined || !isLeaving(volume) || this.#attachmentsOf(volume).length > 0) return;
    const { finalizers = [] } = volume.metadata;
    const kept = finalizers.filter((finalizer) => !finalizer.startsWith(FINALIZER_PREFIX));
    if (kept.length === finalizers.length) return;
    api.update(persistentVolumes, { ...volume, metadata: { ...volume.metadata, finalizers: kept } });
  }

  /** Why the driver cannot give the volume to the node. */
  #obstacle(attachment: VolumeAttachment): string | undefined {
    const volume = this.#volume(attachment);
    const name = attachment.spec.source.persistentVolumeName ?? "";
    if (volume === undefined) return `persistentvolume ${JSON.stringify(name)} not found`;
    if (isMultiAttachAllowed(volume)) return undefined;
    const holder = this.#attachmentsOf(volume).find(
      ({ metadata, status }) => status.attached && metadata.uid !== attachment.metadata.uid,
    );
    if (holder === undefined) return undefined;
    return `rpc error: code = FailedPrecondition desc = volume ${name} is already attached to node ${holder.spec.nodeName}`;
  }

  #attachmentsOf({ metadata }: PersistentVolume): readonly VolumeAttachment[] {
    const all = this.#context.api.list(volumeAttachments);
    return all.filter(({ spec }) => spec.source.persistentVolumeName === metadata.name);
  }

  #volume({ spec }: VolumeAttachment): PersistentVolume | undefined {
    return this.#context.api.get(persistentVolumes, undefined, spec.source.persistentVolumeName ?? "");
  }

  /** Whether the driver has done the job; if it has not begun it begins, and the turn comes again when it is done. */
  #isDone(job: string, { metadata }: VolumeAttachment): boolean {
    if (this.#jobs.take(job)) return true;
    this.#jobs.begin(job, () => this.#queue.add(metadata.name));
    return false;
  }
}

function attachingOf({ metadata }: VolumeAttachment): string {
  return `attach ${metadata.uid}`;
}

function detachingOf({ metadata }: VolumeAttachment): string {
  return `detach ${metadata.uid}`;
}

/** Whether the change is but our own note that the driver has refused, which must not make us ask again at once. */
function isRefusal({ status }: VolumeAttachment, previous: VolumeAttachment | undefined): boolean {
  return (
    previous !== undefined &&
    status.attachError !== undefined &&
    status.attachError !== previous.status.attachError
  );
}

function isLeaving({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function finalizerOf({ spec }: VolumeAttachment): string {
  return `${FINALIZER_PREFIX}${spec.attacher.replace(/[^a-zA-Z0-9-]/g, "-")}`;
}
