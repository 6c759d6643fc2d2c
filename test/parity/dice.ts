import type { RandomStream } from "../../src/base/random.ts";
import type { Case } from "./cases.ts";

/** How often a case that a cluster has shows in one of its pods or nodes. */
const SHOWN = 0.6;

/** Chance for one cluster, with the cases that it is made of. */
export class Dice {
  readonly cases: ReadonlySet<Case>;
  readonly #random: RandomStream;

  constructor(random: RandomStream, cases: ReadonlySet<Case>) {
    this.#random = random;
    this.cases = cases;
  }

  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return this.#random.below(bound);
  }

  /** A whole number from 1 to `max`. */
  upTo(max: number): number {
    return 1 + this.#random.below(max);
  }

  pick<T>(items: readonly T[]): T {
    return this.#random.pick(items);
  }

  /** A list of up to `max` things, at least one. */
  some<T>(max: number, make: (i: number) => T): readonly T[] {
    return Array.from({ length: this.upTo(max) }, (_, i) => make(i));
  }

  /** Whether the cluster has the case and this one of its parts shows it. */
  shows(what: Case, probability = SHOWN): boolean {
    return this.cases.has(what) && this.chance(probability);
  }
}
