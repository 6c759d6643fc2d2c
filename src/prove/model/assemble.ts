/** From what a builder has collected to a model: everything gets its place in an order that only depends on what it is. */
import type { Deployment, KubeObject, Node, ResourceQuota } from "../../kube/types/index.ts";
import type { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import { budgetsOf } from "./budget.ts";
import type { ClassDraft } from "./class-drafts.ts";
import { finishClasses } from "./finish-classes.ts";
import { Model } from "./model.ts";
import type { Notes } from "./notes.ts";
import { compareTexts } from "./order.ts";
import { groupKindOf, type Owners } from "./owners.ts";
import { orderPods } from "./pod-order.ts";
import { type PodTable, READY, TERMINATING } from "./pod-table.ts";
import { settlePods } from "./settle.ts";
import { imagesOf, withImages } from "./slim.ts";
import type { Unknown } from "./unknown.ts";
import { collectWorkloads } from "./workloads.ts";

export interface Collected {
  readonly objects: ClusterObjects;
  readonly nodes: ReadonlyMap<string, Node>;
  /** By "group/Kind namespace/name". */
  readonly workloads: ReadonlyMap<string, KubeObject>;
  readonly quotas: readonly ResourceQuota[];
  readonly owners: Owners;
  readonly pods: PodTable;
  readonly drafts: readonly ClassDraft[];
  /** By the number that pods are noted with. */
  readonly nodeNames: readonly string[];
  /** By the pod's place in `pods`. */
  readonly realUids: ReadonlyMap<number, string>;
  readonly unknowns: readonly Unknown[];
  readonly notes: Notes;
  readonly passedOver: ReadonlyMap<string, number>;
  readonly kubernetesMinor: number;
}

/** Uses `collected` up. */
export function assemble(collected: Collected): Model {
  const { objects, notes } = collected;
  const nodes = [...collected.nodes.values()].sort((a, b) => compareTexts(a.metadata.name, b.metadata.name));
  const all = orderPods(collected.pods, collected.drafts, notes);
  const { order, orphans } = settlePods(all, collected, nodes);
  const pods = collected.pods.reordered(order);
  const drafts = renumberClasses(pods, collected.drafts);
  const found = collectWorkloads(drafts, collected);
  const finished = finishClasses(drafts, pods, found.ofClass, collected);
  const unknowns = [...collected.unknowns, ...found.unknowns, ...finished.unknowns];
  for (const { pod, ...unknown } of orphans) {
    unknowns.push({ ...unknown, workload: found.ofClass[pods.classOf[pod] as number] as number });
  }
  const { classes } = finished;
  const used = imagesOf(classes);
  const healthy = countHealthy(pods, classes.length);
  return new Model({
    nodes: nodes.map((node) => withImages(node, used)),
    pods,
    classes,
    workloads: found.workloads,
    objects,
    quotas: collected.quotas.toSorted(
      ({ metadata: a }, { metadata: b }) =>
        compareTexts(a.namespace ?? "", b.namespace ?? "") || compareTexts(a.name, b.name),
    ),
    budgets: budgetsOf({
      objects,
      classes,
      deployments: deploymentsOf(collected.workloads.values()),
      healthyOf: (podClass) => healthy[podClass] as number,
    }),
    realUids: movedUids(order, collected.realUids),
    unknowns: unknowns.sort((a, b) => compareTexts(a.object, b.object) || compareTexts(a.why, b.why)),
    assumed: notes.sentences(),
    passedOver: new Map([...collected.passedOver].sort(([a], [b]) => compareTexts(a, b))),
    kubernetesMinor: collected.kubernetesMinor,
  });
}

/** Numbers the classes that have pods in the order of their first pods. */
function renumberClasses(pods: PodTable, drafts: readonly ClassDraft[]): readonly ClassDraft[] {
  const numbers = new Int32Array(drafts.length).fill(-1);
  const used: ClassDraft[] = [];
  for (let i = 0; i < pods.count; i++) {
    const draft = pods.classOf[i] as number;
    if (numbers[draft] === -1) {
      numbers[draft] = used.length;
      used.push(drafts[draft] as ClassDraft);
    }
    pods.classOf[i] = numbers[draft] as number;
  }
  return used;
}

function countHealthy(pods: PodTable, classes: number): Int32Array {
  const counts = new Int32Array(classes);
  for (let i = 0; i < pods.count; i++) {
    const flags = pods.flags[i] as number;
    if ((flags & READY) === 0 || (flags & TERMINATING) !== 0) continue;
    const index = pods.classOf[i] as number;
    counts[index] = (counts[index] as number) + 1;
  }
  return counts;
}

/** By "namespace/name". */
export function deploymentsOf(workloads: Iterable<KubeObject>): ReadonlyMap<string, Deployment> {
  const deployments = new Map<string, Deployment>();
  for (const object of workloads) {
    if (groupKindOf(object) !== "apps/Deployment") continue;
    deployments.set(`${object.metadata.namespace}/${object.metadata.name}`, object as Deployment);
  }
  return deployments;
}

function movedUids(order: Uint32Array, uids: ReadonlyMap<number, string>): ReadonlyMap<number, string> {
  const moved = new Map<number, string>();
  if (uids.size === 0) return moved;
  for (const [i, before] of order.entries()) {
    const uid = uids.get(before);
    if (uid !== undefined) moved.set(i, uid);
  }
  return moved;
}
