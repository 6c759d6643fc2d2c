/** What becomes of each pod that a loss takes: when another serves in its place, or why none ever will. */
import type { Loss } from "../losses/loss.ts";
import { type Outcome, UNPLACED } from "../outcome.ts";
import { type LossClock, POD_CLOCK } from "./clock.ts";
import type { ClassFacts, Facts } from "./facts.ts";
import type { Images } from "./images.ts";
import type { Refusal } from "./quotas.ts";
import { between, exactly, NO_TIME, type Seconds, sum } from "./seconds.ts";
import type { ImagePull } from "./start-time.ts";

export type Fate =
  | {
      readonly kind: "back";
      readonly node: number;
      /** From the loss until the old one is evicted, and until another serves. */
      readonly evicted: Seconds;
      readonly serves: Seconds;
      /** Whether others, if they come first, may leave no room for it. */
      readonly isContested: boolean;
      /** The quota that may refuse it for a time. */
      readonly waitsFor?: string;
    }
  /** `mayServe`: had it come before others that took the room, another would serve so soon. */
  | {
      readonly kind: "stays-gone";
      readonly why: StaysGone;
      readonly evicted?: Seconds;
      readonly mayServe?: number;
    }
  /** Nobody can tell; `isDown` says whether it is certainly gone until it would have been evicted. */
  | { readonly kind: "unknown"; readonly why: string; readonly evicted: Seconds; readonly isDown: boolean };

/** Why nothing takes a pod's place by itself. */
export type StaysGone =
  | { readonly kind: "no-control" }
  | { readonly kind: "tolerates" }
  | { readonly kind: "no-owner" }
  | { readonly kind: "own-node" }
  | { readonly kind: "identity" }
  | { readonly kind: "volume"; readonly claim: string }
  /** In the API server's words. */
  | { readonly kind: "refused"; readonly quota: string; readonly message: string }
  | { readonly kind: "unplaced" };

/** A controller sees the deletion, makes another, the scheduler places it. */
const REPLACED = between(0.05, 1.5);
/** A volume leaves one node that lives and comes to another. */
const REATTACHED = between(1, 20);

export interface FateOptions {
  readonly facts: Facts;
  readonly clock: LossClock;
  readonly images: Images;
  /** Pods without a node that would have one had they come first: others who are no more important may find their room taken. */
  readonly contested: readonly number[];
  /** Pods in whose place the API server takes another only later, or never. */
  readonly refusals: ReadonlyMap<number, Refusal>;
}

export class Fates {
  readonly #loss: Loss;
  readonly #facts: Facts;
  readonly #clock: LossClock;
  readonly #images: Images;
  readonly #refusals: ReadonlyMap<number, Refusal>;
  readonly #contested: ReadonlySet<number>;
  readonly #contestedBelow: number;
  /** Where each pod's replacement ended. */
  readonly #placed = new Map<number, number>();
  /** What has come to each node that has to be pulled there, one image after the other. */
  readonly #pulls = new Map<number, Map<string, Seconds>>();

  constructor(loss: Loss, outcome: Outcome, { facts, clock, images, contested, refusals }: FateOptions) {
    this.#loss = loss;
    this.#facts = facts;
    this.#clock = clock;
    this.#images = images;
    this.#refusals = refusals;
    this.#contested = new Set(contested);
    this.#contestedBelow = Math.max(
      Number.NEGATIVE_INFINITY,
      ...contested.map((pod) => facts.model.podClass(pod).prototype.spec.priority ?? 0),
    );
    for (const { pod, node } of outcome.placements) this.#placed.set(pod, node);
    for (const [pod, node] of this.#placed) if (node !== UNPLACED) this.#notePulls(this.#classOf(pod), node);
  }

  /** The fate of a lost pod. `tainted` is when its node is, if a node is what is lost. */
  of(pod: number, tainted: Seconds | undefined): Fate {
    const { podClass, evictedAfter, data } = this.#classOf(pod);
    if (!this.#clock.isControlled) return { kind: "stays-gone", why: { kind: "no-control" } };
    const isNodeLost = this.#loss.pod === undefined;
    if (podClass.replacement === "never") return { kind: "stays-gone", why: { kind: "no-owner" } };
    if (podClass.replacement === "same-node" && isNodeLost)
      return { kind: "stays-gone", why: { kind: "own-node" } };
    if (isNodeLost && evictedAfter === Number.POSITIVE_INFINITY)
      return { kind: "stays-gone", why: { kind: "tolerates" } };
    const evicted = isNodeLost ? sum(tainted ?? NO_TIME, exactly(evictedAfter)) : NO_TIME;
    if (podClass.replacement === "unknown") {
      const owner = podClass.prototype.metadata.ownerReferences?.find(({ controller }) => controller);
      return {
        kind: "unknown",
        why: `what ${owner?.kind ?? "its owner"} does about a lost pod is not modelled`,
        evicted,
        isDown: false,
      };
    }
    if (podClass.replacement === "once-gone" && isNodeLost)
      return { kind: "stays-gone", why: { kind: "identity" }, evicted };
    const refusal = this.#refusals.get(pod);
    if (refusal?.kind === "never") {
      const { quota, message } = refusal;
      return { kind: "stays-gone", why: { kind: "refused", quota, message }, evicted };
    }
    return this.#replaced(
      pod,
      evicted,
      isNodeLost ? data.volumes.find(({ isExclusive }) => isExclusive)?.claim : undefined,
    );
  }

