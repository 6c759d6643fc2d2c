/**
 * The smallest change that would give a pod a node, found by trying: the scheduler is asked again about the pod with one thing
 * changed, on the state in which it found no node. Changes of the pod come before changes of the cluster, and nothing is
 * proposed that has not been tried.
 */
import { TAINT_UNREACHABLE } from "../kube/taints.ts";
import type { Affinity, Node, Pod, PodSpec, Toleration } from "../kube/types/index.ts";
import type { Snapshot } from "../scheduler/snapshot.ts";
import { replacementPod } from "./literal/replacement.ts";
import type { Model } from "./model/model.ts";
import { moreRoom } from "./more-room.ts";
import { findsNode, findsNodeWith } from "./trial.ts";

interface Try {
  readonly pod: Pod;
  readonly snapshot: Snapshot;
  /** One more node would do, like the one that is lost and empty; its words, where that is so. */
  readonly anotherNode: () => string | undefined;
}

/** The change in words; nothing when no single one that is known here would do. */
export function smallestChange(model: Model, index: number, snapshot: Snapshot): string | undefined {
  const pod = replacementPod(model, index);
  const lost = model.nodes[model.nodeOf[index] as number];
  const anotherNode = () => (lost === undefined ? undefined : withAnotherNode(lost, pod, snapshot));
  for (const change of CHANGES) {
    const text = change({ pod, snapshot, anotherNode });
    if (text !== undefined) return text;
  }
  return undefined;
}

const CHANGES: readonly ((one: Try) => string | undefined)[] = [
  spreadThatLeavesOutLostNodes,
  softerSpread,
  softerApart,
  softerNear,
  ({ pod, snapshot }) => moreRoom(pod, snapshot),
  widerSelector,
  toleration,
  noHostPort,
  ({ anotherNode }) => anotherNode(),
];

function spreadThatLeavesOutLostNodes(one: Try): string | undefined {
  const spec = withSpread(one.pod.spec, { nodeTaintsPolicy: "Honor" });
  return helps(one, spec)
    ? `nodeTaintsPolicy: Honor in its spread over ${hardKeys(one.pod.spec)}, so that lost nodes do not count`
    : undefined;
}

function softerSpread(one: Try): string | undefined {
  const spec = withSpread(one.pod.spec, { whenUnsatisfiable: "ScheduleAnyway" });
  return helps(one, spec)
    ? `whenUnsatisfiable: ScheduleAnyway in its spread over ${hardKeys(one.pod.spec)}`
    : undefined;
}

function softerApart(one: Try): string | undefined {
  const { spec } = one.pod;
  if (!hasRequired(spec.affinity?.podAntiAffinity)) return undefined;
  if (!helps(one, withoutAffinity(spec, "podAntiAffinity"))) return undefined;
  return orOneMoreNode("preferred in place of required anti-affinity", one);
}

function softerNear(one: Try): string | undefined {
  const { spec } = one.pod;
  if (!hasRequired(spec.affinity?.podAffinity)) return undefined;
  return helps(one, withoutAffinity(spec, "podAffinity"))
    ? "preferred in place of required affinity to other pods"
    : undefined;
}

function widerSelector(one: Try): string | undefined {
  const { nodeSelector, ...spec } = one.pod.spec;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (nodeSelector === undefined && required === undefined) return undefined;
  return helps(one, withoutAffinity(spec, "nodeAffinity"))
    ? "a node selector or affinity that more nodes match"
    : undefined;
}

/** Of one taint where that is enough, else of all that there are. */
function toleration(one: Try): string | undefined {
  const { spec } = one.pod;
  const found = one.snapshot.nodes.flatMap(({ hardTaints }) => hardTaints.map(({ key }) => key));
  const keys = [...new Set(found)].filter((key) => key !== TAINT_UNREACHABLE).sort();
  const choices = keys.length > 1 ? [...keys.map((key) => [key]), keys] : [keys];
  for (const choice of choices) {
    const added = choice.map((key): Toleration => ({ key, operator: "Exists" }));
    if (helps(one, { ...spec, tolerations: [...(spec.tolerations ?? []), ...added] }))
      return `a toleration of ${choice.join(", ")}`;
  }
  return undefined;
}

function noHostPort(one: Try): string | undefined {
  const { spec } = one.pod;
  if (!spec.containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort))) return undefined;
  const containers = spec.containers.map(({ ports: _ports, ...rest }) => rest);
  return helps(one, { ...spec, containers }) ? orOneMoreNode("no host port", one) : undefined;
}

function helps({ pod, snapshot }: Try, spec: PodSpec | undefined): boolean {
  return spec !== undefined && findsNode({ ...pod, spec }, snapshot);
}

function orOneMoreNode(text: string, { anotherNode }: Try): string {
  return anotherNode() === undefined ? text : `${text}, or one more node`;
}

function withAnotherNode(lost: Node, pod: Pod, snapshot: Snapshot): string | undefined {
  const name = `${lost.metadata.name}-another`;
  const labels = { ...lost.metadata.labels, "kubernetes.io/hostname": name };
  const another: Node = { ...lost, metadata: { ...lost.metadata, name, uid: name, labels } };
  return findsNodeWith(another, pod, snapshot) ? `one more node like ${lost.metadata.name}` : undefined;
}

type Constraint = NonNullable<PodSpec["topologySpreadConstraints"]>[number];

/** Nothing where no constraint is a hard one. */
function withSpread(spec: PodSpec, fields: Partial<Constraint>): PodSpec | undefined {
  if (hardKeys(spec) === "") return undefined;
  const constraints = spec.topologySpreadConstraints ?? [];
  return { ...spec, topologySpreadConstraints: constraints.map((one) => ({ ...one, ...fields })) };
}

function hardKeys({ topologySpreadConstraints = [] }: PodSpec): string {
  const hard = topologySpreadConstraints.filter((one) => one.whenUnsatisfiable === "DoNotSchedule");
  return hard.map(({ topologyKey }) => topologyKey).join(", ");
}

function hasRequired(affinity: Affinity["podAffinity"] | Affinity["podAntiAffinity"]): boolean {
  return (affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0;
}

function withoutAffinity(spec: PodSpec, part: keyof Affinity): PodSpec {
  const { [part]: _without, ...affinity } = spec.affinity ?? {};
  return { ...spec, affinity };
}
