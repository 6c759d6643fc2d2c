/** Puts what a manager applies into the live object. Nothing is taken away here, and what stays the same keeps its identity. */

import { deepEqual } from "../../base/deep.ts";
import { setOwn } from "../../base/set-own.ts";
import type { Place } from "./place.ts";

type Fields = Readonly<Record<string, unknown>>;
type List = readonly unknown[];

/** The live object with the applied one merged into it, place by place. */
export function mergeApplied(live: object, applied: object, root: Place): object {
  return mergeFields(live as Fields, applied as Fields, root);
}

function mergeValues(live: unknown, applied: unknown, place: Place): unknown {
  if (applied === undefined || live === applied) return live;
  if (live === undefined || live === null) return applied;
  switch (place.type) {
    case "fields":
    case "map":
    case "deduced":
      // Null applied to an object that holds something says nothing about its parts.
      if (isFields(live) && (applied === null || isFields(applied))) {
        if (applied === null && Object.keys(live).length > 0) return live;
        if (applied !== null) return mergeFields(live, applied, place);
      }
      break;
    case "keyed":
    case "set":
      if (Array.isArray(live) && (applied === null || Array.isArray(applied))) {
        if (live.length > 0) return mergeLists(live, (applied ?? []) as List, place);
      }
  }
  return deepEqual(live, applied) ? live : applied;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mergeFields(live: Fields, applied: Fields, place: Place): Fields {
  let merged: Record<string, unknown> | undefined;
  for (const name in applied) {
    const current = Object.hasOwn(live, name) ? live[name] : undefined;
    const value = mergeValues(current, applied[name], place.field(name).place);
    if (value === current) continue;
    merged ??= { ...live };
    setOwn(merged, name, value);
  }
  return merged ?? live;
}

/** The applied items come in the applied order; those of the live list that are not applied keep their place among them. */
function mergeLists(live: List, applied: List, place: Place): List {
  const liveElements = live.map((item) => place.elementOf(item));
  const appliedElements = applied.map((item) => place.elementOf(item));
  const liveItems = new Map<string, unknown>();
  // Items that go by the same step cannot be told apart, so none of them is merged with.
  for (const [i, element] of liveElements.entries()) {
    liveItems.set(element, liveItems.has(element) ? null : live[i]);
  }
  const appliedItems = new Map(appliedElements.map((element, i) => [element, applied[i]]));
  const shared = appliedElements.filter((element) => liveItems.has(element));
  const merge = (element: string) =>
    mergeValues(liveItems.get(element), appliedItems.get(element), place.element);

  const merged: unknown[] = [];
  const done = new Set<string>();
  let nextShared = shared.shift();
  let l = 0;
  let r = 0;
  const takeApplied = (element: string) => {
    done.add(element);
    merged.push(merge(element));
    r++;
  };
  while (l < live.length || r < applied.length) {
    const mine = liveElements[l];
    const theirs = appliedElements[r];
    if (mine !== undefined && theirs !== undefined) {
      if (mine === theirs) {
        takeApplied(theirs);
        l++;
        nextShared = shared.shift();
        continue;
      }
      if (appliedItems.has(mine) && nextShared !== undefined && nextShared !== mine) {
        // Applied as well, but further on.
        l++;
        continue;
      }
    }
    if (mine !== undefined) {
      if (!appliedItems.has(mine)) {
        merged.push(live[l++]);
        continue;
      }
      if (done.has(mine)) l++;
    }
    if (theirs !== undefined) {
      takeApplied(theirs);
      if (nextShared === theirs) nextShared = shared.shift();
    }
  }
  const isSame = merged.length === live.length && merged.every((item, i) => item === live[i]);
  return isSame ? live : merged;
}
