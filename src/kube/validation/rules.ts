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

/**
 * One look at an update: at the metadata or at what is below it (`check`) as if the object were new, or at either as a change
 * (`update`). Real servers look several times, in an order of each kind's own, and tell what is wrong as often.
 */
export type UpdatePass = "metadata" | "body" | "changed metadata" | "changed body";

export const AS_NEW: readonly UpdatePass[] = ["metadata", "body"];
export const AS_CHANGED: readonly UpdatePass[] = ["changed metadata", "changed body"];

/** What a kind demands of its objects beyond their schema and metadata. */
export interface KindRules<T> {
  readonly name: NameCheck;
  /** What an update is judged by, where it is not the change alone. */
  readonly passes?: readonly UpdatePass[];
  /** What a write to the status is judged by besides `status`, where that is not the changed metadata alone. */
  readonly statusPasses?: readonly UpdatePass[];
  /** Whether metadata is looked at after everything else was found good, and then as all kinds have it. */
  readonly metadataLast?: boolean;
  /** Everything below metadata. Called on create, and on update unless `update` is there. */
  check?(errors: FieldErrors, object: T): void;
  /** Everything below metadata when an object takes another's place: what may change, and whether the new state is good. */
  update?(errors: FieldErrors, object: T, old: T): void;
  /** A status that is not the old one, written through "approval". */
  approval?(errors: FieldErrors, object: T, old: T): void;
  /** A status that is not the old one, written by any other way. */
  status?(errors: FieldErrors, object: T, old: T): void;
}
