/**
 * Attaching and detaching, which take a while: a VolumeAttachment is written or deleted, and then asked after until the
 * driver has done its part. One operation at a time on a volume that only one node may have, so that nobody gets it before
 * the other has let go; failures are followed by a pause of half a second, then twice that, up to two minutes.
 */
import { nodes, volumeAttachments } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { isMultiAttachAllowed } from "../../../kube/storage-kinds.ts";
import type { PersistentVolume, VolumeAttachment } from "../../../kube/types/index.ts";
import type { LabContext } from "../../context.ts";
import { attachmentName } from "./attachment-name.ts";
import type { NamedVolume } from "./desired-state.ts";

/** csi_attacher.go: how often the VolumeAttachment is asked after, each time a little more seldom, and how long in all. */
const POLL_MS = 500;
const POLL_FACTOR = 1.05;
const POLL_JITTER = 0.1;
const POLL_MS_MAX = 7_000;
const TIMEOUT_MS = 120_000;

/** exponential_backoff.go. */
const RETRY_MS = 500;
const RETRY_MS_MAX = 122_000;

/** How an operation has ended: `error` says why it has failed. */
export type Outcome = (error: string | undefined) => void;

type Kind = "attach" | "detach";

interface Pause {
  readonly kind: Kind;
  readonly untilMs: number;
  readonly lengthMs: number;
}

type Result = "done" | "wait" | Failure;

interface Failure {
  readonly failure: string;
}

/** One operation under way. */
interface Operation {
  readonly kind: Kind;
  readonly key: string;
  readonly attachment: string;
  readonly deadlineMs: number;
  readonly volume: PersistentVolume;
  readonly ended: Outcome;
}

export class Operations {
  readonly #context: LabContext;
  readonly #running = new Set<string>();
  readonly #pauses = new Map<string, Pause>();

  constructor(context: LabContext) {
    this.#context = context;
  }

  /** Whether something is under way that an operation on the volume at that node has to wait for. */
  isRunning(volume: NamedVolume, nodeName: string): boolean {
    return this.#running.has(operationKey(volume, nodeName));
  }

  /** When such an operation may be tried again; the past when it may be now. Only its own failures count. */
  retryAtMs(kind: Kind, volume: NamedVolume, nodeName: string): number {
    const pause = this.#pauses.get(operationKey(volume, nodeName));
    return pause?.kind === kind ? pause.untilMs : Number.NEGATIVE_INFINITY;
  }

  /** Gives the volume to the node. */
  attach(named: NamedVolume, nodeName: string, ended: Outcome): void {
    const operation = this.#begin("attach", named, nodeName, ended);
    this.#start(operation, () => this.#requestAttachment(operation, nodeName));
  }

  /** Takes the volume from the node; unless forced not while the node says that it is in use. */
  detach(
    named: NamedVolume,
    nodeName: string,
    options: { readonly isForced: boolean },
    ended: Outcome,
  ): void {
    const operation = this.#begin("detach", named, nodeName, ended);
    this.#start(operation, () => {
      const node = this.#context.api.get(nodes, undefined, nodeName);
      if (!options.isForced && node?.status.volumesInUse?.includes(named.name) === true) {
        return { failure: "volume is still in use by node, according to Node status" };
      }
      return this.#requestDetachment(operation);
    });
  }

  #requestAttachment({ attachment, volume }: Operation, nodeName: string): Result {
    const { api } = this.#context;
    if (api.get(volumeAttachments, undefined, attachment) === undefined) {
      const source = { persistentVolumeName: volume.metadata.name };
      const attacher = driverOf(volume);
      api.create(volumeAttachments, { metadata: { name: attachment }, spec: { attacher, nodeName, source } });
    }
    return "wait";
  }

  #requestDetachment({ attachment }: Operation): Result {
    const { api } = this.#context;
    if (api.get(volumeAttachments, undefined, attachment) === undefined) return "done";
    api.delete(volumeAttachments, undefined, attachment);
    return "wait";
  }

  #begin(kind: Kind, { name, volume }: NamedVolume, nodeName: string, ended: Outcome): Operation {
    const key = operationKey({ name, volume }, nodeName);
    this.#running.add(key);
    const deadlineMs = this.#context.engine.now() + TIMEOUT_MS;
    return { kind, key, attachment: attachmentName(volume, nodeName), deadlineMs, volume, ended };
  }

  /** Begins by a task of its own: the pass that wanted it must not see it end. */
  #start(operation: Operation, request: () => Result): void {
    this.#context.engine.after(0, () => {
      const result = attempt(request);
      if (result === "wait") this.#poll(operation, POLL_MS);
      else this.#end(operation, result);
    });
  }

  #poll(operation: Operation, pauseMs: number): void {
    const { api, engine } = this.#context;
    engine.after(engine.random("attach-detach/poll").jitter(pauseMs, POLL_JITTER), () => {
      const result = attempt(() => {
        const attachment = api.get(volumeAttachments, undefined, operation.attachment);
        return operation.kind === "attach" ? attachResult(attachment) : detachResult(attachment);
      });
      if (result !== "wait") this.#end(operation, result);
      else if (engine.now() >= operation.deadlineMs) this.#end(operation, { failure: lateness(operation) });
      else this.#poll(operation, Math.min(pauseMs * POLL_FACTOR, POLL_MS_MAX));
    });
  }

  #end({ kind, key, ended }: Operation, result: "done" | Failure): void {
    this.#running.delete(key);
    if (result === "done") this.#pauses.delete(key);
    else this.#pause(kind, key);
    ended(result === "done" ? undefined : result.failure);
  }

  #pause(kind: Kind, key: string): void {
    const before = this.#pauses.get(key);
    const lengthMs = before?.kind === kind ? Math.min(before.lengthMs * 2, RETRY_MS_MAX) : RETRY_MS;
    this.#pauses.set(key, { kind, lengthMs, untilMs: this.#context.engine.now() + lengthMs });
  }
}

/** What the API server refuses is a failure of the operation; anything else is a bug. */
function attempt(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof StatusError) return { failure: error.message };
    throw error;
  }
}

function attachResult(attachment: VolumeAttachment | undefined): Result {
  if (attachment === undefined) return "wait";
  if (attachment.metadata.deletionTimestamp !== undefined) {
    return { failure: "volume attachment is being deleted" };
  }
  const { attached, attachError } = attachment.status;
  if (attached) return "done";
  return attachError === undefined ? "wait" : { failure: attachError.message ?? "" };
}

function detachResult(attachment: VolumeAttachment | undefined): Result {
  const error = attachment?.status.detachError;
  if (attachment === undefined) return "done";
  return error === undefined ? "wait" : { failure: error.message ?? "" };
}

function lateness({ kind, volume }: Operation): string {
  // Who detaches does not know the driver any more.
  const driver = kind === "attach" ? driverOf(volume) : "unknown";
  const handle = volume.spec.csi?.volumeHandle ?? volume.metadata.name;
  return `timed out waiting for external-attacher of ${driver} CSI driver to ${kind} volume ${handle}`;
}

function operationKey({ name, volume }: NamedVolume, nodeName: string): string {
  return isMultiAttachAllowed(volume) ? `${name} ${nodeName}` : name;
}

function driverOf({ spec }: PersistentVolume): string {
  return spec.csi?.driver ?? "";
}
