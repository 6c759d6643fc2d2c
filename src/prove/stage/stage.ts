/**
 * The cluster that manifests would make: nodes where they bring none, what they presuppose, the pods that controllers would
 * make of their workloads, and those pods on nodes. No lab is started for it: the controllers' and the scheduler's own
 * decisions are asked for directly, as if all were given at once and nothing went wrong.
 *
 * Whatever is taken for granted is told. Pods that are among the manifests are taken as they are, and a workload whose pods
 * are there already makes none.
 */
import { completeTyped } from "../../kube/defaults/complete.ts";
import type { Kind } from "../../kube/kind.ts";
import { findKind } from "../../kube/kinds.ts";
import { controllerOf } from "../../kube/owners.ts";
import { checkFields } from "../../kube/schema/check-fields.ts";
import type {
  HorizontalPodAutoscaler,
  KubeObject,
  Node,
  Pod,
  PriorityClass,
} from "../../kube/types/index.ts";
import { validateCreate, validateTypes } from "../../kube/validation/validate.ts";
import { withDefaultTolerations } from "../../lab/apiserver/admission/default-toleration-seconds.ts";
import { withLabelKeys } from "../../lab/apiserver/strategies/pod-strategy.ts";
import { snapshotOf } from "../../scheduler/feed.ts";
import { InputError } from "../../view/input-error.ts";
import type { Manifest } from "../../view/manifests.ts";
import {
  DEFAULT_CLASS,
  guessedClass,
  missingClasses,
  missingNamespaces,
  wantsDefaultClass,
} from "../../view/presupposed.ts";
import { type AssumedNodes, assumedNodes, describeNodes } from "./assumed-nodes.ts";
import { PodAdmission } from "./pod-admission.ts";
import { settle } from "./settle.ts";
import { madeOf, stored, wantedOf } from "./workload-pods.ts";

export interface Stage {
  /** Everything: what the manifests say, completed, and what follows from it. */
  readonly objects: readonly KubeObject[];
  readonly assumed: readonly string[];
  /** What is in the manifests and leads to nothing here: kinds that nobody serves, pods that find no node. */
  readonly findings: readonly string[];
}

export interface StageOptions {
  readonly nodes: AssumedNodes;
  /** Decides ties between nodes. */
  readonly seed: number;
}

const PODS_MAX = 1_000_000;

/** @throws {InputError} with file, line and field for an object that an API server would refuse */
export function stageManifests(manifests: readonly Manifest[], { nodes, seed }: StageOptions): Stage {
  const assumed: string[] = [];
  const findings: string[] = [];
  const given = lastOfEach(manifests.map(completed), assumed);
  const presupposed = presupposedBy(manifests, assumed);
  const theirNodes = given.filter(
    (object): object is Node => object.apiVersion === "v1" && object.kind === "Node",
  );
  const all = theirNodes.length > 0 ? theirNodes : assumedNodes(nodes);
  if (theirNodes.length === 0) assumed.push(`${describeNodes(nodes)}, as no file defines any (--nodes)`);
  const admission = new PodAdmission(given);
  const made = makePods(scaled(given, assumed), all, manifests, admission);
  findings.push(...made.refused);
  const objects = [...presupposed, ...given, ...(theirNodes.length > 0 ? [] : all), ...made.others];
  const classes = [...SYSTEM_CLASSES, ...given.filter(isPriorityClass)];
  const pods = [
    ...given
      .filter(isPod)
      .filter(isGoingOn)
      .map((pod) => admitted(pod, admission)),
    ...made.pods,
  ].map((pod) => prioritized(pod, classes));
  const withoutPods = objects.filter((object) => !isPod(object));
  const snapshot = snapshotOf(withoutPods);
  const settled = settle(snapshot, pods, seed);
  if (pods.some(({ spec }) => !spec.nodeName)) {
    assumed.push(
      "pods are where the scheduler puts them that is given all at once, the important ones first",
    );
  }
  for (const { pod, message } of settled.pending) {
    findings.push(`Pod ${pod.metadata.namespace}/${pod.metadata.name} finds no node: ${message}`);
  }
  const storage = [...snapshot.objects.claims.all(), ...snapshot.objects.volumes.all()];
  const others = withoutPods.filter(
    ({ kind }) => kind !== "PersistentVolumeClaim" && kind !== "PersistentVolume",
  );
  return {
    objects: [...others, ...storage, ...settled.pods],
    assumed,
    findings: [...findings, ...settled.findings],
  };
}

