/**
 * Changes a model by one pod or one node, in place: in a fraction of the time of building it anew, and with the same outcome but
 * for the numbers of classes; those without pods stay, as do the images on nodes that only they would run. Changes that reach further (a workload that comes or goes, what a notice or an unknown is about)
 * are refused, with the reason; whoever has the objects then builds the model anew.
 */
import { deepEqual, deepFreeze } from "../../base/deep.ts";
import { controllerOf } from "../../kube/owners.ts";
import type { KubeObject, Node, Pod } from "../../kube/types/index.ts";
import { checkAmounts } from "./amounts.ts";
import type { ChangedInPlace, ModelChange, NeedsAnother, PodMove, PodPlace } from "./change.ts";
import { ChangedBudgets } from "./changed-budgets.ts";
import { finishedClass, unmodelled } from "./finish-classes.ts";
import { Interner } from "./interner.ts";
import type { Model } from "./model.ts";
import { compareTexts } from "./order.ts";
import { groupKindOf } from "./owners.ts";
import type { PodClass } from "./pod-class.ts";
import { claimingUid, flagsAndName, hasEnded, podFacts } from "./pod-facts.ts";
import { type PodShape, shapeOf } from "./pod-shape.ts";
import { ORPHANED, type PodRow, READY, TERMINATING } from "./pod-table.ts";
import { WORKLOAD_KINDS } from "./read-kinds.ts";
import { isWorking, orphaned } from "./settle.ts";
import { imagesOf, slimObject, withImages } from "./slim.ts";
import { typeError } from "./type-error.ts";
import { describeObject, type Unknown } from "./unknown.ts";
import { withoutNulls } from "./without-nulls.ts";
import type { Workload } from "./workload.ts";

/** Thrown within, before anything has been changed. */
class Refusal extends Error {}

export class ChangeableModel {
  readonly model: Model;
  readonly #interner = new Interner();
  readonly #budgets: ChangedBudgets;
  /** Indexes of classes by namespace and controller. */
  readonly #siblings = new Map<string, number[]>();
  readonly #images: ReadonlySet<string>;

  constructor(model: Model) {
    this.model = model;
    this.#budgets = new ChangedBudgets(model);
    this.#images = imagesOf(model.classes);
    for (const one of model.classes) this.#keepSibling(one);
  }

  /** Makes the change, or says why it cannot be made in place; then nothing is changed. */
  apply(change: ModelChange): ChangedInPlace | NeedsAnother {
    try {
      switch (change.kind) {
        case "pod":
          return this.#putPod(change.pod);
        case "pod-gone":
          return this.#removePod(change.namespace, change.name);
        case "node":
          return this.#putNode(change.node);
        case "node-gone":
          return this.#removeNode(change.name);
      }
    } catch (error) {
      if (error instanceof Refusal) return { kind: "anew", why: error.message };
      throw error;
    }
  }

  #putPod(given: Pod): ChangedInPlace {
    const pod = withoutNulls(given);
    const { name, namespace = "default" } = pod.metadata;
    if (hasEnded(pod)) return this.#removePod(namespace, name);
    const error = typeError(pod) ?? (pod.spec === undefined ? "it has no spec" : undefined);
    if (error !== undefined) throw new Refusal(`the pod cannot be read: ${error}`);
    const { model } = this;
    const { at, isThere } = this.#find(namespace, name);
    const before = isThere ? this.#placeOf(at) : undefined;
    if (before !== undefined) this.#checkLeaving(before);
    const facts = podFacts(pod, true);
    if (facts.isTerminating) throw new Refusal("the pod is being deleted");
    const node = facts.nodeName ? this.#nodeNamed(facts.nodeName) : -1;
    const { podClass, isNew } = this.#classOf(pod);
    if (before !== undefined && before.podClass !== podClass.index)
      this.#checkEmptied(before, podClass.workload);
    if (isNew) this.#addClass(podClass);
    const kept = flagsAndName(podClass.prototype, facts);
    const row: PodRow = { podClass: podClass.index, node, startSeconds: facts.startSeconds, ...kept };
    model.putPod(at, row, !isThere, claimingUid(pod));
    const move: PodMove = { ...(before && { before }), after: this.#placeOf(at) };
    return this.#done([move], { hasNewClass: isNew });
  }

