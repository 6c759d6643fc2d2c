/**
 * Plays one loss of a proof in a lab: the same manifests, or the same cluster in the lab's own objects, every pod on the node where
 * the proof has it, and then what the proof says is lost is lost. What happens is told change by change, as the API server shows it.
 */

import { endpointSlices, nodes, persistentVolumeClaims, pods, storageClasses } from "../kube/kinds.ts";
import type { EndpointSlice, KubeObject, Node, Pod } from "../kube/types/index.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { workloadNameOf } from "../lab/node/apps/workload-profile.ts";
import type { ProfileFile } from "../lab/node/profile.ts";
import { planRestore, restore } from "../lab/restore.ts";
import { SELECTED_NODE } from "../scheduler/volumes/claims.ts";
import { drive } from "../time/drive.ts";
import type { Manifest } from "../view/manifests.ts";
import { deployManifests } from "./deploy.ts";
import type { OwnFault } from "./faults/fault.ts";
import { kindsOf } from "./kinds-of.ts";
import { labTarget } from "./lab-target.ts";
import { nodeState, podState } from "./recorder.ts";
import { settle } from "./settle.ts";
import { standIns } from "./stand-ins.ts";
import { isSystemNamespace } from "./subject.ts";

/** What the lab is made of. */
export type Replayed =
  /** Manifests on nodes that are all alike. */
  | {
      readonly manifests: readonly Manifest[];
      readonly nodes: {
        readonly nodes: number;
        readonly cpu: string;
        readonly memory: string;
        readonly zones: number;
      };
    }
  /** A cluster as it was read, nodes and all. */
  | { readonly objects: readonly KubeObject[]; readonly minor: number };

export interface Replay {
  readonly cluster: Replayed;
  readonly profile?: ProfileFile;
  readonly seed: number;
  /** Where the pods of each workload are, by "namespace/name" of the workload; those with names that stay by their own. */
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

export interface Replayings {
  readonly sights: readonly Sight[];
  /** In what the lab is not what was proved. */
  readonly assumed: readonly string[];
}

const WATCH_MS = 900_000;

/** Everything that can be seen to change in the quarter of an hour after the loss. */
export function replayLoss(replay: Replay): Promise<Replayings> {
  const lab = labFor(replay);
  return drive(lab.engine, play(lab, replay));
}

function labFor({ cluster, seed, profile }: Replay): Lab {
  const common = { seed, ...(profile && { profile }) };
  if ("objects" in cluster) {
    const minor = Math.min(Math.max(cluster.minor, MINORS.first), MINORS.last);
    return createLab({ ...common, minor, likeNodes: planRestore(cluster.objects).nodes });
  }
  const { nodes: count, zones, cpu, memory } = cluster.nodes;
  return createLab({ ...common, nodes: count, zones, nodeCpu: cpu, nodeMemory: memory });
}

/** The versions whose timing a lab has. */
const MINORS = { first: 29, last: 34 };

/** Makes the cluster in the lab, and says in what it is another. */
async function fill(lab: Lab, cluster: Replayed): Promise<readonly string[]> {
  const client = lab.client("holdfast");
  const objects =
    "manifests" in cluster
      ? cluster.manifests.map(({ object }) => object as unknown as KubeObject)
      : cluster.objects;
  const missing = standIns(objects);
  const names = missing.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
  const assumed = names.map((name) => `${name}, which pods need and nobody has given, is there and empty`);
  if ("manifests" in cluster) {
    const { manifests } = cluster;
    await restore(client, planRestore([...namespacesOf(missing), ...missing]), lab.findKind);
    return [...assumed, ...(await deployManifests(client, manifests, kindsOf(lab, manifests))).assumed];
  }
  // Webhooks would be asked whose programs no lab has.
  const own = objects.filter(({ apiVersion }) => !apiVersion.startsWith("admissionregistration.k8s.io/"));
  const refused = await restore(client, planRestore([...missing, ...own]), lab.findKind);
  return [
    ...assumed,
    ...objects.filter(isUnready).map(({ metadata }) => `node ${metadata.name} is ready, which it was not`),
    ...refused.map(({ object, why }) => `${object} is not there: ${why}`),
  ];
}

function namespacesOf(objects: readonly KubeObject[]): KubeObject[] {
  const names = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  return [...names].map(
    (name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }) as unknown as KubeObject,
  );
}

function isUnready(object: KubeObject): boolean {
  if (object.apiVersion !== "v1" || object.kind !== "Node") return false;
  return (object as Node).status?.conditions?.some((c) => c.type === "Ready" && c.status !== "True") ?? false;
}

async function play(lab: Lab, { cluster, placement, lost }: Replay): Promise<Replayings> {
  const { engine } = lab;
  await lab.ready();
  const stopSteering = steer(lab, placement);
  const assumed = await fill(lab, cluster);
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
  return { sights, assumed };
}

/** Puts each new pod where the proof has one of its workload, before the scheduler comes to it. */
function steer(lab: Lab, placement: ReadonlyMap<string, readonly string[]>): () => void {
  const { api, engine } = lab;
  const left = new Map([...placement].map(([workload, places]) => [workload, [...places]]));
  return api.onChange(pods, ({ type, object }) => {
    if (type !== "ADDED" || object.spec.nodeName) return;
    const { namespace: inside, name: own } = object.metadata;
    const node = (left.get(`${inside}/${own}`) ?? left.get(keyOf(object)))?.shift();
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
