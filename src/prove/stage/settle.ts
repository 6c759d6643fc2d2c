/**
 * Puts pods on nodes as a cluster would that is given them all at once: the volume controller binds what it can, then the
 * scheduler takes one pod after the other, the important ones first, and volumes that wait for a pod come to its node.
 */
import { RandomStream } from "../../base/random.ts";
import { NO_PROVISIONER } from "../../kube/storage-kinds.ts";
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from "../../kube/types/index.ts";
import {
  needsChosenNode,
  provisionedVolume,
  refusalOf,
} from "../../lab/controllers/csi-provisioner/provisioned-volume.ts";
import {
  boundClaim,
  boundStatus,
  boundVolume,
  findBestMatch,
} from "../../lab/controllers/persistent-volume/binding.ts";
import { type Outcome, SchedulingAlgorithm } from "../../scheduler/algorithm.ts";
import { PluginError } from "../../scheduler/plugin-error.ts";
import type { Snapshot } from "../../scheduler/snapshot.ts";
import { classOfClaim, isFullyBound } from "../../scheduler/volumes/claims.ts";
import { CREATED } from "./assumed-nodes.ts";

/** A pod that found no node, in the scheduler's words. */
export interface Pending {
  readonly pod: Pod;
  readonly message: string;
}

export interface Settled {
  /** Every pod, those with a node running and ready on it. */
  readonly pods: readonly Pod[];
  readonly pending: readonly Pending[];
  /** What could not be done about a claim, each a sentence. */
  readonly findings: readonly string[];
}

/** Binds and places; the snapshot, which holds nodes and objects, is the place where it is done. */
export function settle(snapshot: Snapshot, pods: readonly Pod[], seed: number): Settled {
  const findings = bindImmediate(snapshot);
  const algorithm = new SchedulingAlgorithm({
    snapshot,
    random: new RandomStream(seed, "stage"),
    scansAllNodes: true,
  });
  const placed = new Map<Pod, Pod>();
  const pending: Pending[] = [];
  for (const pod of pods) if (pod.spec.nodeName) snapshot.setPod(pod);
  const waiting = pods.filter(({ spec }) => !spec.nodeName);
  // A stable sort: pods of one priority stay in the order in which they came.
  for (const pod of waiting.sort((a, b) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0))) {
    const outcome = attempt(algorithm, pod);
    if (typeof outcome === "string") {
      pending.push({ pod, message: outcome });
      continue;
    }
    const node = snapshot.node(outcome.nodeName)?.node as Node;
    for (const { volume, claim } of outcome.volumes?.bindings ?? []) bind(snapshot, volume, claim);
    for (const claim of outcome.volumes?.provisions ?? []) findings.push(...provision(snapshot, claim, node));
    const running = runningOn(pod, outcome.nodeName);
    snapshot.setPod(running);
    placed.set(pod, running);
  }
  return { pods: pods.map((pod) => placed.get(pod) ?? pod), pending, findings };
}

function attempt(algorithm: SchedulingAlgorithm, pod: Pod): Extract<Outcome, { kind: "scheduled" }> | string {
  try {
    const outcome = algorithm.schedule(pod);
    if (outcome.kind === "scheduled") return outcome;
    return outcome.kind === "no-nodes" ? "no nodes available to schedule pods" : outcome.diagnosis.message();
  } catch (error) {
    if (error instanceof PluginError) return error.message;
    throw error;
  }
}

/** The volume controller's part, and that of provisioners that do not wait for a pod. */
function bindImmediate(snapshot: Snapshot): string[] {
  const { claims, volumes } = snapshot.objects;
  const findings: string[] = [];
  for (const claim of [...claims.all()]) {
    if (isFullyBound(claim)) continue;
    const storageClass = classOfClaim(claim, snapshot.objects);
    const isDelayed = storageClass?.volumeBindingMode === "WaitForFirstConsumer";
    const named = volumes.get(undefined, claim.spec.volumeName);
    const volume = named ?? findBestMatch(claim, [...volumes.all()], isDelayed);
    if (volume !== undefined) bind(snapshot, volume, claim);
    else if (storageClass !== undefined && !isDelayed && !needsChosenNode(storageClass))
      findings.push(...provision(snapshot, claim, undefined));
  }
  return findings;
}

function bind(snapshot: Snapshot, volume: PersistentVolume, claim: PersistentVolumeClaim): void {
  const bound = boundVolume(volume, claim);
  snapshot.objects.volumes.set({ ...bound, status: { ...bound.status, phase: "Bound" } });
  const written = boundClaim(claim, volume);
  snapshot.objects.claims.set({ ...written, status: boundStatus(written, volume) });
}

function provision(snapshot: Snapshot, claim: PersistentVolumeClaim, node: Node | undefined): string[] {
  const storageClass = classOfClaim(claim, snapshot.objects);
  if (storageClass === undefined || storageClass.provisioner === NO_PROVISIONER) return [];
  // Who would make it is not known, and nothing that is proved depends on it.
  const identity = `0-0-${storageClass.provisioner}`;
  const request = { claim, storageClass, node, identity };
  const refused = refusalOf(request);
  if (refused !== undefined)
    return [`Claim ${claim.metadata.namespace}/${claim.metadata.name} gets no volume: ${refused}`];
  const draft = provisionedVolume(request);
  const volume = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    ...draft,
    metadata: {
      uid: `persistentvolume//${draft.metadata?.name}`,
      resourceVersion: "1",
      creationTimestamp: CREATED,
      ...draft.metadata,
    },
    status: { phase: "Bound" },
  } as PersistentVolume;
  bind(snapshot, volume, claim);
  return [];
}

/** The pod as it is when it is ready on a node. */
export function runningOn(pod: Pod, nodeName: string): Pod {
  return {
    ...pod,
    spec: { ...pod.spec, nodeName },
    status: {
      ...pod.status,
      phase: "Running",
      startTime: pod.status?.startTime ?? CREATED,
      conditions: [
        { type: "PodScheduled", status: "True" },
        { type: "Ready", status: "True", lastTransitionTime: CREATED },
      ],
    },
  };
}
