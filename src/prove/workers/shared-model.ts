import type { KubeObject, Node } from "../../kube/types/index.ts";
import { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import { WATCHED_KINDS } from "../../scheduler/feed.ts";
import type { Budget } from "../model/budget.ts";
import { Model } from "../model/model.ts";
import type { PodClass } from "../model/pod-class.ts";
import { type PodColumns, PodTable } from "../model/pod-table.ts";

/** A model in a form that another thread can be given: what is large is shared, the rest is plain data that is copied. */
export interface SharedModel {
  readonly pods: PodColumns;
  readonly nodes: readonly Node[];
  readonly classes: readonly PodClass[];
  readonly budgets: readonly Budget[];
  /** In the order of `WATCHED_KINDS`. */
  readonly objects: readonly (readonly KubeObject[])[];
  readonly realUids: ReadonlyMap<number, string>;
  readonly kubernetesMinor: number;
}

/** What placing reads of a model; workloads and notes are for those who judge, in the thread that has the model. */
export function shareModel(model: Model): SharedModel {
  const { nodes, classes, budgets, objects, kubernetesMinor } = model;
  return {
    pods: model.podTable.shared(),
    nodes,
    classes,
    budgets,
    objects: WATCHED_KINDS.map(({ table }) => [...table(objects).all()]),
    realUids: model.realUids,
    kubernetesMinor,
  };
}

/** The model on the other side. */
export function modelOf(shared: SharedModel): Model {
  const objects = new ClusterObjects();
  for (const [i, { table }] of WATCHED_KINDS.entries()) {
    for (const object of shared.objects[i] ?? []) table(objects).set(object);
  }
  const { nodes, classes, budgets, realUids, kubernetesMinor } = shared;
  return new Model({
    nodes,
    pods: PodTable.of(shared.pods),
    classes,
    workloads: [],
    quotas: [],
    objects,
    budgets,
    realUids,
    unknowns: [],
    assumed: [],
    passedOver: new Map(),
    kubernetesMinor,
  });
}