/** The object as an API server would store it. Kinds that are not built in stay as they are. */
function completed(manifest: Manifest): KubeObject {
  const { object } = manifest;
  const kind = findKind(object.apiVersion, object.kind);
  const named = { ...object.metadata, name: object.metadata.name ?? `${object.metadata.generateName}00000` };
  const metadata = stored(object.kind, {
    ...named,
    ...((kind?.namespaced ?? named.namespace !== undefined) && { namespace: named.namespace ?? "default" }),
  });
  const loose = { ...object, metadata } as unknown as KubeObject;
  if (kind === undefined) return loose;
  const { status, metadata: given } = object as { status?: object; metadata: { resourceVersion?: string } };
  const isStored = given.resourceVersion !== undefined || Object.keys(status ?? {}).length > 0;
  const refuse = (field: string | undefined, why: string): never => {
    const line = (field === undefined ? undefined : manifest.lineOf(field)) ?? manifest.place.line;
    throw new InputError(
      { ...manifest.place, ...(line !== undefined && { line }), ...(field !== undefined && { field }) },
      `an API server refuses ${object.kind} ${named.name}: ${why}`,
    );
  };
  const { error, strict } = checkFields(kind, loose);
  const said = error ?? strict[0];
  if (said !== undefined) {
    const named = FIELD_SAID.exec(said);
    refuse(named?.[1] ?? named?.[2], said);
  }
  const { object: whole, isTyped } = completeTyped(kind, loose);
  const [first] = isTyped ? refusals(kind, whole, isStored) : validateTypes(kind, whole);
  if (first !== undefined) refuse(first.field, first.message);
  return whole;
}

/** The field that a decoder's sentence is about. */
const FIELD_SAID = /unknown field "([^"]+)"|(?:field|into Go struct field) [A-Z]\w*\.(\S+)/;

/** Kinds whose values decide what happens here. Others may need what only a server gives them, such as addresses. */
const JUDGED = new Set([
  "CronJob",
  "DaemonSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "PodDisruptionBudget",
  "PriorityClass",
  "ReplicaSet",
  "ReplicationController",
  "StatefulSet",
  "StorageClass",
]);

/** What comes from a server was judged there. */
function refusals(kind: Kind, object: KubeObject, isStored: boolean) {
  const isJudged = !isStored && (JUDGED.has(kind.kind) || ["Node", "Pod"].includes(kind.kind));
  return isJudged ? validateCreate(kind, object, true) : [];
}

/** Of several manifests for one object the last counts, as with `kubectl apply`. */
function lastOfEach(objects: readonly KubeObject[], assumed: string[]): KubeObject[] {
  const last = new Map<string, KubeObject>();
  for (const object of objects) {
    const { namespace = "", name } = object.metadata;
    const key = `${object.apiVersion} ${object.kind} ${namespace}/${name}`;
    if (last.has(key))
      assumed.push(`of several ${object.kind} ${namespace === "" ? "" : `${namespace}/`}${name} the last`);
    last.set(key, object);
  }
  return [...last.values()];
}

