/** The entries of metadata.managedFields: who, by which operation, through which door, and since when. */
import { deepEqual } from "../../base/deep.ts";
import { parseTime } from "../time.ts";
import type { ManagedFieldsEntry, Time } from "../types/meta.ts";
import { difference, EMPTY_SET, type FieldSet, isEmptySet, union } from "./field-set.ts";

export type Entries = readonly ManagedFieldsEntry[];

/** What tells one manager from another. Appliers keep their identity when they move to another version of the API. */
export type ManagerIdentity = Pick<
  ManagedFieldsEntry,
  "manager" | "operation" | "apiVersion" | "subresource"
>;

/** How many managers of updates an object remembers one by one. */
const UPDATE_MANAGERS_MAX = 10;
const OLD_UPDATES_MANAGER = "ancient-changes";

/** Whether an entry is that manager's. */
export function isManagedBy(entry: ManagerIdentity, manager: ManagerIdentity): boolean {
  return (
    entry.manager === manager.manager &&
    entry.operation === manager.operation &&
    (entry.operation === "Apply" || entry.apiVersion === manager.apiVersion) &&
    (entry.subresource ?? "") === (manager.subresource ?? "")
  );
}

/** The fields of an entry as a set. */
export function setOf(entry: ManagedFieldsEntry): FieldSet {
  return entry.fieldsV1 as FieldSet;
}

/** The entry with other fields; the entry itself when they are the same. `undefined` when none are left. */
export function withSet(entry: ManagedFieldsEntry, set: FieldSet): ManagedFieldsEntry | undefined {
  if (set === entry.fieldsV1) return entry;
  return isEmptySet(set) ? undefined : { ...entry, fieldsV1: set };
}

/** An entry in the order of fields in which the API writes it. A manager that has not changed anything yet has no time. */
export function makeEntry(
  manager: ManagerIdentity,
  set: FieldSet,
  time: Time | undefined,
): ManagedFieldsEntry {
  const { operation, apiVersion, subresource } = manager;
  const fields = { fieldsType: "FieldsV1", fieldsV1: set } as const;
  // Every write makes one: written out, it costs a fraction of what conditional spreads do.
  const entry: EntryDraft =
    time === undefined
      ? { manager: manager.manager, operation, apiVersion, ...fields }
      : { manager: manager.manager, operation, apiVersion, time, ...fields };
  if (subresource) entry.subresource = subresource;
  return entry;
}

type EntryDraft = { -readonly [K in keyof ManagedFieldsEntry]: ManagedFieldsEntry[K] };

/** The entries after `set` was taken from all of them but one. Those with nothing left are gone. */
export function withoutSet(entries: Entries, set: FieldSet, except?: ManagerIdentity): Entries {
  const left: ManagedFieldsEntry[] = [];
  let isSame = true;
  for (const entry of entries) {
    const kept = except && isManagedBy(entry, except) ? entry : withSet(entry, difference(setOf(entry), set));
    if (kept !== entry) isSame = false;
    if (kept !== undefined) left.push(kept);
  }
  return isSame ? entries : left;
}

/** Of entries of one manager only the last counts: a Scale leaves an object two of the same that it was written through. */
export function lastOfEach(entries: Entries): Entries {
  const isLast = (entry: ManagedFieldsEntry, i: number) =>
    !entries.some((other, at) => at > i && isManagedBy(other, entry));
  return entries.every(isLast) ? entries : entries.filter(isLast);
}

/** Appliers first, then by time, manager, version and subresource. */
export function sortEntries(entries: Entries): Entries {
  return entries.toSorted(compareEntries);
}

function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    compareTexts(a.operation, b.operation) ||
    compareTimes(a.time, b.time) ||
    compareTexts(a.manager, b.manager) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource ?? "", b.subresource ?? "")
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By whole seconds; no time is the earliest. */
function compareTimes(a: Time | undefined, b: Time | undefined): number {
  if (a === b) return 0;
  // Our own times all have one form, which sorts as it stands.
  if (a?.length === TIME_LENGTH && b?.length === TIME_LENGTH) return compareTexts(a, b);
  return secondsOf(a) - secondsOf(b);
}

const TIME_LENGTH = "2026-01-01T00:00:00Z".length;

function secondsOf(time: Time | undefined): number {
  return time === undefined ? 0 : Math.floor((parseTime(time) ?? 0) / 1_000);
}

/** Merges the oldest updaters of each version into one once there are too many of them. */
export function capUpdaters(entries: Entries): Entries {
  if (entries.length <= UPDATE_MANAGERS_MAX) return entries;
  let surplus = entries.filter((entry) => entry.operation === "Update").length - UPDATE_MANAGERS_MAX;
  if (surplus <= 0) return entries;
  let result = entries;
  const firstOfVersion = new Map<string, ManagedFieldsEntry>();
  for (const entry of sortEntries(entries)) {
    const { apiVersion, time } = entry;
    if (entry.operation !== "Update" || surplus <= 0) continue;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, entry);
      continue;
    }
    const ancient = { manager: OLD_UPDATES_MANAGER, operation: "Update", apiVersion } as const;
    if (isManagedBy(entry, ancient)) continue;
    const bucket = result.find((other) => isManagedBy(other, ancient)) ?? first;
    const merged = makeEntry(ancient, union(setOf(bucket), setOf(entry)), time);
    result = [...result.filter((other) => other !== bucket && other !== entry), merged];
    if (bucket === first) firstOfVersion.set(apiVersion, merged);
    surplus--;
  }
  return result;
}

/** Whether the client asks to forget all managers: it sent a list without entries, or with one empty entry. */
export function isReset(entries: Entries | undefined): boolean {
  if (entries === undefined) return false;
  return entries.length === 0 || (entries.length === 1 && deepEqual(entries[0], {}));
}

/** Whether every entry can be read; a list with one that cannot counts as not given. */
export function areReadable(entries: Entries): boolean {
  return entries.every(
    (entry) =>
      (entry.operation === "Apply" || entry.operation === "Update") &&
      typeof entry.apiVersion === "string" &&
      entry.apiVersion !== "" &&
      entry.fieldsType === "FieldsV1",
  );
}

/** Entries may come without fields from a client that edits them. */
export function normalized(entries: Entries): Entries {
  if (entries.every((entry) => entry.fieldsV1 !== undefined)) return entries;
  return entries.map((entry) => ({ ...entry, fieldsV1: entry.fieldsV1 ?? EMPTY_SET }));
}
