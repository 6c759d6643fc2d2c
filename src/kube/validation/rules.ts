import type { FieldErrors } from "./field-errors.ts";
import type { NameCheck } from "./names.ts";

/**
 * Any object as validation meets it: its values have the right types, everything may be absent, and a text that should be one
 * of a few words may be any.
 */
export type Loose<T> = T extends string
  ? string
  : T extends readonly (infer I)[]
    ? readonly Loose<I>[]
    : T extends object
      ? { readonly [K in keyof T]?: Loose<T[K]> | undefined }
      : T;

/** What a kind demands of its objects beyond their schema and metadata. */
export interface KindRules<T> {
  readonly name: NameCheck;
  /** Whether an update judges the whole metadata once more, as some kinds do: what is wrong is then told twice. */
  readonly rechecksMetadata?: boolean;
  /** Everything below metadata. Called on create, and on update unless `update` is there. */
  check?(errors: FieldErrors, object: T): void;
  /** Everything below metadata when an object takes another's place: what may change, and whether the new state is good. */
  update?(errors: FieldErrors, object: T, old: T): void;
}
