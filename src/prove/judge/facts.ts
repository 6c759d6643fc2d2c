/**
 * What a cluster's workloads are before anything is lost, as the judge reads it: how many pods are ready, how few are enough
 * and who says so, how long one takes to start, what data it holds, whether requests go to it. Worked out once for all losses.
 */

import { labelsContain } from "../../kube/selectors.ts";
import { TAINT_UNREACHABLE } from "../../kube/taints.ts";
import { type Timing, timingFor } from "../../kube/timing.ts";
import type { Job, KubeObject, PodSpec, StringMap } from "../../kube/types/index.ts";
import { planEviction } from "../../lab/controllers/taint-eviction/eviction-plan.ts";
import type { ProfileFile } from "../../lab/node/profile.ts";
import { type ControlPlane, controlPlaneOf } from "../losses/control-plane.ts";
import type { Model } from "../model/model.ts";
import type { PodClass } from "../model/pod-class.ts";
import type { Unknown } from "../model/unknown.ts";
import type { Workload } from "../model/workload.ts";
import { type HeldData, HeldDataReader } from "./data.ts";
import { quorumOf } from "./quorum.ts";
import { Quotas } from "./quotas.ts";
import { type StartTime, StartTimes } from "./start-time.ts";

export interface ClassFacts {
  readonly podClass: PodClass;
  /** Seconds from a node's taint until they are evicted from it; Infinity for those that stay. */
  readonly evictedAfter: number;
  readonly start: StartTime;
  readonly data: HeldData;
  /** Whether some Service sends requests to them. */
  readonly isServed: boolean;
  /** Indexes of the requirements that their being ready counts for. */
  readonly requirements: readonly number[];
}

/**
 * - "serving": what counts is how many are ready.
 * - "task": a Job, which serves nobody: lost pods only begin anew.
 * - "per-node": each pod is there for its own node.
 */
export type Purpose = "serving" | "task" | "per-node";

export interface WorkloadFacts {
  readonly workload: Workload;
  readonly purpose: Purpose;
  /** Ready and not on their way out. */
  readonly ready: number;
  readonly wanted: number;
  /** Of tasks: how many more failures it bears. */
  readonly failuresLeft: number;
  /** Classes of its pods. */
  readonly classes: readonly number[];
}

/** So many of these pods have to be ready. */
export interface Requirement {
  /** Index of the workload, or of every workload that a budget covers. */
  readonly workloads: readonly number[];
  readonly classes: readonly number[];
  readonly enough: number;
  readonly ready: number;
  /** "it needs one", "3 etcd members need a quorum of 2", "budget shop/cart wants 2". */
  readonly why: string;
}

export interface Facts {
  readonly model: Model;
  readonly timing: Timing;
  readonly controlPlane: ControlPlane;
  readonly classes: readonly ClassFacts[];
  readonly workloads: readonly WorkloadFacts[];
  readonly requirements: readonly Requirement[];
  /** By workload, indexes of the requirements that are its own or shared with others, ascending. */
  readonly requirementsOf: readonly (readonly number[])[];
  /** By workload, the first thing that is not known about it. */
  readonly unknownOf: ReadonlyMap<number, Unknown>;
  readonly quotas: Quotas;
  /** What would add nodes when pods find no room, which nobody can tell beforehand. */
  readonly autoscaler?: string;
  readonly assumed: readonly string[];
}

export interface FactOptions {
  /** What is known of the programs beyond the catalogue. */
  readonly profiles?: ProfileFile;
}

export function factsOf(model: Model, { profiles }: FactOptions = {}): Facts {
  const assumed: string[] = [];
  const timing = timingFor(model.kubernetesMinor);
  const classesOf: number[][] = model.workloads.map(() => []);
  for (const { index, workload } of model.classes) classesOf[workload]?.push(index);
  const readyOf = readyByClass(model);
  const workloads = model.workloads.map((workload) =>
    workloadFacts(workload, classesOf[workload.index] ?? [], readyOf, model),
  );
  const requirements = requirementsOf(workloads, model, readyOf, assumed);
  const requiring: number[][] = model.classes.map(() => []);
  const concerning: number[][] = model.workloads.map(() => []);
  for (const [index, { classes, workloads: covered }] of requirements.entries()) {
    for (const each of classes) requiring[each]?.push(index);
    for (const each of covered) concerning[each]?.push(index);
  }
  const isServed = servedClasses(model);
  const startTimes = new StartTimes(profiles);
  const held = new HeldDataReader(model);
  const evictedAfter = memoized(evictionDelay);
  const classes = model.classes.map((podClass): ClassFacts => {
    const { prototype, index } = podClass;
    const { name } = model.workloads[podClass.workload] as Workload;
    return {
      podClass,
      evictedAfter: evictedAfter(prototype.spec.tolerations),
      start: startTimes.of(prototype, name),
      data: held.of(prototype),
      isServed: isServed(podClass),
      requirements: requiring[index] ?? [],
    };
  });
  const guessed = startTimes.guessed.size;
  if (guessed > 0) {
    assumed.push(
      `${guessed} image${guessed === 1 ? "" : "s"} that nothing is known about take${guessed === 1 ? "s" : ""} 2 to 6 s to pull and 1 to 3 s to start`,
    );
  }
  const autoscaler = autoscalerOf(model);
  return {
    model,
    timing,
    controlPlane: controlPlaneOf(model),
    classes,
    workloads,
    requirements,
    requirementsOf: concerning,
    unknownOf: firstUnknowns(model),
    quotas: new Quotas(model),
    ...(autoscaler !== undefined && { autoscaler }),
    assumed,
  };
}

