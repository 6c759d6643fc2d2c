import type { ChangeReach } from "./change-reach.ts";
import { type Choice, UNKNOWN } from "./chooser.ts";
import type { ClassFacts } from "./class-facts.ts";
import type { RankingSlot } from "./rankings.ts";

/** What of a loss's answer decides whether a change reaches it. */
export interface Traced {
  /** Pod and node in turn, as in an outcome. */
  readonly placements: Int32Array;
  /** Every choice that was made; absent where some pod found no node, or only by preemption or the literal scheduler. */
  readonly choices: readonly Choice[] | undefined;
}

interface SlotUse {
  readonly losses: Set<number>;
  /** By group, no choice was made with less to beat. */
  least: Int16Array;
}

/** Finds the losses that a change can reach without looking at every choice of every loss: most are out of reach by their slot's bound. */
export class ChoiceIndex {
  readonly #known: (Traced | undefined)[] = [];
  readonly #opaque = new Set<number>();
  readonly #takers = new Map<number, Set<number>>();
  readonly #classes = new Map<ClassFacts, Set<number>>();
  readonly #slots = new Map<RankingSlot, SlotUse>();

  /** The answer to a loss, in the place of an earlier one. */
  put(loss: number, traced: Traced): void {
    this.#forget(loss);
    this.#known[loss] = traced;
    const { placements, choices } = traced;
    for (let i = 1; i < placements.length; i += 2) note(this.#takers, placements[i] as number, loss);
    if (choices === undefined) this.#opaque.add(loss);
    for (const choice of choices ?? []) {
      note(this.#classes, choice.facts, loss);
      const use = this.#useOf(choice.facts.ranking);
      use.losses.add(loss);
      lower(use.least, choice);
    }
  }

  /** The losses whose outcome may be another one, ascending. */
  reached(reach: ChangeReach): readonly number[] {
    const found = new Set(this.#opaque);
    const add = (losses: Iterable<number> = []) => {
      for (const loss of losses) found.add(loss);
    };
    for (const node of reach.nodes) add([node]);
    for (const node of reach.nodes) add(this.#takers.get(node));
    for (const [facts, losses] of this.#classes) if (reach.isCounted(facts)) add(losses);
    for (const [slot, use] of this.#slots)
      if (reach.mayReach(slot, use.least)) this.#look(slot, use, reach, found);
    return [...found].sort((a, b) => a - b);
  }

  /** Looks at every choice of a slot, and finds out on the way what the least to beat is by now. */
  #look(slot: RankingSlot, use: SlotUse, reach: ChangeReach, found: Set<number>): void {
    use.least.fill(NOTHING_YET);
    for (const loss of use.losses) {
      for (const choice of this.#known[loss]?.choices ?? []) {
        if (choice.facts.ranking !== slot) continue;
        lower(use.least, choice);
        if (!found.has(loss) && reach.reaches(choice)) found.add(loss);
      }
    }
  }

  #forget(loss: number): void {
    const known = this.#known[loss];
    if (known === undefined) return;
    const { placements, choices } = known;
    for (let i = 1; i < placements.length; i += 2) this.#takers.get(placements[i] as number)?.delete(loss);
    this.#opaque.delete(loss);
    for (const { facts } of choices ?? []) {
      this.#classes.get(facts)?.delete(loss);
      this.#slots.get(facts.ranking)?.losses.delete(loss);
    }
  }

  #useOf(slot: RankingSlot): SlotUse {
    let use = this.#slots.get(slot);
    if (use === undefined) {
      use = { losses: new Set(), least: new Int16Array(slot.layout.groups).fill(NOTHING_YET) };
      this.#slots.set(slot, use);
    }
    return use;
  }
}

const NOTHING_YET = 2 ** 15 - 1;

function lower(least: Int16Array, { toBeat }: Choice): void {
  if (toBeat.length === 0) least.fill(UNKNOWN);
  for (let group = 0; group < toBeat.length; group++) {
    const own = toBeat[group] as number;
    if (own < (least[group] as number)) least[group] = own;
  }
}

function note<K>(map: Map<K, Set<number>>, key: K, loss: number): void {
  const losses = map.get(key);
  if (losses === undefined) map.set(key, new Set([loss]));
  else losses.add(loss);
}
