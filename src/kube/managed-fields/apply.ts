/**
 * Server-side apply: a manager sends the fields that it wants to own, with their values. What it sent last time and no longer
 * sends goes away, unless others own it; what others own with another value is a conflict, unless the manager forces.
 */
import { deepEqual } from "../../base/deep.ts";
import { apiVersionOf, type Kind } from "../kind.ts";
import { type Schema, schemaOf } from "../schema/schema.ts";
import { StatusError } from "../status-error.ts";
import type { KubeObject, ManagedFieldsEntry, Time } from "../types/meta.ts";
import { appliedSet } from "./applied-set.ts";
import { compareObjects } from "./compare.ts";
import { type ApplyConflict, conflictsOver } from "./conflicts.ts";
import {
  type Entries,
  isManagedBy,
  lastOfEach,
  type ManagerIdentity,
  makeEntry,
  setOf,
  sortEntries,
  withoutSet,
} from "./entries.ts";
import { EMPTY_SET, intersection, isEmptySet, union } from "./field-set.ts";
import { allowedByLastApplied, withLastApplied } from "./last-applied.ts";
import { mergeApplied } from "./merge-applied.ts";
import type { Place } from "./place.ts";
import { prune, withoutNulls } from "./prune.ts";
import { rootPlace, wholePlace } from "./root-place.ts";
import { withEntries } from "./track-update.ts";
import { validateApplied } from "./validate-applied.ts";

/** One Apply. */
export interface ApplyOperation<T extends KubeObject> {
  /** The live object; absent when the apply creates it. */
  readonly live: T | undefined;
  /** What the manager sent. */
  readonly applied: Readonly<Record<string, unknown>>;
  readonly manager: string;
  /** Takes fields that others own. */
  readonly force?: boolean | undefined;
  readonly subresource?: string | undefined;
  readonly time: Time;
  readonly kind: Kind;
  /** Of a custom kind; built-in ones are known. */
  readonly schema?: Schema | undefined;
}

/** What became of an Apply. */
export type ApplyOutcome<T extends KubeObject> =
  /** Not yet defaulted. It is the live object itself when neither it nor its managers changed. */
  | { readonly kind: "applied"; readonly object: T }
  | { readonly kind: "conflict"; readonly conflicts: readonly ApplyConflict[] };

/** Merges what a manager applies into the live object, and keeps managedFields.
 * @throws {StatusError} BadRequest or InternalError for an object that cannot be applied to this kind. */
export function applyServerSide<T extends KubeObject>(operation: ApplyOperation<T>): ApplyOutcome<T> {
  const { live, applied, kind, subresource = "" } = operation;
  const schema = operation.schema ?? schemaOf(kind);
  checkApplied(applied, kind, schema);
  const root = rootPlace(kind, schema, subresource);
  const manager: ManagerIdentity = {
    manager: operation.manager,
    operation: "Apply",
    apiVersion: apiVersionOf(kind),
    subresource,
  };
  const request: Request = {
    // Whoever applies to a path need not say anything of the metadata.
    live: live ?? { metadata: {} },
    applied,
    root,
    whole: wholePlace(kind, schema),
    manager,
    entries: entriesOf(operation, root),
    force: operation.force ?? false,
  };
  let result = merge(request);
  // kubectl moves from client-side to server-side apply without a fight: what its annotation claims is its own.
  if (result.conflicts.length > 0 && manager.manager === "kubectl" && live !== undefined) {
    const allowed = allowedByLastApplied(live, kind, root);
    const conflicts = result.conflicts.filter(({ path }) => !allowed.has(path));
    result = conflicts.length === 0 ? merge({ ...request, force: true }) : { ...result, conflicts };
  }
  if (result.conflicts.length > 0) return { kind: "conflict", conflicts: result.conflicts };
  return { kind: "applied", object: finish(operation, manager, result) };
}

