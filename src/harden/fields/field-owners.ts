/** Who owns fields, and how ownership is told, taken and given back. */
import {
  type Entries,
  isManagedBy,
  type ManagerIdentity,
  makeEntry,
  setOf,
  sortEntries,
  withSet,
} from "../../kube/managed-fields/entries.ts";
import { difference, type FieldSet, isEmptySet, union } from "../../kube/managed-fields/field-set.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { FieldPath } from "./field-path.ts";

/** The name under which Holdfast applies fields. */
export const FIELD_MANAGER = "holdfast";

/** What a manager owns of some fields. */
export interface OwnedFields {
  readonly manager: ManagerIdentity;
  readonly set: FieldSet;
}

/** The managers that own a field, or a part of it, or the atomic value that it is in. */
export function ownersOf(
  { metadata: { managedFields = [] } }: KubeObject,
  path: FieldPath,
): ManagerIdentity[] {
  return managedFields
    .filter((entry) => entry.fieldsV1 !== undefined && owns(setOf(entry), path))
    .map(identityOf);
}

function owns(set: FieldSet, [step, ...rest]: FieldPath): boolean {
  if (step === undefined) return true;
  const below = set[step];
  if (below === undefined) return false;
  return isEmptySet(below) || owns(below, rest);
}

function identityOf({ manager, operation, apiVersion, subresource }: ManagerIdentity): ManagerIdentity {
  return { manager, operation, apiVersion, ...(subresource !== undefined && { subresource }) };
}

/** The members of a set that no other member lies below. */
export function leavesOf(set: FieldSet, above: FieldPath = []): FieldPath[] {
  return Object.entries(set).flatMap(([step, below]) => {
    if (step === ".") return [];
    const path = [...above, step];
    const deeper = leavesOf(below, path);
    return deeper.length > 0 ? deeper : isEmptySet(below) || "." in below ? [path] : [];
  });
}

/** The fields that Holdfast owns, but for the keys by which it had to name an item of a list. */
export function ourFields({ metadata: { managedFields = [] } }: KubeObject): FieldPath[] {
  const set = managedFields
    .filter(({ manager, subresource }) => manager === FIELD_MANAGER && !subresource)
    .map(setOf)
    .reduce(union, {} as FieldSet);
  return leavesOf(set).filter((path) => {
    const [item, step] = path.slice(-2);
    return item === undefined || step === undefined || !item.startsWith("k:") || !isKeyOf(item, step);
  });
}

/** What each manager owns at these paths and below them, or above where a value is owned whole. */
export function ownedAt(object: KubeObject, paths: readonly FieldPath[]): OwnedFields[] {
  return (object.metadata.managedFields ?? []).flatMap((entry) => {
    const set = restricted(setOf(entry), paths);
    return isEmptySet(set) ? [] : [{ manager: identityOf(entry), set }];
  });
}

function restricted(set: FieldSet, paths: readonly FieldPath[]): FieldSet {
  return paths.reduce((found, path) => union(found, branch(set, path)), {} as FieldSet);
}

function branch(set: FieldSet, [step, ...rest]: FieldPath): FieldSet {
  const below = step === undefined ? undefined : set[step];
  if (step === undefined || below === undefined) return {};
  if (rest.length === 0) return { [step]: below };
  const inner = branch(below, rest);
  return isEmptySet(inner) ? {} : { [step]: inner };
}

/** The entries in which these paths belong to those who owned them before, and to nobody else. */
export function givenBack(
  entries: Entries,
  paths: readonly FieldPath[],
  before: readonly OwnedFields[],
): Entries {
  const cleared = entries.flatMap((entry) => {
    const rest = difference(setOf(entry), restricted(setOf(entry), paths));
    // Of an item that an apply had to name by its keys, the keys are no more to be owned than the rest.
    const left = withSet(entry, entry.manager === FIELD_MANAGER ? withoutBareItems(rest) : rest);
    return left ?? [];
  });
  const result = [...cleared];
  for (const { manager, set } of before) {
    const at = result.findIndex((entry) => isManagedBy(entry, manager));
    const own = result[at];
    const { time } = own ?? entries.find((entry) => isManagedBy(entry, manager)) ?? {};
    const whole = makeEntry(manager, own === undefined ? set : union(setOf(own), set), time);
    if (own === undefined) result.push(whole);
    else result[at] = whole;
  }
  return sortEntries(result);
}

/** The entries in which Holdfast owns these paths by apply alone, not also by the update that had to come before it. */
export function appliedAlone(entries: Entries, paths: readonly FieldPath[]): Entries {
  return entries.flatMap((entry) => {
    const { manager, operation, subresource } = entry;
    if (manager !== FIELD_MANAGER || operation !== "Update" || subresource) return entry;
    const rest = difference(setOf(entry), restricted(setOf(entry), paths));
    return withSet(entry, withoutBareItems(rest)) ?? [];
  });
}

function withoutBareItems(set: FieldSet): FieldSet {
  const kept = Object.entries(set).flatMap(([step, below]): [string, FieldSet][] => {
    if (isEmptySet(below)) return [[step, below]];
    const inner = withoutBareItems(below);
    const isBare = step.startsWith("k:") && Object.keys(inner).every((each) => isKeyOf(step, each));
    return isBare || isEmptySet(inner) ? [] : [[step, inner]];
  });
  return Object.fromEntries(kept);
}

function isKeyOf(item: string, step: string): boolean {
  return step === "." || Object.hasOwn(JSON.parse(item.slice(2)), step.slice(2));
}
