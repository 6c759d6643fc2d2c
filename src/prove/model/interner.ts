import { deepEqual, deepFreeze } from "../../base/deep.ts";

/** One copy of each JSON value that occurs many times: tolerations, resources and the like are the same in most pods. */
export class Interner {
  /** By hash; one that is taken leads on to the next number. */
  readonly #values = new Map<number, unknown>();
  readonly #texts = new Map<string, string>();
  /** By the numbers of the items. */
  readonly #lists = new Map<string, readonly unknown[]>();
  readonly #numbers = new Map<unknown, number>();

  /** One copy of a text that occurs many times. */
  text(value: string): string {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    this.#texts.set(value, value);
    return value;
  }

  /** A frozen value that says the same, its fields in order of name; the same one for all that say the same. */
  intern<T>(value: T): T {
    if (typeof value !== "object" || value === null) return value;
    for (let hash = hashOf(value); ; hash = (hash + 1) | 0) {
      const known = this.#values.get(hash);
      if (known === undefined) {
        const kept = deepFreeze(isOrdered(value) ? value : (ordered(value) as T));
        this.#values.set(hash, kept);
        return kept;
      }
      if (deepEqual(known, value)) return known as T;
    }
  }

  /** A frozen list of the same items, which have been interned; the same one for the same items. */
  list<T>(items: readonly T[]): readonly T[] {
    const key = items.map((item) => this.numberOf(item)).join(" ");
    let list = this.#lists.get(key);
    if (list === undefined) {
      list = Object.freeze(items);
      this.#lists.set(key, list);
    }
    return list as readonly T[];
  }

  /** A number above 0 for a text, a number, or something that this interner gave: the same for the same. */
  numberOf(value: unknown): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.#numbers.size + 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}

/** 32 bits of a JSON value, whatever the order of its fields. */
function hashOf(value: unknown): number {
  if (typeof value === "string") return hashOfText(value, 0x811c9dc5);
  if (typeof value !== "object" || value === null) return hashOfText(String(value), 0x2f0b4c47);
  if (Array.isArray(value)) {
    let hash = value.length;
    for (const item of value) hash = Math.imul(hash, 31) + hashOf(item);
    return hash | 0;
  }
  let hash = 0x9e3779b9;
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name in fields) {
    const field = fields[name];
    if (field === undefined) continue;
    // A sum is the same in any order; the product ties the value to its name.
    hash = (hash + Math.imul(hashOfText(name, 0x811c9dc5), hashOf(field) | 1)) | 0;
  }
  return hash;
}

/** FNV-1a. */
function hashOfText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Whether the fields stand in order of name, all the way down. */
function isOrdered(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isOrdered);
  let previous = "";
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name in fields) {
    if (name < previous || fields[name] === undefined || !isOrdered(fields[name])) return false;
    previous = name;
  }
  return true;
}

/** The same with its fields in order of name. */
function ordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const fields = value as Readonly<Record<string, unknown>>;
  const inOrder: Record<string, unknown> = {};
  for (const name of Object.keys(fields).sort()) {
    if (fields[name] !== undefined) inOrder[name] = ordered(fields[name]);
  }
  return inOrder;
}