  /** The fate of a pod that had to make room for another, counted from then. */
  ofVictim(pod: number, preempted: Seconds): Fate {
    const { podClass } = this.#classOf(pod);
    if (podClass.replacement === "never") return { kind: "stays-gone", why: { kind: "no-owner" } };
    if (podClass.replacement === "unknown") {
      return {
        kind: "unknown",
        why: "what its owner does about a lost pod is not modelled",
        evicted: preempted,
        isDown: false,
      };
    }
    return this.#replaced(pod, preempted, undefined);
  }

  #replaced(pod: number, evicted: Seconds, heldBack: string | undefined): Fate {
    const { podClass, start, data } = this.#classOf(pod);
    // Whoever is made for one node goes back to it: no scheduler has to choose.
    const node =
      this.#placed.get(pod) ??
      (podClass.replacement === "same-node" ? (this.#facts.model.nodeOf[pod] as number) : UNPLACED);
    if (node === UNPLACED) {
      const { autoscaler } = this.#facts;
      if (autoscaler === undefined) {
        const soonest = evicted.min + REPLACED.min + start.rest.min;
        const mayServe = this.#contested.has(pod) ? { mayServe: soonest } : {};
        return { kind: "stays-gone", why: { kind: "unplaced" }, evicted, ...mayServe };
      }
      return {
        kind: "unknown",
        why: `${autoscaler} may add a node for what fits nowhere`,
        evicted,
        isDown: true,
      };
    }
    if (heldBack !== undefined)
      return { kind: "stays-gone", why: { kind: "volume", claim: heldBack }, evicted };
    const moves = this.#clock === POD_CLOCK && node !== this.#facts.model.nodeOf[pod];
    const attaching = moves && data.volumes.some(({ isExclusive }) => isExclusive) ? REATTACHED : NO_TIME;
    const refusal = this.#refusals.get(pod);
    const waits = refusal?.kind === "later" ? refusal.wait : NO_TIME;
    const pulling = this.#pulling(node, start.images);
    const serves = sum(evicted, waits, REPLACED, attaching, pulling, start.rest);
    const isContested =
      this.#contested.size > 0 && (podClass.prototype.spec.priority ?? 0) <= this.#contestedBelow;
    if (isContested)
      return {
        kind: "back",
        node,
        evicted,
        serves: { ...serves, max: Number.POSITIVE_INFINITY },
        isContested,
      };
    return {
      kind: "back",
      node,
      evicted,
      serves,
      isContested,
      ...(refusal !== undefined && { waitsFor: refusal.quota }),
    };
  }

  #classOf(pod: number): ClassFacts {
    return this.#facts.classes[this.#facts.model.classOf[pod] as number] as ClassFacts;
  }

  #notePulls({ start }: ClassFacts, node: number): void {
    let pulls = this.#pulls.get(node);
    if (pulls === undefined) {
      pulls = new Map();
      this.#pulls.set(node, pulls);
    }
    for (const image of start.images) {
      const needed = this.#images.pullOn(node, image);
      const known = pulls.get(image.image);
      if (known === undefined || known.max < needed.max) pulls.set(image.image, needed);
    }
  }

  /** A kubelet pulls one image at a time: a pod may have to wait for those of all others that come to its node. */
  #pulling(node: number, images: readonly ImagePull[]): Seconds {
    const all = this.#pulls.get(node);
    if (all === undefined) return NO_TIME;
    let [min, median, max] = [0, 0, 0];
    for (const { image } of images) {
      const own = all.get(image) ?? NO_TIME;
      min += own.min;
      median += own.median;
    }
    for (const each of all.values()) max += each.max;
    // With several nodes lost another replica may have come before, and brought the image.
    return { min: this.#loss.nodes.length > 1 ? 0 : min, median, max };
  }
}
