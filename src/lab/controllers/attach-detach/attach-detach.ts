/**
 * Gives attachable volumes to the nodes whose pods want them, and takes them away when nobody does any more.
 *
 * A volume leaves a node when no pod there counts as wanting it (`desired-state.ts`) and the node says that it has unmounted
 * it. A node that says nothing because it is not ready keeps it for six minutes more; one that is declared out of service
 * loses it at once. Nothing here looks at whether a machine really is off: that is what the declaration is for.
 *
 * The real controller looks ten times a second; passes that would find nothing are not run.
 */
import { isConditionTrue } from "../../../kube/conditions.ts";
import {
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  volumeAttachments,
} from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { isMultiAttachAllowed, storageTraitsOf, uniqueVolumeName } from "../../../kube/storage-kinds.ts";
import { hasTaintKey, TAINT_OUT_OF_SERVICE } from "../../../kube/taints.ts";
import type { Node, PersistentVolumeClaim, Pod, VolumeAttachment } from "../../../kube/types/index.ts";
import { claimNameOf, isMadeFor } from "../../../scheduler/volumes/claims.ts";
import type { ChangeHandler } from "../../apiserver/api.ts";
import type { ControllerFactory, LabContext, Part } from "../../context.ts";
import { LazyLoop } from "../shared/lazy-loop.ts";
import { isPodDone } from "../shared/pod-claims.ts";
import { watchAll } from "../shared/watch.ts";
import { ActualState, type AttachedVolume } from "./actual-state.ts";
import { attachmentName } from "./attachment-name.ts";
import { DesiredState, type NamedVolume, type WantedVolume } from "./desired-state.ts";
import { conflictMessage, volumeMessage } from "./messages.ts";
import { Operations } from "./operations.ts";

const NAME = "attachdetach-controller";

const MANAGED_ANNOTATION = "volumes.kubernetes.io/controller-managed-attach-detach";

/** --attach-detach-reconcile-sync-period: how often attachments that somebody else has removed are looked for. */
const SYNC_MS = 60_000;

type NodeChange = Parameters<ChangeHandler<Node>>[0];

/** Attaches and detaches volumes. */
export const attachDetach: ControllerFactory = (context) => new AttachDetach(context);

class AttachDetach implements Part {
  readonly name = NAME;
  readonly #context: LabContext;
  readonly #desired = new DesiredState();
  readonly #actual = new ActualState();
  readonly #operations: Operations;
  readonly #loop: LazyLoop;
  readonly #syncLoop: LazyLoop;

