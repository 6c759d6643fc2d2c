/**
 * Sets of fields, in the very form in which managedFields carry them (FieldsV1): a tree of path steps. A step whose subtree is
 * empty, or holds ".", is a member; any other only leads to members. Sets are never changed, and what an operation does not
 * touch keeps its identity, so that telling that nothing happened is one comparison.
 */
import { compareElements, printElement } from "./path-element.ts";

/** A set, or what lies below one step of it. */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** The empty set; below a step: the step itself is the member. */
export const EMPTY_SET: FieldSet = Object.freeze({});

const SELF = ".";

/** Whether the step that leads to this subtree is a member of the set. */
export function isMember(below: FieldSet): boolean {
  return SELF in below || isEmptySet(below);
}

/** Whether there is no step at all. */
export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether any path leads further than to the place itself. */
function hasSteps(below: FieldSet): boolean {
  for (const element in below) if (element !== SELF) return true;
  return false;
}

/** A subtree from its steps, which must be in order; `self` makes the place itself a member beside them. */
export function makeSet(elements: readonly string[], below: readonly FieldSet[], self: boolean): FieldSet {
  if (elements.length === 0) return EMPTY_SET;
  const set: Record<string, FieldSet> = {};
  if (self) set[SELF] = EMPTY_SET;
  for (let i = 0; i < elements.length; i++) set[elements[i] as string] = below[i] as FieldSet;
  return set;
}

/** What is in `a` or in `b`. It is `a` itself when `b` adds nothing. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  let result: Record<string, FieldSet> | undefined;
  let isSorted = true;
  for (const element in b) {
    const mine = a[element];
    const theirs = b[element] as FieldSet;
    const joined = mine === undefined ? theirs : element === SELF ? mine : unionBelow(mine, theirs);
    if (joined === mine) continue;
    result ??= { ...a };
    result[element] = joined;
    if (mine === undefined) isSorted = false;
  }
  if (result === undefined) return a;
  return isSorted ? result : sorted(result);
}

function unionBelow(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  if (isEmptySet(a)) return isEmptySet(b) ? a : withSelf(b);
  if (isEmptySet(b)) return withSelf(a);
  return union(a, b);
}

function withSelf(below: FieldSet): FieldSet {
  return SELF in below ? below : { [SELF]: EMPTY_SET, ...below };
}

function sorted(set: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const element of Object.keys(set).sort(compareElements)) result[element] = set[element] as FieldSet;
  return result;
}

/** What is in `a` but not in `b`. Members below a member of `b` stay. It is `a` itself when nothing goes. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  let result: Record<string, FieldSet> | undefined;
  for (const element in b) {
    const mine = a[element];
    if (mine === undefined || element === SELF) continue;
    const left = differenceBelow(mine, b[element] as FieldSet);
    if (left === mine) continue;
    result ??= { ...a };
    if (left === undefined) delete result[element];
    else result[element] = left;
  }
  return result ?? a;
}

/** `undefined` when nothing is left at the step and below it. */
function differenceBelow(a: FieldSet, b: FieldSet): FieldSet | undefined {
  const wasMember = isMember(a);
  const staysMember = wasMember && !isMember(b);
  const steps = difference(a, b);
  if (!hasSteps(steps)) return staysMember ? EMPTY_SET : undefined;
  if (staysMember || !wasMember) return steps;
  const { [SELF]: _, ...rest } = steps;
  return rest;
}

/** Whether all of `b` is in `a`. */
export function has(a: FieldSet, b: FieldSet): boolean {
  return isEmptySet(difference(b, a));
}

/** What is in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const elements: string[] = [];
  const below: FieldSet[] = [];
  for (const element in a) {
    const mine = a[element] as FieldSet;
    const theirs = b[element];
    if (theirs === undefined || element === SELF) continue;
    const steps = intersection(mine, theirs);
    const member = isMember(mine) && isMember(theirs);
    if (!member && isEmptySet(steps)) continue;
    elements.push(element);
    below.push(member && !isEmptySet(steps) ? withSelf(steps) : steps);
  }
  return makeSet(elements, below, false);
}

/** Every member as messages show it: the members of a place first, then what lies below each of them. */
export function pathsOf(set: FieldSet, prefix = ""): string[] {
  const members: string[] = [];
  const deeper: string[] = [];
  for (const element in set) {
    if (element === SELF) continue;
    const below = set[element] as FieldSet;
    const path = prefix + printElement(element);
    if (isMember(below)) members.push(path);
    deeper.push(...pathsOf(below, path));
  }
  return members.concat(deeper);
}
