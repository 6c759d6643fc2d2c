/**
 * The orders of fields in which objects of one type come. Most objects of a type hold the same few fields in the same order,
 * and what is owned of them is the same set: it is put in order once, and given out again while its parts are the same.
 */
import { EMPTY_SET, type FieldSet, makeSet } from "./field-set.ts";
import { compareElements } from "./path-element.ts";

/** How many sets are remembered of one shape: those of the few workloads that are written at the same time. */
const RECENT_MAX = 4;

interface Made {
  readonly below: readonly FieldSet[];
  readonly set: FieldSet;
}

/** What a shape asks of a field: the step that leads to it. */
interface Stepped {
  readonly element: string;
}

/** The fields that were met so far, in the order in which they came: a path through the tree of shapes. */
export class Shape<F extends Stepped> {
  readonly #field: F | undefined;
  readonly #before: Shape<F> | undefined;
  readonly #next = new Map<string, Shape<F>>();
  readonly #depth: number;
  readonly #recent: Made[] = [];
  #order: readonly number[] | undefined;
  #elements: readonly string[] = [];

  constructor(field?: F, before?: Shape<F>) {
    this.#field = field;
    this.#before = before;
    this.#depth = before === undefined ? 0 : before.#depth + 1;
  }

  /** The field that was met last; the shape without fields has none. */
  get field(): F {
    return this.#field as F;
  }

  /** The shape with one more field of `owner`. */
  next(name: string, owner: { field(name: string): F }): Shape<F> {
    let shape = this.#next.get(name);
    if (shape === undefined) {
      shape = new Shape(owner.field(name), this);
      this.#next.set(name, shape);
    }
    return shape;
  }

  /** The set of a place with these fields, itself included; `below` holds what each field owns, from `start` on, as they came. */
  setOf(below: readonly FieldSet[], start: number): FieldSet {
    if (this.#depth === 0) return EMPTY_SET;
    for (const made of this.#recent) if (isSame(made.below, below, start)) return made.set;
    const parts = below.slice(start, start + this.#depth);
    const order = this.#sort();
    const set = Object.freeze(
      makeSet(
        this.#elements,
        order.map((i) => parts[i] as FieldSet),
        true,
      ),
    );
    if (this.#recent.length === RECENT_MAX) this.#recent.pop();
    this.#recent.unshift({ below: parts, set });
    return set;
  }

  #sort(): readonly number[] {
    if (this.#order === undefined) {
      const elements: string[] = [];
      for (let shape: Shape<F> = this; shape.#field !== undefined; shape = shape.#before as Shape<F>) {
        elements.unshift(shape.#field.element);
      }
      this.#order = elements
        .map((_, i) => i)
        .sort((a, b) => ((elements[a] as string) < (elements[b] as string) ? -1 : 1));
      this.#elements = elements.toSorted();
    }
    return this.#order;
  }
}

/** The same for lists and maps, whose steps are not known beforehand. */
export class RecentSets {
  readonly #recent: (Made & { readonly elements: readonly string[]; readonly self: boolean })[] = [];

  /** The set of a place with these steps; `self` makes the place itself a member beside them. */
  setOf(elements: readonly string[], below: readonly FieldSet[], self: boolean): FieldSet {
    if (elements.length === 0) return EMPTY_SET;
    for (const made of this.#recent) {
      if (made.self !== self || made.elements.length !== elements.length) continue;
      if (isSame(made.below, below, 0) && isSame(made.elements, elements, 0)) return made.set;
    }
    const order = elements.map((_, i) => i);
    order.sort((a, b) => compareElements(elements[a] as string, elements[b] as string));
    const set = Object.freeze(
      makeSet(
        order.map((i) => elements[i] as string),
        order.map((i) => below[i] as FieldSet),
        self,
      ),
    );
    if (this.#recent.length === RECENT_MAX) this.#recent.pop();
    this.#recent.unshift({ elements, below, self, set });
    return set;
  }
}

function isSame(parts: readonly unknown[], others: readonly unknown[], start: number): boolean {
  for (let i = 0; i < parts.length; i++) if (parts[i] !== others[start + i]) return false;
  return true;
}
