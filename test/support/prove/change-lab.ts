/**
 * Changes on purpose, judged by a whole lab: the same cluster is drained or rolled out there, with its controllers, and what
 * became of it is compared with what the proof says.
 */

import { drainNode } from "../../../src/drill/faults/drain-node.ts";
import { rollingUpdate } from "../../../src/drill/faults/rolling-update.ts";
import { labTarget } from "../../../src/drill/lab-target.ts";
import type { Kind } from "../../../src/kube/kind.ts";
import { daemonSets, deployments, KINDS, pods, statefulSets } from "../../../src/kube/kinds.ts";
import { compileSelector } from "../../../src/kube/selectors.ts";
import type { DaemonSet, Deployment, KubeObject, Pod, StatefulSet } from "../../../src/kube/types/index.ts";
import { createLab, type Lab } from "../../../src/lab/lab.ts";
import type { ChangeOutcome } from "../../../src/prove/changes/change-outcome.ts";
import { ChangingCluster } from "../../../src/prove/changes/changing-cluster.ts";
import { drain } from "../../../src/prove/changes/drain.ts";
import { rollOut } from "../../../src/prove/changes/rollout.ts";
import { ModelBuilder } from "../../../src/prove/model/builder.ts";
import type { Model } from "../../../src/prove/model/model.ts";
import { drive } from "../../../src/time/drive.ts";

/** A body that the API server completes. */
export type Body = { readonly apiVersion: string; readonly kind: string } & Record<string, unknown>;

export type Change =
  | { readonly drain: readonly string[] }
  /** "Deployment web", in namespace "default". */
  | { readonly rollOut: string };

export interface ChangeCase {
  readonly name: string;
  /** node-1 … node-N with 4 cores each, dealt over as many zones; 3 by default. */
  readonly nodes?: number;
  readonly zones?: number;
  readonly objects: readonly Body[];
  /** Powered off and given up, ten minutes before the change. */
  readonly lost?: readonly string[];
  readonly change: Change;
  readonly ends: boolean;
}

export interface Seen {
  readonly ends: boolean;
  /** By "Kind name", the fewest ready pods. */
  readonly lowest: Readonly<Record<string, number>>;
}

/** No registry has it: what runs it never becomes ready. */
export const NO_IMAGE = "registry.example/none:1";

const SETTLE_MS = 60_000;
const GIVEN_UP_MS = 600_000;
const WATCH_MS = 1_200_000;

/** What the proof says, and what the lab then does. */
export async function provedAndSeen(given: ChangeCase): Promise<{
  readonly proved: Seen;
  readonly outcome: ChangeOutcome;
  readonly seen: Seen;
  readonly model: Model;
}> {
  const { nodes = 3, zones = 1, objects, lost = [], change } = given;
  const profile = { images: { [NO_IMAGE]: { unavailable: true } } };
  const lab = createLab({ seed: 1, nodes, zones, nodeCpu: "4", nodeMemory: "16Gi", profile });
  await drive(lab.engine, lab.ready());
  for (const object of objects) {
    await create(lab, object);
    // Each finds its place before the next one comes.
    lab.engine.runFor(SETTLE_MS);
  }
  for (const node of lost) lab.failures.fail(node, "power-off");
  if (lost.length > 0) lab.engine.runFor(GIVEN_UP_MS);
  const model = modelOf(lab);
  const outcome = prove(model, change);
  const proved = { ends: outcome.ends, lowest: named(model, outcome.lowest) };
  return { proved, outcome, model, seen: await carryOut(lab, change) };
}

async function create(lab: Lab, object: Body): Promise<void> {
  const kind = lab.findKind(object.apiVersion, object.kind) as Kind;
  const namespace = kind.namespaced ? "default" : undefined;
  await drive(lab.engine, lab.client("admin").create(kind, namespace, object));
}

function modelOf(lab: Lab): Model {
  const builder = new ModelBuilder();
  for (const kind of KINDS) {
    if (!kind.verbs.includes("list") || !kind.verbs.includes("watch")) continue;
    for (const object of lab.api.list(kind as Kind<KubeObject>)) builder.add(object);
  }
  return builder.build();
}

