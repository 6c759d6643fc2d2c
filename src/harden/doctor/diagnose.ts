/** Runs the troubles over what was gathered, and keeps what the one who asks wants to hear of. */
import { nameText, type ObjectName } from "../checks/check.ts";
import { Examined, type Gathered } from "./examined.ts";
import { type LogWish, logKey } from "./log-wish.ts";
import { TROUBLES } from "./registry.ts";
import { relatedTo, type Target } from "./target.ts";
import type { Diagnosis } from "./trouble.ts";

export interface DoctorScope {
  readonly target?: Target;
  /** Only what is in it, and the nodes; a target's namespace. */
  readonly namespace?: string;
}

/** What `holdfast doctor` answers, as data: causes before what follows from them. */
export interface DoctorResult {
  readonly target?: string;
  readonly diagnoses: readonly Diagnosis[];
  /** What could not be looked at at all. */
  readonly unseen: readonly string[];
}

/** The logs that would help, each once. */
export function logsWanted(gathered: Gathered): LogWish[] {
  const examined = new Examined(gathered);
  const all = TROUBLES.flatMap((trouble) => trouble.wantsLogs?.(examined) ?? []);
  return [...new Map(all.map((wish) => [logKey(wish), wish])).values()];
}

/** @throws {InputError} when there is no such target */
export function diagnose(gathered: Gathered, { target, namespace }: DoctorScope): DoctorResult {
  const examined = new Examined(gathered);
  const related = target && relatedTo(target, namespace ?? "default", examined);
  const concerns = (names: readonly ObjectName[]) =>
    related === undefined
      ? names.some(
          (name) => namespace === undefined || name.namespace === namespace || name.namespace === undefined,
        )
      : names.some((name) => related.has(nameText(name)));
  const diagnoses = TROUBLES.flatMap((trouble) =>
    [...trouble.find(examined)].map((found): Diagnosis => ({ trouble: trouble.id, ...found })),
  ).filter(
    ({ object, concerns: others = [], expected }) =>
      (!expected || target !== undefined) && concerns([object, ...others]),
  );
  return {
    ...(target && { target: `${target.kind.singular}/${target.name}` }),
    diagnoses,
    unseen: [
      ...(gathered.omitted ?? []),
      ...(examined.hasEvents || !gathered.isLive ? [] : ["events: they could not be read"]),
    ],
  };
}
