import type { Layout } from "./layouts.ts";
import type { LossState } from "./loss-state.ts";
import type { NodeState } from "./node-state.ts";
import type { Shape } from "./shapes.ts";

/** The nodes that suit a shape at some moment, group by group, the best first. */
export interface Ranking {
  /** How many changes the loss at hand had made to nodes by then: what changed later is not in here. */
  readonly builtAt: number;
  /** Nodes by group, then by score from high to low, then by rank. */
  readonly order: Uint16Array | Uint32Array;
  /** Where each group begins in `order`, and the end. */
  readonly start: Int32Array;
  /** By node, a bit that is set where it suited. */
  readonly suited: Uint8Array;
}

/** A shape in a layout, with its rankings. */
export interface RankingSlot {
  readonly shape: Shape;
  readonly layout: Layout;
  /** While nothing is lost, by seed; kept over losses as long as there is room. */
  readonly standing: Map<number, Ranking>;
  /** Made during the loss of that number, when too much had changed. */
  current: Ranking | undefined;
  currentLoss: number;
}

/** Highest sum of the scores that are a node's own: two of resources and one of images. */
const OWN_SCORE_MAX = 300;
/** What standing rankings may take together. */
const CACHE_BYTES_MAX = 192 * 1024 * 1024;
/** A share of the nodes: beyond it, looking at what changed one by one costs more than ranking anew. */
const CHANGED_SHARE_MAX = 1 / 8;
const CHANGED_MIN = 32;
/** Of those, nodes that have changed for good. */
const FOR_GOOD_SHARE_MAX = 1 / 4;

/** Rankings by shape and layout, made when they are first needed. */
export class Rankings {
  readonly #state: LossState;
  readonly #slots = new Map<string, RankingSlot>();
  /** Those with a standing ranking, in the order in which they were made. */
  #kept: { readonly slot: RankingSlot; readonly seed: number }[] = [];
  readonly #keptMax: number;
  readonly #changedMax: number;
  readonly #scores: Int16Array;

  constructor(state: LossState) {
    const nodes = state.nodeCount;
    this.#state = state;
    this.#keptMax = Math.max(64, Math.floor(CACHE_BYTES_MAX / (nodes * 2.125 + 256)));
    this.#scores = new Int16Array(nodes);
    this.#changedMax = Math.max(CHANGED_MIN, nodes * CHANGED_SHARE_MAX);
  }

  slot(shape: Shape, layout: Layout): RankingSlot {
    const key = `${shape.index} ${layout.index}`;
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = { shape, layout, standing: new Map(), current: undefined, currentLoss: -1 };
      this.#slots.set(key, slot);
    }
    return slot;
  }

  /** A ranking since which not too much has changed. */
  of(slot: RankingSlot): Ranking {
    const { changed, lossNumber, standing, now, seed } = this.#state;
    if (slot.currentLoss === lossNumber) {
      const current = slot.current as Ranking;
      if (changed.length - current.builtAt <= this.#changedMax) return current;
    } else {
      slot.current = undefined;
      if (changed.length <= this.#changedMax) {
        const known = slot.standing.get(seed);
        if (known !== undefined) return known;
        const made = this.#make(slot, standing, 0);
        slot.standing.set(seed, made);
        this.#keep(slot, seed);
        return made;
      }
    }
    slot.current = this.#make(slot, now, changed.length);
    slot.currentLoss = lossNumber;
    return slot.current;
  }

  /** Nodes have changed for good: they are looked at one by one, until they are so many that everything is ranked anew. */
  noteChanges(): void {
    if (this.#state.changedForGood <= this.#changedMax * FOR_GOOD_SHARE_MAX) return;
    this.#state.forgetChanges();
    for (const slot of this.#slots.values()) {
      slot.standing.clear();
      slot.currentLoss = -1;
    }
    this.#kept = [];
  }

  #keep(slot: RankingSlot, seed: number): void {
    this.#kept.push({ slot, seed });
    if (this.#kept.length <= this.#keptMax) return;
    const dropped = this.#kept.splice(0, this.#keptMax >> 2);
    for (const old of dropped) old.slot.standing.delete(old.seed);
  }

  #make({ shape, layout }: RankingSlot, nodes: NodeState, builtAt: number): Ranking {
    const { nodeCount, byRank, isLost } = this.#state;
    const { open, toleratesLoss, images } = shape;
    const hidesLost = builtAt > 0 && !toleratesLoss;
    const scores = this.#scores;
    const suited = new Uint8Array((nodeCount + 7) >> 3);
    const start = new Int32Array(layout.groups + 1);
    for (let node = 0; node < nodeCount; node++) {
      const suits = open[node] === 1 && !(hidesLost && isLost[node] === 1) && nodes.hasRoom(shape, node);
      if (!suits) {
        scores[node] = -1;
        continue;
      }
      scores[node] = nodes.rate(shape, node) + (images === undefined ? 0 : (images[node] as number));
      suited[node >> 3] = (suited[node >> 3] as number) | (1 << (node & 7));
      const group = layout.groupOf[node] as number;
      start[group + 1] = (start[group + 1] as number) + 1;
    }
    for (let group = 0; group < layout.groups; group++) {
      start[group + 1] = (start[group + 1] as number) + (start[group] as number);
    }
    const order = sortNodes(layout, scores, byRank, start);
    return { builtAt, order, start, suited };
  }
}

/** Sorts by group, score and rank, by counting: nodes come by rank, and keep that order where group and score are equal. */
function sortNodes(
  layout: Layout,
  scores: Int16Array,
  byRank: Int32Array,
  start: Int32Array,
): Ranking["order"] {
  const { groups, groupOf } = layout;
  const total = start[groups] as number;
  const nodeCount = byRank.length;
  const order = nodeCount < 2 ** 16 ? new Uint16Array(total) : new Uint32Array(total);
  const width = OWN_SCORE_MAX + 1;
  if (groups * width > 8 * nodeCount + 4 * width) return sortByComparing(layout, scores, byRank, order);
  const at = new Int32Array(groups * width + 1);
  for (let node = 0; node < nodeCount; node++) {
    const score = scores[node] as number;
    if (score < 0) continue;
    const bucket = (groupOf[node] as number) * width + OWN_SCORE_MAX - score;
    at[bucket + 1] = (at[bucket + 1] as number) + 1;
  }
  for (let bucket = 1; bucket < at.length; bucket++)
    at[bucket] = (at[bucket] as number) + (at[bucket - 1] as number);
  for (let i = 0; i < nodeCount; i++) {
    const node = byRank[i] as number;
    const score = scores[node] as number;
    if (score < 0) continue;
    const bucket = (groupOf[node] as number) * width + OWN_SCORE_MAX - score;
    const place = at[bucket] as number;
    order[place] = node;
    at[bucket] = place + 1;
  }
  return order;
}

/** The same with keys that are sorted: for layouts with so many groups that most buckets would be empty. */
function sortByComparing(
  { groupOf }: Layout,
  scores: Int16Array,
  byRank: Int32Array,
  order: Uint16Array | Uint32Array,
): Ranking["order"] {
  const width = OWN_SCORE_MAX + 1;
  const keys = new Float64Array(order.length);
  let count = 0;
  for (let i = 0; i < byRank.length; i++) {
    const node = byRank[i] as number;
    const score = scores[node] as number;
    if (score < 0) continue;
    keys[count++] = ((groupOf[node] as number) * width + OWN_SCORE_MAX - score) * byRank.length + i;
  }
  keys.sort();
  for (let i = 0; i < count; i++) order[i] = byRank[(keys[i] as number) % byRank.length] as number;
  return order;
}
