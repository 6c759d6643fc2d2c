import { EMPTY_SET, type FieldSet, makeSet } from "./field-set.ts";
import { compareElements } from "./path-element.ts";
import type { FieldPlace } from "./place.ts";

/** Collects the steps below one place, in whatever order they come, and puts them in the order of written sets. */
export class SetBuilder {
  readonly #elements: string[] = [];
  readonly #below: FieldSet[] = [];
  readonly #ranks: (number | undefined)[] = [];

  get size(): number {
    return this.#elements.length;
  }

  /** A field of the place. */
  add(field: FieldPlace, below: FieldSet): void {
    let at = this.#elements.length;
    // Few siblings, mostly in order already: nothing beats insertion.
    while (at > 0 && this.#comesBefore(field, at - 1)) at--;
    this.#insert(at, field.element, below, field.rank);
  }

  /** An item of a list, or a key of a map. */
  addElement(element: string, below: FieldSet): void {
    let at = this.#elements.length;
    while (at > 0 && compareElements(element, this.#elements[at - 1] as string) < 0) at--;
    this.#insert(at, element, below, undefined);
  }

  /** The set; `self` makes the place itself a member, which an empty set is by itself. */
  build(self: boolean): FieldSet {
    return this.#elements.length === 0 ? EMPTY_SET : makeSet(this.#elements, this.#below, self);
  }

  #comesBefore({ element, rank }: FieldPlace, i: number): boolean {
    const other = this.#ranks[i];
    if (rank !== undefined && other !== undefined) return rank < other;
    return element < (this.#elements[i] as string);
  }

  #insert(at: number, element: string, below: FieldSet, rank: number | undefined): void {
    if (at === this.#elements.length) {
      this.#elements.push(element);
      this.#below.push(below);
      this.#ranks.push(rank);
    } else {
      this.#elements.splice(at, 0, element);
      this.#below.splice(at, 0, below);
      this.#ranks.splice(at, 0, rank);
    }
  }
}
