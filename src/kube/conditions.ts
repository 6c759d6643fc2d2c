/** Conditions: how an object's status tells what is the case, one entry per type. Lists are never changed, only replaced. */
import { deepEqual } from "../base/deep.ts";
import { formatTime } from "./time.ts";
import type { Condition } from "./types/meta.ts";

type Conditions = readonly Condition[] | undefined;

/** The condition of a type, if the object has one. */
export function findCondition(conditions: Conditions, type: string): Condition | undefined {
  if (conditions !== undefined)
    for (const condition of conditions) if (condition.type === type) return condition;
  return undefined;
}

/** Whether the condition of a type is there and "True"; an absent one counts as not. */
export function isConditionTrue(conditions: Conditions, type: string): boolean {
  return findCondition(conditions, type)?.status === "True";
}

/** What a controller has to say of one type; `lastTransitionTime` follows from the status. */
export type ConditionDraft = Omit<Condition, "lastTransitionTime">;

/**
 * The list with the condition of `draft.type` replaced, or appended. lastTransitionTime moves to `nowMs` only when the status
 * changed, and a list in which nothing would change comes back as it is, so that callers may compare by identity.
 */
export function setCondition(
  conditions: Conditions,
  draft: ConditionDraft,
  nowMs: number,
): readonly Condition[] {
  const list = conditions ?? [];
  const at = list.findIndex((condition) => condition.type === draft.type);
  const current = list[at];
  if (current === undefined) return [...list, { ...draft, lastTransitionTime: formatTime(nowMs) }];
  const since = current.status === draft.status ? current.lastTransitionTime : formatTime(nowMs);
  const next: Condition = since === undefined ? draft : { ...draft, lastTransitionTime: since };
  return deepEqual(current, next) ? list : list.with(at, next);
}

/** The list without the condition of a type; the same list when it had none. */
export function removeCondition(conditions: Conditions, type: string): readonly Condition[] {
  const list = conditions ?? [];
  return findCondition(list, type) === undefined ? list : list.filter((condition) => condition.type !== type);
}
