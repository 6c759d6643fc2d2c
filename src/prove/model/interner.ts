import { deepFreeze } from "../../base/deep.ts";
import { canonicalJson } from "../../lab/controllers/shared/template-hash.ts";

/** One copy of each JSON value that occurs many times: tolerations, resources and the like are the same in most pods. */
export class Interner {
  /** By text, in whatever order its fields stand. */
  readonly #values = new Map<string, unknown>();
  readonly #texts = new Map<string, string>();

  /** One copy of a text that occurs many times. */
  text(value: string): string {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    this.#texts.set(value, value);
    return value;
  }

  /** A frozen value that says the same, its fields in order of name; the same one for all that say the same. */
  intern<T>(value: T): T {
    const text = JSON.stringify(value);
    const known = this.#values.get(text);
    if (known !== undefined) return known as T;
    if (isOrdered(value)) {
      this.#values.set(text, deepFreeze(value));
      return value;
    }
    const canonical = canonicalJson(value);
    let first = this.#values.get(canonical);
    if (first === undefined) {
      first = deepFreeze(JSON.parse(canonical));
      this.#values.set(canonical, first);
    }
    this.#values.set(text, first);
    return first as T;
  }
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
