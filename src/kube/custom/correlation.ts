/**
 * Which part of an old object a part of a new one was: fields of the same name, and items of keyed lists with the same keys.
 * What was wrong before and did not change may stay wrong, so that objects can still be changed after their schema did.
 */
import { deepEqual } from "../../base/deep.ts";
import { type Fields, type StructuralSchema, valuesOf } from "./structural-schema.ts";

/** A part of an object that was there before. */
export class Correlated {
  readonly value: unknown;
  readonly old: unknown;
  readonly #schema: StructuralSchema;
  #isEqual: boolean | undefined;

  constructor(schema: StructuralSchema, value: unknown, old: unknown) {
    this.#schema = schema;
    this.value = value;
    this.old = old;
  }

  /** Whether nothing in it changed; the order of keyed lists means nothing. */
  get isEqual(): boolean {
    this.#isEqual ??= this.#compare();
    return this.#isEqual;
  }

  /** The field as it was, if it was there and the schema knows it. */
  field(name: string): Correlated | undefined {
    const { value, old } = this;
    if (!isFields(value) || !isFields(old) || !Object.hasOwn(old, name)) return undefined;
    const schema = this.#schema.properties?.[name] ?? valuesOf(this.#schema);
    return schema && new Correlated(schema, value[name], old[name]);
  }

  /** The item of a keyed list as it was. */
  item(index: number): Correlated | undefined {
    const { items } = this.#schema;
    if (items === undefined || !Array.isArray(this.value)) return undefined;
    const old = oldItem(this.#schema, this.value[index], this.old);
    return old === undefined ? undefined : new Correlated(items, this.value[index], old);
  }

  #compare(): boolean {
    const { value, old } = this;
    if (value === old) return true;
    if (Array.isArray(value) && Array.isArray(old) && this.#schema["x-kubernetes-list-type"] === "map") {
      return value.length === old.length && value.every((_, i) => this.item(i)?.isEqual === true);
    }
    if (!isFields(value) || !isFields(old)) return deepEqual(value, old);
    const names = Object.keys(value);
    if (names.length !== Object.keys(old).length) return false;
    return names.every((name) => {
      const field = this.field(name);
      return field === undefined ? deepEqual(value[name], old[name]) : field.isEqual;
    });
  }
}

/** What a keyed list held under the keys of an item; `undefined` for lists that are not keyed. */
export function oldItem(schema: StructuralSchema, item: unknown, old: unknown): unknown {
  if (schema["x-kubernetes-list-type"] !== "map" || !Array.isArray(old) || !isFields(item)) return undefined;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  return old.find((each) => isFields(each) && keys.every((key) => deepEqual(each[key], item[key])));
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
