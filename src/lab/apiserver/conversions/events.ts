import type { LooseObject } from "../loose.ts";

/** The fields of events.k8s.io/v1 by what core/v1 calls them. */
const NAMES: readonly (readonly [inGroup: string, inCore: string])[] = [
  ["regarding", "involvedObject"],
  ["note", "message"],
  ["reportingController", "reportingComponent"],
  ["deprecatedSource", "source"],
  ["deprecatedFirstTimestamp", "firstTimestamp"],
  ["deprecatedLastTimestamp", "lastTimestamp"],
  ["deprecatedCount", "count"],
];
const TO_CORE = new Map(NAMES);
const FROM_CORE = new Map(NAMES.map(([inGroup, inCore]) => [inCore, inGroup]));

/** An Event of events.k8s.io/v1 as core/v1 spells it. */
export function eventToCore(event: LooseObject): LooseObject {
  return renamed(event, TO_CORE);
}

/** An Event of core/v1 as events.k8s.io/v1 spells it. */
export function eventFromCore(event: LooseObject): LooseObject {
  return renamed(event, FROM_CORE);
}

function renamed(event: LooseObject, names: ReadonlyMap<string, string>): LooseObject {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [names.get(name) ?? name, value]),
  ) as LooseObject;
}
