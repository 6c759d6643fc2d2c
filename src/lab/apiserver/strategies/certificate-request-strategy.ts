import type { Kind } from "../../../kube/kind.ts";
import { formatTime } from "../../../kube/time.ts";
import { type Fields, type LooseObject, withField } from "../loose.ts";
import { type Strategy, strategy } from "./strategy.ts";

/** Certificate requests carry who asked; nobody can ask in another's name, nor change what was asked. */
export function certificateSigningRequestStrategy(kind: Kind): Strategy {
  const base = strategy(kind, { status: {} });
  return {
    ...base,
    prepareForCreate(object, occasion) {
      const { username: _1, uid: _2, groups: _3, extra: _4, ...asked } = object.spec ?? {};
      const { name, uid, groups, extra } = occasion.user;
      const asker = { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) };
      return base.prepareForCreate({ ...object, spec: { ...asked, ...asker } }, occasion);
    },
    prepareForUpdate: (next, old, occasion) =>
      base.prepareForUpdate(withField(next, "spec", old.spec), old, occasion),
    parts: {
      ...base.parts,
      status(next, old, { nowMs }) {
        const conditions = timed(withApprovals(conditionsOf(next), conditionsOf(old)), old, nowMs);
        return { ...next, spec: old.spec, status: withConditions(next.status, conditions) } as LooseObject;
      },
      approval(next, old, { nowMs }) {
        const conditions = timed(conditionsOf(next), old, nowMs);
        return { ...next, spec: old.spec, status: withConditions(old.status, conditions) } as LooseObject;
      },
    },
  };
}

/** What was said of approval stays as it is, unless something is added or left out: that is refused. */
function withApprovals(next: readonly Fields[], old: readonly Fields[]): readonly Fields[] {
  let kept = next;
  for (const type of ["Approved", "Denied"]) {
    const before = old.filter((condition) => condition.type === type);
    if (kept.filter((condition) => condition.type === type).length !== before.length) continue;
    const rest = before.values();
    kept = kept.map((condition) => (condition.type === type ? (rest.next().value ?? condition) : condition));
  }
  return kept;
}

/** Conditions with the times that they lack: one that was there with the same status goes on since then. */
function timed(conditions: readonly Fields[], old: LooseObject, nowMs: number): readonly Fields[] {
  const now = formatTime(nowMs);
  return conditions.map((condition) => {
    const { lastUpdateTime, lastTransitionTime, type, status } = condition;
    const before = conditionsOf(old).find((each) => each.type === type && each.status === status);
    const since = lastTransitionTime ?? before?.lastTransitionTime ?? now;
    return { ...condition, lastUpdateTime: lastUpdateTime ?? now, lastTransitionTime: since };
  });
}

function withConditions(status: Fields | undefined, conditions: readonly Fields[]): Fields {
  const { conditions: _, ...rest } = status ?? {};
  return conditions.length === 0 ? rest : { ...rest, conditions };
}

function conditionsOf(object: LooseObject): readonly Fields[] {
  return (object.status?.conditions ?? []) as readonly Fields[];
}
