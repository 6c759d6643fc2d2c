import { replacementName } from "../literal/replacement.ts";
import type { Model } from "../model/model.ts";
import { compareTexts } from "../model/order.ts";

/** A pod, or a replacement of one, where it stands during a loss. */
export interface Standing {
  /** Index in the model. */
  readonly pod: number;
  readonly podClass: number;
  readonly priority: number;
  readonly startMs: number;
  readonly isTerminating: boolean;
  /** It came during the loss; `isOld` when it had waited before. */
  readonly isArrival: boolean;
  readonly isOld: boolean;
}

/** Who stands where during a loss: what the model says, but for who has come, gone, or begun to be deleted. */
export class StandingPods {
  readonly #model: Model;
  readonly #priorities: Float64Array;
  readonly #arrivals = new Map<number, Standing[]>();
  readonly #gone = new Set<number>();
  readonly #terminating = new Set<number>();
  /** By node, how many have come or gone. */
  readonly #changes = new Map<number, number>();

  /** @param priorities by class */
  constructor(model: Model, priorities: Float64Array) {
    this.#model = model;
    this.#priorities = priorities;
  }

  terminate(pod: number): void {
    this.#terminating.add(pod);
  }

  arrive(pod: number, node: number, isOld: boolean): void {
    this.#changes.set(node, this.changesOn(node) + 1);
    const standing = this.standing(pod, { isTerminating: false, isArrival: true, isOld });
    const others = this.#arrivals.get(node);
    if (others === undefined) this.#arrivals.set(node, [standing]);
    else others.push(standing);
  }

  /** The pod, or its replacement. One that had waited comes as it was, with the time that it may have been given. */
  standing(
    pod: number,
    how: { readonly isTerminating: boolean; readonly isArrival: boolean; readonly isOld?: boolean },
  ): Standing {
    const { nowMs, classOf, startOf } = this.#model;
    const podClass = classOf[pod] as number;
    const start = how.isArrival && how.isOld !== true ? 0 : (startOf[pod] as number);
    return {
      pod,
      podClass,
      priority: this.#priorities[podClass] as number,
      startMs: start === 0 ? nowMs : start * 1_000,
      isOld: false,
      ...how,
    };
  }

  leave({ pod, isArrival }: Pick<Standing, "pod" | "isArrival">, node: number): void {
    this.#changes.set(node, this.changesOn(node) + 1);
    if (!isArrival) {
      this.#gone.add(pod);
      return;
    }
    const left = (this.#arrivals.get(node) ?? []).filter((other) => other.pod !== pod);
    this.#arrivals.set(node, left);
  }

  /** Whether somebody has come to the node or gone from it. */
  hasChanged(node: number): boolean {
    return this.#changes.has(node);
  }

  /** How many have come to the node or gone from it. */
  changesOn(node: number): number {
    return this.#changes.get(node) ?? 0;
  }

  /** Those on the node with less than a priority, from the most important to the least. */
  lessImportantOn(node: number, priority: number): readonly Standing[] {
    const model = this.#model;
    const found = (this.#arrivals.get(node) ?? []).filter((standing) => standing.priority < priority);
    for (const pod of model.podsOn(node)) {
      const own = this.#priorities[model.classOf[pod] as number] as number;
      if (own >= priority || this.#gone.has(pod)) continue;
      const isTerminating = this.#terminating.has(pod) || model.isTerminating(pod);
      found.push(this.standing(pod, { isTerminating, isArrival: false }));
    }
    return found.sort((a, b) => this.compare(a, b));
  }

  /** By importance, as preemption sees it. The order of the model is that of names. */
  compare(a: Standing, b: Standing): number {
    const order = b.priority - a.priority || a.startMs - b.startMs;
    if (order !== 0) return order;
    return a.isArrival || b.isArrival ? this.#compareNames(a, b) : a.pod - b.pod;
  }

  #compareNames(a: Standing, b: Standing): number {
    const model = this.#model;
    return (
      compareTexts(model.namespaceOf(a.pod), model.namespaceOf(b.pod)) ||
      compareTexts(this.#nameOf(a), this.#nameOf(b))
    );
  }

  #nameOf({ pod, isArrival, isOld }: Standing): string {
    const name = this.#model.nameOf(pod);
    return isArrival && !isOld ? replacementName(name) : name;
  }
}

/** By class, the priority of its pods. */
export function prioritiesOf({ classes }: Model): Float64Array {
  return Float64Array.from(classes, ({ prototype }) => prototype.spec.priority ?? 0);
}