function prove(model: Model, change: Change): ChangeOutcome {
  const cluster = new ChangingCluster(model, { seed: 1 });
  if ("drain" in change) {
    const nodes = change.drain.map((name) => model.nodes.findIndex(({ metadata }) => metadata.name === name));
    return drain(cluster, nodes);
  }
  const workload = model.workloads.find(({ kind, name }) => `${kind} ${name}` === change.rollOut);
  if (workload === undefined) throw new Error(`nothing to roll out: ${change.rollOut}`);
  return rollOut(cluster, workload);
}

function named(model: Model, lowest: ReadonlyMap<number, number>): Seen["lowest"] {
  return Object.fromEntries(
    [...lowest].map(([index, ready]) => {
      const workload = model.workloads[index];
      return [`${workload?.kind} ${workload?.name}`, ready];
    }),
  );
}

async function carryOut(lab: Lab, change: Change): Promise<Seen> {
  const lowest = watchReady(lab);
  const target = labTarget(lab);
  if ("drain" in change) {
    const injected = [];
    for (const node of change.drain)
      injected.push(await drive(lab.engine, drainNode({ node }).inject(target)));
    await drive(lab.engine, lab.engine.sleep(WATCH_MS));
    const left = lab.api
      .list(pods)
      .filter(({ spec }) => change.drain.includes(spec.nodeName ?? ""))
      .filter(({ metadata }) => !metadata.ownerReferences?.some(({ kind }) => kind === "DaemonSet"));
    return { ends: left.length === 0, lowest: lowest() };
  }
  const [kind = "", name = ""] = change.rollOut.split(" ");
  const workload = { kind: kind as "Deployment", namespace: "default", name };
  await drive(lab.engine, rollingUpdate(workload).inject(target));
  await drive(lab.engine, lab.engine.sleep(WATCH_MS));
  return { ends: isRolledOut(lab, kind, name), lowest: lowest() };
}

function isRolledOut(lab: Lab, kind: string, name: string): boolean {
  if (kind === "Deployment") {
    const { spec, status } = lab.api.get(deployments, "default", name) as Deployment;
    const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
    return [updatedReplicas, replicas, availableReplicas].every((count) => count === spec.replicas);
  }
  if (kind === "StatefulSet") {
    const { spec, status } = lab.api.get(statefulSets, "default", name) as StatefulSet;
    const { partition = 0 } = spec.updateStrategy?.rollingUpdate ?? {};
    if (spec.updateStrategy?.type === "OnDelete") return true;
    const { updatedReplicas = 0, readyReplicas = 0 } = status;
    return updatedReplicas >= spec.replicas - partition && readyReplicas === spec.replicas;
  }
  const { spec, status } = lab.api.get(daemonSets, "default", name) as DaemonSet;
  if (spec.updateStrategy?.type === "OnDelete") return true;
  const { desiredNumberScheduled, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
  return updatedNumberScheduled === desiredNumberScheduled && numberAvailable === desiredNumberScheduled;
}

/** Counts the ready pods of every workload from now on. */
function watchReady(lab: Lab): () => Seen["lowest"] {
  const workloads = [deployments, statefulSets, daemonSets].flatMap((kind) =>
    lab.api.list(kind as Kind<Deployment>),
  );
  const bare = new Set<string>();
  const lowest: Record<string, number> = {};
  const count = () => {
    for (const { kind, metadata, spec } of workloads) {
      const selector = compileSelector(spec.selector);
      const ready = lab.api
        .list(pods)
        .filter((pod) => selector.matches(pod.metadata.labels) && serves(pod)).length;
      const key = `${kind} ${metadata.name}`;
      lowest[key] = Math.min(lowest[key] ?? ready, ready);
    }
    for (const name of bare) {
      const pod = lab.api.get(pods, "default", name);
      const ready = pod !== undefined && serves(pod) ? 1 : 0;
      lowest[`Pod ${name}`] = Math.min(lowest[`Pod ${name}`] ?? ready, ready);
    }
  };
  for (const { metadata } of lab.api.list(pods)) {
    if (metadata.ownerReferences === undefined) bare.add(metadata.name);
  }
  count();
  lab.api.onChange(pods, count);
  return () => lowest;
}

function serves({ metadata, status }: Pod): boolean {
  const isReady =
    status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
  return isReady && metadata.deletionTimestamp === undefined;
}