function checkApplied(
  applied: Readonly<Record<string, unknown>>,
  kind: Kind,
  schema: Schema | undefined,
): void {
  const apiVersion = apiVersionOf(kind);
  if (applied.apiVersion !== apiVersion || applied.kind !== kind.kind) {
    throw new StatusError("BadRequest", `invalid object type: ${typeText(applied.apiVersion, applied.kind)}`);
  }
  const metadata = (applied.metadata ?? {}) as Partial<KubeObject["metadata"]>;
  if (metadata.managedFields !== undefined) {
    throw new StatusError("BadRequest", "metadata.managedFields must be nil");
  }
  const problems = validateApplied(applied, schema);
  if (problems.length === 0) return;
  const name = `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
  const object = `${name}; ${typeText(apiVersion, kind.kind)}`;
  const list =
    problems.length === 1 ? problems[0] : `errors:\n${problems.map((line) => `  ${line}`).join("\n")}`;
  throw new StatusError("Unknown", `failed to create typed patch object (${object}): ${list}`);
}

/** "apps/v1, Kind=Deployment"; the core group is empty, "/v1, Kind=Pod". */
function typeText(apiVersion: unknown, kind: unknown): string {
  const version = typeof apiVersion === "string" ? apiVersion : "";
  return `${version.includes("/") ? version : `/${version}`}, Kind=${typeof kind === "string" ? kind : ""}`;
}

/** The managers of the live object. Nobody tracked it so far: then all of it was somebody's before the first apply. */
function entriesOf<T extends KubeObject>(
  { live, kind, subresource = "", time }: ApplyOperation<T>,
  root: Place,
): Entries {
  if (live === undefined) return [];
  const entries = lastOfEach(live.metadata.managedFields ?? []);
  if (entries.length > 0) return entries;
  const everything = compareObjects(undefined, live, root)?.changed;
  if (everything === undefined) return [];
  const manager = {
    manager: "before-first-apply",
    operation: "Update",
    apiVersion: apiVersionOf(kind),
    subresource,
  } as const;
  return [makeEntry(manager, everything, time)];
}

interface Request {
  readonly live: object;
  readonly applied: object;
  readonly root: Place;
  /** The same without anything left out. */
  readonly whole: Place;
  readonly manager: ManagerIdentity;
  readonly entries: Entries;
  readonly force: boolean;
}

interface Merged {
  readonly object: object;
  readonly entries: Entries;
  readonly conflicts: readonly ApplyConflict[];
}

function merge({ live, applied, root, whole, manager, entries, force }: Request): Merged {
  const own = entries.find((entry) => isManagedBy(entry, manager));
  const others = entries.filter((entry) => entry !== own);
  const set = appliedSet(applied, root);
  let object = mergeApplied(live, applied, root);
  if (own !== undefined) {
    const owned = others.reduce((all, entry) => union(all, setOf(entry)), appliedSet(applied, whole));
    object = prune({ merged: object, last: setOf(own), owned, root: whole });
  }
  const change = compareObjects(live, object, root);
  const changed = change?.changed ?? EMPTY_SET;
  const conflicts = force ? [] : others.flatMap((entry) => conflictsWith(entry, changed)).sort(byOwner);
  let left = withoutSet(others, changed);
  if (change?.removed !== undefined) left = withoutSet(left, change.removed);
  const mine = isEmptySet(set) ? [] : [makeEntry(manager, set, own?.time)];
  return { object: withoutNulls(object, live) as object, entries: [...left, ...mine], conflicts };
}

function conflictsWith(entry: ManagedFieldsEntry, changed: typeof EMPTY_SET): ApplyConflict[] {
  const taken = intersection(setOf(entry), changed);
  return isEmptySet(taken) ? [] : conflictsOver(entry, taken);
}

function byOwner(a: ApplyConflict, b: ApplyConflict): number {
  return a.owner.manager < b.owner.manager ? -1 : a.owner.manager > b.owner.manager ? 1 : 0;
}

/** The object with its managers; the live one as it is when only times would change. */
function finish<T extends KubeObject>(
  { live, applied, time }: ApplyOperation<T>,
  manager: ManagerIdentity,
  merged: Merged,
): T {
  const isChanged = live === undefined || !deepEqual(merged.object, live);
  // A manager that changed nothing gets no time, not even its first.
  const entries = isChanged
    ? merged.entries.map((entry) =>
        isManagedBy(entry, manager) ? makeEntry(entry, setOf(entry), time) : entry,
      )
    : merged.entries;
  const object = withLastApplied(merged.object as T, applied, manager.manager);
  const next = withEntries(object, sortEntries(entries));
  return live !== undefined && isSameBesidesTimes(live, next) ? live : next;
}

function isSameBesidesTimes(live: KubeObject, next: KubeObject): boolean {
  const timeless = (entries: Entries = []) => entries.map(({ time: _, ...entry }) => entry);
  const bare = ({ metadata: { managedFields: _, ...metadata }, ...object }: KubeObject) => ({
    ...object,
    metadata,
  });
  return (
    deepEqual(timeless(live.metadata.managedFields), timeless(next.metadata.managedFields)) &&
    meansTheSame(bare(live), bare(next))
  );
}

/** Like equality, but nothing, null and empty objects and lists are one: the API does not write empty fields. */
function meansTheSame(a: unknown, b: unknown): boolean {
  if (a === b || (isNothing(a) && isNothing(b))) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const name in left) if (!meansTheSame(left[name], right[name])) return false;
  for (const name in right) if (left[name] === undefined && !isNothing(right[name])) return false;
  return Array.isArray(a) === Array.isArray(b);
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
