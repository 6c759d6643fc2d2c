import type { Model } from "../model/model.ts";
import type { FactReader } from "./fact-reader.ts";
import type { NodeState } from "./node-state.ts";
import type { Reclaimable } from "./reclaimable.ts";
import type { Shape } from "./shapes.ts";

export interface CompetitorsInput {
  readonly model: Model;
  readonly facts: FactReader;
  /** Before any loss. */
  readonly standing: NodeState;
  readonly reclaimable: Reclaimable;
  readonly waitingBefore: readonly number[];
  /** Of all pods that stand somewhere. */
  readonly lowestPriority: number;
}

/** Pods of one class that wait, and by node whether one of them may ever go there; absent where nobody can say. */
interface Group {
  readonly podClass: number;
  readonly count: number;
  readonly mayTake: Uint8Array | undefined;
}

/**
 * Those pods which have waited since before a loss that may be placed in it, before or after whatever it displaces. A loss makes room
 * nowhere: as long as nobody leaves a node that stays, what a node lacked for a pod it goes on lacking. So most of those that wait,
 * because they are too large, never come into it.
 */
export class Competitors {
  /** The class of each. */
  readonly classes: readonly number[];
  /** One of them might make pods leave that stood before the loss: then every node's room may change. */
  readonly mayPreempt: boolean;
  readonly #groups: readonly Group[];
  readonly #among = new Map<Uint8Array, readonly number[]>();

  constructor(input: CompetitorsInput) {
    const groups: Group[] = [];
    let mayPreempt = false;
    for (const [podClass, count] of countByClass(input)) {
      const fit = fitOf(podClass, input);
      if (fit.kind === "never") continue;
      mayPreempt ||= fit.mayPreempt;
      groups.push({ podClass, count, mayTake: fit.mayTake });
    }
    this.#groups = groups;
    this.mayPreempt = mayPreempt;
    this.classes = classesOf(groups);
  }

  /** The class of each that may take one of the nodes. */
  among(open: Uint8Array): readonly number[] {
    let among = this.#among.get(open);
    if (among === undefined) {
      among = classesOf(
        this.#groups.filter(({ mayTake }) => mayTake === undefined || overlap(mayTake, open)),
      );
      this.#among.set(open, among);
    }
    return among;
  }
}

/** How a pod that waits stands while nothing is lost. */
type Fit =
  | { readonly kind: "never" }
  | { readonly kind: "maybe"; readonly mayTake: Uint8Array | undefined; readonly mayPreempt: boolean };

function fitOf(
  podClass: number,
  { model, facts, standing, reclaimable, lowestPriority }: CompetitorsInput,
): Fit {
  const { preemptionPolicy, priority = 0 } = model.classes[podClass]?.prototype.spec ?? {};
  const preempts = preemptionPolicy !== "Never" && priority > lowestPriority;
  const known = facts.of(podClass);
  if (known.kind !== "covered") {
    return known.kind === "rejected"
      ? { kind: "never" }
      : { kind: "maybe", mayTake: undefined, mayPreempt: preempts };
  }
  const { shape } = known.ranking;
  const mayTake = nodesWithRoom(shape, standing, undefined);
  if (mayTake.includes(1)) return { kind: "maybe", mayTake, mayPreempt: preempts };
  const canMakeRoom = preempts && nodesWithRoom(shape, standing, reclaimable.below(priority)).includes(1);
  return canMakeRoom ? { kind: "maybe", mayTake, mayPreempt: true } : { kind: "never" };
}

/**
 * By node, 1 where a pod of the shape is let in and has room, other pods' company and ports apart.
 * @param more node × dimension, what there might be in addition */
function nodesWithRoom(
  { open, asked, amounts }: Shape,
  { free, dimensions }: NodeState,
  more: Float64Array | undefined,
): Uint8Array {
  return open.map((isOpen, node) => {
    if (isOpen === 0) return 0;
    for (let i = 0; i < asked.length; i++) {
      const at = node * dimensions + (asked[i] as number);
      if ((amounts[i] as number) > (free[at] as number) + (more?.[at] ?? 0)) return 0;
    }
    return 1;
  });
}

function countByClass({ model, waitingBefore }: CompetitorsInput): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const pod of waitingBefore) {
    const podClass = model.classOf[pod] as number;
    counts.set(podClass, (counts.get(podClass) ?? 0) + 1);
  }
  return counts;
}

function classesOf(groups: readonly Group[]): readonly number[] {
  return groups.flatMap(({ podClass, count }) => new Array<number>(count).fill(podClass));
}

function overlap(a: Uint8Array, b: Uint8Array): boolean {
  return a.some((is, node) => is === 1 && b[node] === 1);
}