  #removePod(namespace: string, name: string): ChangedInPlace {
    const { at, isThere } = this.#find(namespace, name);
    if (!isThere) throw new Refusal("the pod is not in the model: it is on its way out, or was never there");
    const before = this.#placeOf(at);
    this.#checkLeaving(before);
    this.#checkEmptied(before, undefined);
    this.model.removePod(at);
    return this.#done([{ before }], {});
  }

  #putNode(given: Node): ChangedInPlace {
    const node = withoutNulls(given);
    const error = typeError(node);
    if (error !== undefined) throw new Refusal(`the node cannot be read: ${error}`);
    const { model } = this;
    const slim = withImages(slimObject(node, this.#interner) as Node, this.#images);
    const { list, problems } = checkAmounts(slim.status.allocatable);
    if (list === undefined || problems.length > 0)
      throw new Refusal("the node's allocatable amounts are not right");
    const { name } = slim.metadata;
    this.#checkUntold("Node", name);
    const { at, isThere } = this.#findNode(name);
    if (isThere) {
      const worked = isWorking(model.nodes[at] as Node);
      if (worked && !isWorking(slim)) this.#checkNobodyLeaves();
      if (!worked && isWorking(slim)) this.#checkStay(at);
    } else if (model.unknowns.some(({ why }) => why === orphaned(name))) {
      throw new Refusal("pods wait for the node");
    }
    model.putNode(at, slim, !isThere);
    return this.#done([], { node: { index: at, isNew: !isThere, isGone: false } });
  }

  #removeNode(name: string): ChangedInPlace {
    const { model } = this;
    const { at, isThere } = this.#findNode(name);
    if (!isThere) throw new Refusal("the node is not in the model");
    this.#checkUntold("Node", name);
    this.#checkStay(at);
    const pods = [...model.podsOn(at)];
    const unknowns: Unknown[] = [];
    const moves = pods.map((pod): PodMove => {
      const before = this.#placeOf(pod);
      const object = describeObject("Pod", model.namespaceOf(pod), model.nameOf(pod));
      unknowns.push({ object, why: orphaned(name), workload: model.podClass(pod).workload });
      model.putPod(
        pod,
        { ...model.podTable.row(pod), node: -1, flags: (before.flags | ORPHANED) & ~READY },
        false,
        model.realUids.get(pod),
      );
      return { before, after: this.#placeOf(pod) };
    });
    model.removeNode(at);
    if (unknowns.length > 0) {
      const all = [...model.unknowns, ...unknowns];
      model.putUnknowns(all.sort((a, b) => compareTexts(a.object, b.object) || compareTexts(a.why, b.why)));
    }
    return this.#done(moves, { node: { index: at, isNew: false, isGone: true } });
  }

  #done(
    pods: readonly PodMove[],
    { node, hasNewClass = false }: Partial<Pick<ChangedInPlace, "node" | "hasNewClass">>,
  ): ChangedInPlace {
    const budgets = this.#budgets.settle(pods);
    return { kind: "in-place", pods, ...(node && { node }), hasNewClass, budgets };
  }

  #placeOf(pod: number): PodPlace {
    const { classOf, nodeOf, flags } = this.model;
    return {
      pod,
      podClass: classOf[pod] as number,
      node: nodeOf[pod] as number,
      flags: flags[pod] as number,
    };
  }

  /** The class of the pod: a known one, or a new one of the same controller. */
  #classOf(pod: Pod): { readonly podClass: PodClass; readonly isNew: boolean } {
    const shape = shapeOf(pod, this.#interner);
    const { model } = this;
    const siblings = (this.#siblings.get(ownerKey(shape.prototype)) ?? []).map(
      (index) => model.classes[index] as PodClass,
    );
    const [first] = siblings;
    if (first === undefined) throw new Refusal("the pod is the first of its controller");
    this.#checkNoneTold(first.workload);
    if (!this.#hasPods(first.workload)) throw new Refusal("the pod is the first of its workload");
    const known = siblings.find(
      ({ prototype, isPinned }) => isPinned === shape.isPinned && deepEqual(prototype, shape.prototype),
    );
    if (known === undefined || model.podsOfClass(known.index).length === 0) this.#checkCounted(first);
    if (known !== undefined) return { podClass: known, isNew: false };
    this.#checkNewShape(shape, first);
    const podClass = finishedClass({
      index: model.classes.length,
      prototype: deepFreeze(shape.prototype),
      workload: first.workload,
      replacement: first.replacement,
      isPinned: shape.isPinned,
    });
    return { podClass, isNew: true };
  }

  #checkNewShape({ prototype, problems }: PodShape, { replacement }: PodClass): void {
    const [reason] = [...problems, ...unmodelled(prototype, replacement)];
    if (reason !== undefined) throw new Refusal(`the pod ${reason}`);
    const { containers, initContainers = [] } = prototype.spec;
    const isKnown = [...initContainers, ...containers].every(({ image }) => this.#images.has(image));
    if (!isKnown) throw new Refusal("which nodes have the pod's image was not kept");
  }

  #addClass(podClass: PodClass): void {
    this.model.addClass(podClass);
    this.#keepSibling(podClass);
    this.#budgets.addClass(podClass);
  }

  #keepSibling({ index, prototype }: PodClass): void {
    const key = ownerKey(prototype);
    const others = this.#siblings.get(key);
    if (others === undefined) this.#siblings.set(key, [index]);
    else others.push(index);
  }

  /** Whether a workload stays in the model by itself: known from its own object, or from pods. */
  #hasPods(workload: number): boolean {
    const { model } = this;
    if (model.workloads[workload]?.object !== undefined) return true;
    return model.classes.some((one) => one.workload === workload && model.podsOfClass(one.index).length > 0);
  }

  /** A pod that something is said about, or may be, does not leave its place without that. */
  #checkLeaving({ pod, podClass, node, flags }: PodPlace): void {
    const { model } = this;
    if ((flags & TERMINATING) !== 0) throw new Refusal("the pod was being deleted");
    const { workload, prototype } = model.classes[podClass] as PodClass;
    this.#checkNoneTold(workload);
    if (node < 0 && controllerOf(prototype)?.kind === "StatefulSet") this.#checkNobodyLeaves();
    this.#checkUntold("Pod", model.nameOf(pod), model.namespaceOf(pod));
  }

  /** The last pod of a workload that is known by its pods only. */
  #checkEmptied({ podClass }: PodPlace, next: number | undefined): void {
    const { model } = this;
    if (model.podsOfClass(podClass).length > 1) return;
    const { workload } = model.classes[podClass] as PodClass;
    this.#checkCounted(model.classes[podClass] as PodClass);
    if (workload === next) return;
    if (model.workloads[workload]?.object === undefined) {
      throw new Refusal("the pod may be the last that its workload is known by");
    }
  }

  /** A budget counts on the Deployment that stands between pods and their workload, which the model has no place for. */
  #checkCounted({ workload }: PodClass): void {
    const { kind, namespace, name, ...rest } = this.model.workloads[workload] as Workload;
    if (kind === "Pod" || WORKLOAD_KINDS.has(groupKindOf({ kind, ...rest }))) return;
    throw new Refusal(`${describeObject(kind, namespace, name)} is of a kind that is not modelled`);
  }

  /** Unknowns name one pod of a class, which another one may have to stand in for. */
  #checkNoneTold(workload: number): void {
    const told = this.model.unknowns.find(
      (unknown) => unknown.workload === workload && unknown.object.startsWith("Pod "),
    );
    if (told !== undefined) throw new Refusal(`${told.object} of the same workload ${told.why}`);
  }

  #checkUntold(kind: string, name: string, namespace?: string): void {
    const object = describeObject(kind, namespace, name);
    const told = this.model.unknowns.find((unknown) => unknown.object === object);
    if (told !== undefined) throw new Refusal(`${object} ${told.why}`);
  }

  /** Nobody knows which pods were left out because they were on their way out. */
  #checkNobodyLeaves(): void {
    const told = this.model.assumed.find((sentence) => sentence.includes(": being deleted; "));
    if (told !== undefined) throw new Refusal(told);
  }

  #checkStay(node: number): void {
    const { model } = this;
    if (model.podsOn(node).some((pod) => model.isTerminating(pod))) {
      throw new Refusal("pods on the node are being deleted");
    }
  }

  #nodeNamed(name: string): number {
    const { at, isThere } = this.#findNode(name);
    if (!isThere) throw new Refusal(`the pod ${orphaned(name)}`);
    return at;
  }

  #findNode(name: string) {
    const { nodes } = this.model;
    return search(nodes.length, (i) => compareTexts((nodes[i] as Node).metadata.name, name));
  }

  #find(namespace: string, name: string) {
    const { model } = this;
    return search(
      model.podCount,
      (pod) => compareTexts(model.namespaceOf(pod), namespace) || compareTexts(model.nameOf(pod), name),
    );
  }
}

/** Where in an ordered list something stands, or would. @param compare how the one at a place is to it */
function search(length: number, compare: (at: number) => number) {
  let from = 0;
  let to = length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compare(middle) < 0) from = middle + 1;
    else to = middle;
  }
  return { at: from, isThere: from < length && compare(from) === 0 };
}

/** Pods of which this is equal have the same workload and the same fate. */
function ownerKey(prototype: Pod): string {
  const owner = controllerOf(prototype as KubeObject);
  const { namespace, name } = prototype.metadata;
  const { apiVersion, kind, name: ownerName, uid } = owner ?? {};
  return JSON.stringify([namespace, name, apiVersion, kind, ownerName, uid]);
}
