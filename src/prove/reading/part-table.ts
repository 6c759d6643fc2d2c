import { hashBytes, TextTable } from "./text-table.ts";

/** What was made of texts of one field, so that the same text is read once. */
export class PartTable<T> {
  readonly #texts = new TextTable();
  readonly #made: T[] = [];

  /** @param make of a text that has not come before */
  of(text: Uint8Array, make: (value: unknown) => T): T {
    const again = this.#texts.findAgain(text);
    if (again >= 0) return this.#made[again] as T;
    const hash = hashBytes(text, 0, text.length);
    const known = this.#texts.find(text, hash);
    if (known >= 0) return this.#made[known] as T;
    const made = make(JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.length).toString()));
    if (this.#texts.isFullFor(text)) this.#made.length = 0;
    this.#texts.add(text, hash, this.#made.length);
    this.#made.push(made);
    return made;
  }
}