  constructor(context: LabContext) {
    const { engine, timing } = context;
    this.#context = context;
    this.#operations = new Operations(context);
    this.#loop = new LazyLoop(engine, {
      name: NAME,
      periodMs: timing.attachDetachLoopMs,
      pass: (nowMs) => this.#pass(nowMs),
    });
    this.#syncLoop = new LazyLoop(engine, {
      name: `${NAME}/sync`,
      periodMs: SYNC_MS,
      pass: () => this.#noticeRemovals(),
    });
  }

  start(): void {
    const { api } = this.#context;
    this.#loop.start();
    this.#syncLoop.start();
    for (const node of api.list(nodes)) this.#recall(node);
    watchAll(api, nodes, (change) => this.#noteNode(change));
    watchAll(api, pods, ({ type, object, previous }) => {
      if (type === "DELETED" || isPodDone(object)) this.#leave(object);
      else if (object.spec.nodeName !== undefined && object.spec.nodeName !== previous?.spec.nodeName)
        this.#enter(object);
    });
    watchAll(api, persistentVolumeClaims, ({ type, object, previous }) => {
      if (type !== "DELETED" && isBound(object) && !(previous && isBound(previous))) this.#enterUsers(object);
    });
    watchAll(api, volumeAttachments, ({ type, object }) => {
      if (type === "DELETED" || !object.status.attached) this.#syncLoop.wake();
    });
  }

  /** What an earlier controller has left behind: volumes that nodes are told of, and attachments beyond them. */
  #recall(node: Node): void {
    const { api } = this.#context;
    const { name: nodeName } = node.metadata;
    const known = new Map(api.list(persistentVolumes).map((volume) => [uniqueVolumeName(volume), volume]));
    for (const { name } of node.status.volumesAttached ?? []) {
      const volume = known.get(name);
      if (volume !== undefined) this.#actual.attached({ name, volume }, nodeName);
    }
    for (const { spec } of api.list(volumeAttachments)) {
      const volume = api.get(persistentVolumes, undefined, spec.source.persistentVolumeName ?? "");
      if (spec.nodeName !== nodeName || volume === undefined) continue;
      const name = uniqueVolumeName(volume);
      if (this.#actual.find(name, nodeName) === undefined)
        this.#actual.attached({ name, volume }, nodeName, false);
    }
  }

  #noteNode({ type, object: node, previous }: NodeChange): void {
    const { name } = node.metadata;
    if (type === "DELETED") this.#desired.removeNode(name);
    else if (node.metadata.annotations?.[MANAGED_ANNOTATION] !== undefined && !this.#desired.manages(name)) {
      this.#desired.addNode(name);
      for (const pod of this.#context.api.podsOnNode(name)) if (!isPodDone(pod)) this.#enter(pod);
    }
    this.#actual.setInUse(name, node.status.volumesInUse ?? []);
    if (type === "ADDED") this.#actual.reportAgain(name);
    if (type !== "MODIFIED" || concernsVolumes(node, previous)) this.#loop.wake();
  }

  #enter(pod: Pod): void {
    const volumes = (pod.spec.volumes ?? []).length === 0 ? [] : this.#volumesOf(pod);
    if (volumes.length > 0 && this.#desired.addPod(pod, volumes)) this.#loop.wake();
  }

  #leave(pod: Pod): void {
    if (this.#desired.removePod(pod.metadata.uid)) this.#loop.wake();
  }

  #enterUsers(claim: PersistentVolumeClaim): void {
    const { namespace, name } = claim.metadata;
    for (const pod of this.#context.api.list(pods, namespace === undefined ? {} : { namespace })) {
      const isUser = (pod.spec.volumes ?? []).some((volume) => claimNameOf(pod, volume) === name);
      if (isUser && pod.spec.nodeName !== undefined && !isPodDone(pod)) this.#enter(pod);
    }
  }

  /** The attachable volumes behind the pod's claims, as far as those are bound. */
  #volumesOf(pod: Pod): readonly NamedVolume[] {
    const { api } = this.#context;
    return (pod.spec.volumes ?? []).flatMap((spec) => {
      const claimName = claimNameOf(pod, spec);
      const claim =
        claimName === undefined
          ? undefined
          : api.get(persistentVolumeClaims, pod.metadata.namespace, claimName);
      if (claim === undefined || !isBound(claim)) return [];
      if (spec.ephemeral !== undefined && !isMadeFor(pod, claim)) return [];
      const volume = api.get(persistentVolumes, undefined, claim.spec.volumeName ?? "");
      if (volume?.spec.claimRef?.uid !== claim.metadata.uid || !storageTraitsOf(volume).attachable) return [];
      return [{ name: uniqueVolumeName(volume), volume }];
    });
  }

  #pass(nowMs: number): void {
    // Detaching first lets a volume whose pod has moved be attached elsewhere the sooner.
    for (const attached of this.#actual.all()) {
      if (!this.#desired.has(attached.name, attached.nodeName)) this.#considerDetaching(attached, nowMs);
    }
    for (const wanted of this.#desired.all()) this.#considerAttaching(wanted, nowMs);
    for (const nodeName of this.#actual.dueReports()) this.#writeReport(nodeName);
  }

  #considerDetaching(attached: AttachedVolume, nowMs: number): void {
    const { name, nodeName } = attached;
    if (this.#operations.isRunning(attached, nodeName)) return;
    const retryAtMs = this.#operations.retryAtMs("detach", attached, nodeName);
    if (retryAtMs > nowMs) {
      this.#loop.wake(retryAtMs);
      return;
    }
    attached.unwantedSinceMs ??= nowMs;
    const node = this.#context.api.get(nodes, undefined, nodeName);
    const waitedMs = nowMs - attached.unwantedSinceMs;
    const hasWaited = waitedMs > this.#context.timing.maxWaitForUnmountMs;
    const isHealthy = isConditionTrue(node?.status.conditions, "Ready");
    const isOutOfService = hasTaintKey(node?.spec.taints, TAINT_OUT_OF_SERVICE);
    if (this.#actual.isInUse(name, nodeName) && !(hasWaited && !isHealthy) && !isOutOfService) {
      if (!hasWaited)
        this.#loop.wake(attached.unwantedSinceMs + this.#context.timing.maxWaitForUnmountMs + 1);
      return;
    }
    // The node must not begin to mount what is being taken away.
    this.#actual.report(name, nodeName, false);
    if (!this.#writeReport(nodeName)) {
      this.#actual.report(name, nodeName, true);
      return;
    }
    this.#operations.detach(attached, nodeName, { isForced: hasWaited || isOutOfService }, (error) => {
      if (error === undefined) this.#actual.detached(name, nodeName);
      else this.#actual.attached(attached, nodeName, false);
      this.#loop.wake();
    });
  }

  #considerAttaching(wanted: WantedVolume, nowMs: number): void {
    const { name, nodeName, volume } = wanted;
    if (this.#operations.isRunning(wanted, nodeName)) return;
    const attached = this.#actual.find(name, nodeName);
    if (attached?.isCertain === true) {
      attached.unwantedSinceMs = undefined;
      return;
    }
    const holders = isMultiAttachAllowed(volume) ? [] : this.#actual.nodesOf(name);
    if (holders.length > 0) {
      if (!wanted.isConflictTold) this.#tellConflict(wanted, holders);
      wanted.isConflictTold = true;
      return;
    }
    const retryAtMs = this.#operations.retryAtMs("attach", wanted, nodeName);
    if (retryAtMs > nowMs) {
      this.#loop.wake(retryAtMs);
      return;
    }
    this.#operations.attach(wanted, nodeName, (error) => {
      this.#tellAttached(wanted, error);
      this.#actual.attached(wanted, nodeName, error === undefined);
      this.#loop.wake();
    });
  }

  #tellConflict({ name, volume, pods: waiting, nodeName }: WantedVolume, holders: readonly string[]): void {
    const others = holders.filter((holder) => holder !== nodeName);
    const users = this.#desired.podsOn(others, name);
    for (const pod of waiting.values()) {
      this.#context.events.event(pod, "Warning", "FailedAttachVolume", conflictMessage(volume, pod, users));
    }
  }

  #tellAttached({ volume, pods: waiting }: WantedVolume, error: string | undefined): void {
    const { events } = this.#context;
    for (const pod of waiting.values()) {
      if (error === undefined) {
        const message = volumeMessage("AttachVolume.Attach succeeded", volume, "");
        events.event(pod, "Normal", "SuccessfulAttachVolume", message);
      } else {
        const message = volumeMessage("AttachVolume.Attach failed", volume, `: ${error}`);
        events.event(pod, "Warning", "FailedAttachVolume", message);
      }
    }
  }

  /** Writes which volumes the node has into its status. Whether that has worked, or is not needed. */
  #writeReport(nodeName: string): boolean {
    const { api } = this.#context;
    const node = api.get(nodes, undefined, nodeName);
    if (!this.#actual.dueReports().includes(nodeName)) return true;
    const names = this.#actual.takeReport(nodeName);
    if (node === undefined) return true;
    const { volumesAttached: _before, ...status } = node.status;
    const listed = names.map((name) => ({ name, devicePath: "" }));
    try {
      api.updateStatus(nodes, {
        ...node,
        status: { ...status, ...(listed.length > 0 && { volumesAttached: listed }) },
      });
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#actual.reportAgain(nodeName);
      this.#loop.wake();
      return false;
    }
  }

  /** Attachments that somebody else has removed: the volumes are not where they were any more. */
  #noticeRemovals(): void {
    const { api } = this.#context;
    for (const { name, nodeName, volume, isCertain } of this.#actual.all()) {
      if (!isCertain) continue;
      const attachment: VolumeAttachment | undefined = api.get(
        volumeAttachments,
        undefined,
        attachmentName(volume, nodeName),
      );
      if (attachment?.status.attached === true) continue;
      this.#actual.detached(name, nodeName);
      this.#loop.wake();
    }
  }
}

/** Whether a volume may leave the node now that could not before. */
function concernsVolumes(node: Node, previous: Node | undefined): boolean {
  return (
    node.status.volumesInUse !== previous?.status.volumesInUse ||
    node.status.conditions !== previous?.status.conditions ||
    node.spec.taints !== previous?.spec.taints
  );
}

function isBound({ spec, status }: PersistentVolumeClaim): boolean {
  return status.phase === "Bound" && Boolean(spec.volumeName);
}