function presupposedBy(manifests: readonly Manifest[], assumed: string[]): KubeObject[] {
  const namespaces = [...new Set([...missingNamespaces(manifests), "default"])];
  for (const name of missingNamespaces(manifests)) if (name !== "default") assumed.push(`namespace ${name}`);
  const classes = missingClasses(manifests).map((name) => {
    const body = guessedClass(name);
    assumed.push(`storage class ${name}, provisioned by ${body.provisioner}`);
    return body;
  });
  const theirs = manifests.map(({ object }) => object).filter(({ kind }) => kind === "StorageClass");
  const hasDefault = theirs.some(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true");
  if (wantsDefaultClass(manifests) && !hasDefault) {
    const body = guessedClass("default");
    assumed.push(`a default storage class, as some claims name none, provisioned by ${body.provisioner}`);
    classes.push({ ...body, metadata: { name: "default", annotations: { [DEFAULT_CLASS]: "true" } } });
  }
  const objects = [
    ...namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ...classes,
  ] as unknown as KubeObject[];
  return objects.map((object) => {
    const whole = { ...object, metadata: stored(object.kind, object.metadata) };
    const kind = findKind(object.apiVersion, object.kind);
    return kind === undefined ? whole : completeTyped(kind, whole).object;
  });
}

/** Workloads that an autoscaler would not leave below its minimum. */
function scaled(objects: readonly KubeObject[], assumed: string[]): KubeObject[] {
  const floors = new Map<string, number>();
  for (const object of objects) {
    if (object.kind !== "HorizontalPodAutoscaler") continue;
    const { metadata, spec } = object as HorizontalPodAutoscaler;
    const target = `${spec.scaleTargetRef.kind} ${metadata.namespace}/${spec.scaleTargetRef.name}`;
    floors.set(target, spec.minReplicas ?? 1);
  }
  return objects.map((object) => {
    const floor = floors.get(`${object.kind} ${object.metadata.namespace}/${object.metadata.name}`) ?? 0;
    const { spec } = object as KubeObject & { spec?: { replicas?: number } };
    if (spec?.replicas === undefined || spec.replicas >= floor) return object;
    assumed.push(
      `${object.kind} ${object.metadata.namespace}/${object.metadata.name} has its autoscaler's minimum of ${floor} replicas`,
    );
    return { ...object, spec: { ...spec, replicas: floor } } as KubeObject;
  });
}

function makePods(
  objects: readonly KubeObject[],
  nodes: readonly Node[],
  manifests: readonly Manifest[],
  admission: PodAdmission,
) {
  const owned = new Set(
    objects.flatMap((object) => controllerOf(object) ?? []).map(({ kind, uid }) => `${kind} ${uid}`),
  );
  const others: KubeObject[] = [];
  const pods: Pod[] = [];
  const refused: string[] = [];
  let total = 0;
  for (const object of objects) {
    if (owned.has(`${object.kind} ${object.metadata.uid}`)) continue;
    total += wantedOf(object);
    if (total > PODS_MAX) throw tooMany(object, manifests, total);
    const made = madeOf(object, nodes);
    others.push(...made.replicaSets, ...made.claims);
    let why: string | undefined;
    for (const each of made.pods) {
      const pod = admission.admit(completeTyped(POD, withKeys(each)).object);
      const refusal = admission.refusal(pod);
      if (refusal === undefined) pods.push(pod);
      else why ??= refusal;
    }
    const { namespace, name } = object.metadata;
    if (why !== undefined) refused.push(`${object.kind} ${namespace}/${name} gets no pods: ${why}`);
  }
  return { others: others.map(whole), pods, refused };
}

const POD = { group: "", version: "v1", kind: "Pod" };

function whole(object: KubeObject): KubeObject {
  const kind = findKind(object.apiVersion, object.kind);
  return kind === undefined ? object : completeTyped(kind, object).object;
}

function tooMany({ kind, metadata }: KubeObject, manifests: readonly Manifest[], total: number): InputError {
  const manifest = manifests.find(
    ({ object }) => object.kind === kind && object.metadata.name === metadata.name,
  );
  const line = manifest?.lineOf("spec.replicas") ?? manifest?.place.line;
  return new InputError(
    { file: manifest?.place.file ?? "", ...(line !== undefined && { line }), field: "spec.replicas" },
    `makes ${total} pods with ${kind} ${metadata.name}; at most ${PODS_MAX} can be looked at`,
  );
}

function withKeys(pod: Pod): Pod {
  return { ...pod, spec: withLabelKeys(pod.spec, pod.metadata.labels ?? {}) };
}

function admitted(pod: Pod, admission: PodAdmission): Pod {
  // A pod that is on a node was admitted where it comes from.
  if (pod.spec.nodeName) return pod;
  return admission.admit(withKeys({ ...pod, spec: withDefaultTolerations(pod.spec) }));
}

function prioritized(
  pod: Pod,
  classes: readonly Pick<PriorityClass, "metadata" | "value" | "globalDefault" | "preemptionPolicy">[],
): Pod {
  const { priorityClassName, priority } = pod.spec;
  if (priority !== undefined) return pod;
  const found = classes.find(({ metadata, globalDefault }) =>
    priorityClassName ? metadata.name === priorityClassName : globalDefault === true,
  );
  const preemptionPolicy = found?.preemptionPolicy ?? "PreemptLowerPriority";
  return { ...pod, spec: { ...pod.spec, priority: found?.value ?? 0, preemptionPolicy } };
}

/** Those that every cluster has. */
const SYSTEM_CLASSES = [
  { metadata: { name: "system-cluster-critical" }, value: 2_000_000_000 },
  { metadata: { name: "system-node-critical" }, value: 2_000_001_000 },
] as unknown as readonly PriorityClass[];

function isPriorityClass(object: KubeObject): object is PriorityClass {
  return object.kind === "PriorityClass";
}

function isPod(object: KubeObject): object is Pod {
  return object.apiVersion === "v1" && object.kind === "Pod";
}

function isGoingOn({ status }: Pod): boolean {
  return status?.phase !== "Succeeded" && status?.phase !== "Failed";
}
