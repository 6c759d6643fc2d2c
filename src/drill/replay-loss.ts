/**
 * Plays one loss of a proof in a lab: the same manifests, every pod on the node where the proof has it, and then what the proof
 * says is lost is lost. What happens is told change by change, as the API server shows it.
 */

import { endpointSlices, nodes, persistentVolumeClaims, pods, storageClasses } from "../kube/kinds.ts";
import type { EndpointSlice, Pod } from "../kube/types/index.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { workloadNameOf } from "../lab/node/apps/workload-profile.ts";
import type { ProfileFile } from "../lab/node/profile.ts";
import { SELECTED_NODE } from "../scheduler/volumes/claims.ts";
import { drive } from "../time/drive.ts";
import type { Manifest } from "../view/manifests.ts";
import { deployManifests } from "./deploy.ts";
import type { OwnFault } from "./faults/fault.ts";
import { kindsOf } from "./kinds-of.ts";
import { labTarget } from "./lab-target.ts";
import { nodeState, podState } from "./recorder.ts";
import { settle } from "./settle.ts";
import { isSystemNamespace } from "./subject.ts";

export interface Replay {
  readonly manifests: readonly Manifest[];
  readonly profile?: ProfileFile;
  readonly nodes: {
    readonly nodes: number;
    readonly cpu: string;
    readonly memory: string;
    readonly zones: number;
  };
  readonly seed: number;
  /** Where the pods of each workload are, by "namespace/name" of the workload. */
  readonly placement: ReadonlyMap<string, readonly string[]>;
  /** Names of the nodes that are lost; of the workload of which one pod is; or what is done on purpose. */
  readonly lost:
    | { readonly nodes: readonly string[] }
    | { readonly workload: string }
    | { readonly change: OwnFault };
}

/** Something that could be seen. */
export interface Sight {
  readonly atSeconds: number;
  readonly text: string;
}

const WATCH_MS = 900_000;

/** Everything that can be seen to change in the quarter of an hour after the loss. */
export function replayLoss(replay: Replay): Promise<readonly Sight[]> {
  const { nodes: count, cpu, memory, zones } = replay.nodes;
  const lab = createLab({
    seed: replay.seed,
    nodes: count,
    zones,
    nodeCpu: cpu,
    nodeMemory: memory,
    ...(replay.profile && { profile: replay.profile }),
  });
  return drive(lab.engine, play(lab, replay));
}

async function play(lab: Lab, { manifests, placement, lost }: Replay): Promise<readonly Sight[]> {
  const { engine } = lab;
  await lab.ready();
  const stopSteering = steer(lab, placement);
  await deployManifests(lab.client("holdfast"), manifests, kindsOf(lab, manifests));
  await settle(labTarget(lab));
  stopSteering();
  const zeroMs = engine.now();
  const sights: Sight[] = [];
  const see = (text: string) =>
    sights.push({ atSeconds: Math.round((engine.now() - zeroMs) / 100) / 10, text });
  watch(lab, see);
  if ("nodes" in lost) {
    for (const node of lost.nodes) {
      see(`${node} loses its power`);
      lab.failures.fail(node, "power-off");
    }
  } else if ("workload" in lost) losePod(lab, lost.workload, see);
  else see((await lost.change.inject(labTarget(lab))).what);
  await engine.sleep(WATCH_MS);
  return sights;
}

/** Puts each new pod where the proof has one of its workload, before the scheduler comes to it. */
function steer(lab: Lab, placement: ReadonlyMap<string, readonly string[]>): () => void {
  const { api, engine } = lab;
  const left = new Map([...placement].map(([workload, places]) => [workload, [...places]]));
  return api.onChange(pods, ({ type, object }) => {
    if (type !== "ADDED" || object.spec.nodeName) return;
    const node = left.get(keyOf(object))?.shift();
    if (node === undefined) return;
    engine.after(0, () => {
      const { namespace = "", name } = object.metadata;
      if (api.get(pods, namespace, name)?.spec.nodeName) return;
      chooseNode(lab, object, node);
      api.bind(namespace, name, node);
    });
  });
}

/** Volumes that wait for their first pod are told where it is, as the scheduler would tell them. */
function chooseNode({ api }: Lab, pod: Pod, node: string): void {
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    const claim = api.get(
      persistentVolumeClaims,
      pod.metadata.namespace ?? "",
      persistentVolumeClaim?.claimName ?? "",
    );
    if (claim === undefined || claim.spec.volumeName) continue;
    const storageClass = api.get(storageClasses, undefined, claim.spec.storageClassName ?? "");
    if (storageClass?.volumeBindingMode !== "WaitForFirstConsumer") continue;
    const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node };
    api.update(persistentVolumeClaims, { ...claim, metadata: { ...claim.metadata, annotations } });
  }
}

function losePod({ api }: Lab, workload: string, see: (text: string) => void): void {
  const pod = api.list(pods).find((one) => keyOf(one) === workload);
  if (pod === undefined) return;
  const { namespace, name } = pod.metadata;
  see(`pod ${name} is gone`);
  api.delete(pods, namespace ?? "", name, { gracePeriodSeconds: 0 });
}

function keyOf(pod: Pod): string {
  return `${pod.metadata.namespace}/${workloadNameOf(pod)}`;
}

function watch({ api }: Lab, see: (text: string) => void): void {
  const last = new Map<string, string>();
  const note = (where: string, what: string) => {
    if (last.get(where) === what) return;
    last.set(where, what);
    see(`${where}: ${what}`);
  };
  for (const node of api.list(nodes)) last.set(node.metadata.name, nodeState(node).label);
  for (const pod of api.list(pods)) last.set(podTitle(pod), podState(pod).label);
  for (const slice of api.list(endpointSlices)) last.set(sliceTitle(slice), sliceText(slice));
  api.onChange(nodes, ({ object, type }) =>
    note(object.metadata.name, type === "DELETED" ? "gone" : nodeState(object).label),
  );
  api.onChange(pods, ({ object, type }) => {
    if (isSystemNamespace(object.metadata.namespace ?? "")) return;
    note(podTitle(object), type === "DELETED" ? "gone" : podState(object).label);
  });
  api.onChange(endpointSlices, ({ object, type }) => {
    if (type !== "DELETED") note(sliceTitle(object), sliceText(object));
  });
}

function podTitle({ metadata }: Pod): string {
  return `pod ${metadata.namespace}/${metadata.name}`;
}

function sliceTitle({ metadata }: EndpointSlice): string {
  return `service ${metadata.namespace}/${metadata.labels?.["kubernetes.io/service-name"]}`;
}

function sliceText({ endpoints }: EndpointSlice): string {
  const all = endpoints ?? [];
  return `${all.filter(({ conditions }) => conditions?.ready === true).length} of ${all.length} endpoints ready`;
}
