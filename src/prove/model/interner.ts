import { deepFreeze } from "../../base/deep.ts";

/** One copy of each JSON value that occurs many times: tolerations, resources and the like are the same in most pods. */
export class Interner {
  readonly #values = new Map<string, unknown>();

  /** A frozen value that says the same; the same one for equal texts. */
  intern<T>(value: T): T {
    if (value === undefined) return value;
    const text = JSON.stringify(value);
    const known = this.#values.get(text);
    if (known !== undefined) return known as T;
    this.#values.set(text, deepFreeze(value));
    return value;
  }
}
