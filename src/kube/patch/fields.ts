import { setOwn } from "../../base/set-own.ts";

/** A JSON object of any shape, as patches see it. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object: neither null nor a list nor plain. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether an object has a field of its own; names such as "constructor" are no fields of an empty object. */
export function hasField(fields: Fields, name: string): boolean {
  return Object.hasOwn(fields, name);
}

/** What Go's json package calls the value's type in its errors. */
export function jsonTypeName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/**
 * An object in the making: it shares everything with the original until the first field really changes, so that what a
 * patch leaves alone keeps its identity.
 */
export class FieldsDraft {
  readonly #original: Fields;
  #copy: Record<string, unknown> | undefined;

  constructor(original: Fields) {
    this.#original = original;
  }

  get current(): Fields {
    return this.#copy ?? this.#original;
  }

  has(name: string): boolean {
    return hasField(this.current, name);
  }

  get(name: string): unknown {
    return this.has(name) ? this.current[name] : undefined;
  }

  set(name: string, value: unknown): void {
    if (this.has(name) && this.current[name] === value) return;
    this.#copy ??= { ...this.#original };
    setOwn(this.#copy, name, value);
  }

  delete(name: string): void {
    if (!this.has(name)) return;
    this.#copy ??= { ...this.#original };
    delete this.#copy[name];
  }
}