function firstUnknowns({ unknowns }: Model): ReadonlyMap<number, Unknown> {
  const first = new Map<number, Unknown>();
  for (const unknown of unknowns) {
    const { workload } = unknown;
    if (workload !== undefined && !first.has(workload)) first.set(workload, unknown);
  }
  return first;
}

/** Whether the pod counts: ready, on a node, and not on its way out. */
export function countsAsReady(model: Model, pod: number): boolean {
  return model.isReady(pod) && !model.isTerminating(pod) && (model.nodeOf[pod] as number) >= 0;
}

function readyByClass(model: Model): Int32Array {
  const ready = new Int32Array(model.classes.length);
  for (let pod = 0; pod < model.podCount; pod++) {
    const index = model.classOf[pod] as number;
    if (countsAsReady(model, pod)) ready[index] = (ready[index] as number) + 1;
  }
  return ready;
}

function workloadFacts(
  workload: Workload,
  classes: readonly number[],
  readyOf: Int32Array,
  model: Model,
): WorkloadFacts {
  const ready = total(classes, readyOf);
  const isPerNode =
    workload.isStatic || classes.some((index) => model.classes[index]?.replacement === "same-node");
  const purpose: Purpose =
    isPerNode || workload.kind === "DaemonSet"
      ? "per-node"
      : workload.kind === "Job" || workload.kind === "CronJob"
        ? "task"
        : "serving";
  return {
    workload,
    purpose,
    ready,
    wanted: workload.replicas ?? ready,
    failuresLeft: failuresLeft(workload.object),
    classes,
  };
}

function failuresLeft(object: KubeObject | undefined): number {
  if (object?.kind !== "Job") return Number.POSITIVE_INFINITY;
  const { spec, status } = object as Job;
  // A policy may let such failures pass; which ones is for the Job to say, and most say so of pods that were evicted.
  if (spec.podFailurePolicy !== undefined) return Number.POSITIVE_INFINITY;
  return (spec.backoffLimit ?? 6) - (status?.failed ?? 0);
}

function requirementsOf(
  workloads: readonly WorkloadFacts[],
  model: Model,
  readyOf: Int32Array,
  assumed: string[],
): Requirement[] {
  const requirements: Requirement[] = [];
  for (const { workload, purpose, ready, wanted, classes } of workloads) {
    if (purpose === "task" || workload.isStatic || ready === 0) continue;
    const prototype = model.classes[classes[0] as number]?.prototype;
    const quorum = workload.kind === "StatefulSet" && prototype ? quorumOf(prototype, wanted) : undefined;
    if (quorum !== undefined) {
      const { program, quorum: needed } = quorum;
      assumed.push(
        `${workload.kind} ${workload.namespace}/${workload.name}: ${wanted} ${program} members need a quorum of ${needed}`,
      );
    }
    const enough = Math.min(quorum?.quorum ?? 1, ready);
    const why =
      quorum === undefined
        ? "it needs one"
        : `${wanted} ${quorum.program} members need a quorum of ${quorum.quorum}`;
    requirements.push({ workloads: [workload.index], classes, enough, ready, why });
  }
  for (const { object, classes, desiredHealthy } of model.budgets) {
    const ready = total(classes, readyOf);
    // What is below the floor already is nothing that a loss does.
    const enough = Math.min(desiredHealthy, ready);
    if (enough === 0) continue;
    const covered = [...new Set(classes.map((index) => (model.classes[index] as PodClass).workload))].sort(
      (a, b) => a - b,
    );
    const why = `budget ${object.metadata.namespace}/${object.metadata.name} wants ${desiredHealthy}`;
    requirements.push({ workloads: covered, classes, enough, ready, why });
  }
  return requirements;
}

function total(classes: readonly number[], of: Int32Array): number {
  return classes.reduce((sum, index) => sum + (of[index] ?? 0), 0);
}

function evictionDelay(tolerations: PodSpec["tolerations"]): number {
  const plan = planEviction([{ key: TAINT_UNREACHABLE, effect: "NoExecute" }], tolerations);
  if (plan.kind === "stay") return Number.POSITIVE_INFINITY;
  return plan.kind === "evict-now" ? 0 : plan.afterMs / 1000;
}

/** What classes have in common, the model holds once: for the same value the answer is the same. */
function memoized<K, V>(work: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = work(key);
      known.set(key, value);
    }
    return value;
  };
}

function servedClasses({ objects }: Model): (podClass: PodClass) => boolean {
  /** By namespace and one label that the Service's pods have. */
  const byLabel = new Map<string, StringMap[]>();
  for (const service of objects.services.all()) {
    const { selector, type, publishNotReadyAddresses } = service.spec;
    if (
      !selector ||
      Object.keys(selector).length === 0 ||
      type === "ExternalName" ||
      publishNotReadyAddresses
    )
      continue;
    const [label] = Object.entries(selector) as [[string, string]];
    const key = labelKey(service.metadata.namespace, ...label);
    const known = byLabel.get(key);
    if (known === undefined) byLabel.set(key, [selector]);
    else known.push(selector);
  }
  return ({ prototype: { metadata } }) =>
    Object.entries(metadata.labels ?? {}).some(([label, value]) =>
      byLabel
        .get(labelKey(metadata.namespace, label, value))
        ?.some((selector) => labelsContain(metadata.labels, selector)),
    );
}

function labelKey(namespace = "", label: string, value: string): string {
  return `${namespace}/${label}=${value}`;
}

const AUTOSCALERS = /cluster-autoscaler|karpenter/;

/** A program in the cluster that adds nodes. */
function autoscalerOf({ workloads }: Model): string | undefined {
  const found = workloads.find(({ kind, name }) => kind === "Deployment" && AUTOSCALERS.test(name));
  return found && `${found.kind} ${found.namespace}/${found.name}`;
}
