/**
 * Field ownership: who last set which field of an object, kept in metadata.managedFields as Kubernetes does.
 *
 * An operation is an Update (create, update, JSON, merge and strategic patches), after which its manager owns what changed and
 * everybody else has lost it; or an Apply (`apply.ts`), in which the manager says what it wants to own. `FieldSet`s are the
 * sets of fields, a `Place` tells how each place of an object is owned. Nothing here reads a clock or stores anything, and
 * nothing converts between versions of an API: managers of another version own the same paths.
 */
import type { Kind } from "../kind.ts";
import { apiVersionOf } from "../kind.ts";
import { type Schema, schemaOf } from "../schema/schema.ts";
import type { KubeObject, Time } from "../types/meta.ts";
import { compareObjects } from "./compare.ts";
import {
  areReadable,
  capUpdaters,
  type Entries,
  isManagedBy,
  isReset,
  lastOfEach,
  type ManagerIdentity,
  makeEntry,
  normalized,
  setOf,
  sortEntries,
  withoutSet,
} from "./entries.ts";
import { union } from "./field-set.ts";
import { rootPlace } from "./root-place.ts";

/** One operation that is no Apply. */
export interface UpdateOperation<T extends KubeObject> {
  /** The live object; absent for a create. */
  readonly before: T | undefined;
  /** What the client made of it, defaults filled in, before admission and the kind's own rules had their say. */
  readonly after: T;
  /** The client's name for itself, or the first part of its user agent. */
  readonly manager: string;
  /** "status", "scale", …; absent for the object itself. */
  readonly subresource?: string | undefined;
  readonly time: Time;
  readonly kind: Kind;
  /** Of a custom kind; built-in ones are known. */
  readonly schema?: Schema | undefined;
}

/** `after` with the managedFields that follow from the operation; `after` itself when they stay as they are. */
export function trackUpdate<T extends KubeObject>(operation: UpdateOperation<T>): T {
  const { before, after, kind, subresource = "", time } = operation;
  const base = baseEntries(before, after, subresource !== "");
  // An object that nobody tracked so far stays so until somebody applies.
  if (base.length === 0 && before !== undefined) return withEntries(after, []);
  const schema = operation.schema ?? schemaOf(kind);
  const change = compareObjects(before, after, rootPlace(kind, schema, subresource));
  if (change === undefined) return withEntries(after, base);
  const manager: ManagerIdentity = {
    manager: operation.manager || "unknown",
    operation: "Update",
    apiVersion: apiVersionOf(kind),
    subresource,
  };
  let entries = change.removed === undefined ? base : withoutSet(base, change.removed);
  if (change.changed !== undefined) {
    entries = withoutSet(entries, change.changed, manager);
    const at = entries.findIndex((entry) => isManagedBy(entry, manager));
    const own = entries[at];
    const set = own === undefined ? change.changed : union(setOf(own), change.changed);
    const others = own === undefined ? entries.slice() : entries.toSpliced(at, 1);
    others.push(makeEntry(manager, set, time));
    entries = sortEntries(capUpdaters(others));
  }
  return withEntries(after, entries);
}

/** What was known of the managers before the operation. */
function baseEntries(before: KubeObject | undefined, after: KubeObject, isSubresource: boolean): Entries {
  const live = lastOfEach(before?.metadata.managedFields ?? []);
  const sent = after.metadata.managedFields;
  // A subresource cannot carry managers of its own making.
  if (isSubresource || sent === undefined || sent === before?.metadata.managedFields) return live;
  if (isReset(sent)) return [];
  return areReadable(sent) ? lastOfEach(normalized(sent)) : live;
}

/** The object with these entries, and without any when there are none. */
export function withEntries<T extends KubeObject>(object: T, entries: Entries): T {
  const current = object.metadata.managedFields;
  if (entries === current || (entries.length === 0 && current === undefined)) return object;
  if (entries.length > 0) return { ...object, metadata: { ...object.metadata, managedFields: entries } };
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
