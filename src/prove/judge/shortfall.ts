/** For how long too few of some pods are ready, when each of those that are lost is gone for a while of its own. */
import { NO_TIME, type Seconds } from "./seconds.ts";

/** From when until when a pod is gone. */
export interface Absence {
  readonly from: Seconds;
  readonly until: Seconds;
}

/** How long more than `bearable` of them are gone at once, all such times together. */
export function shortfall(absences: readonly Absence[], bearable: number): Seconds {
  if (absences.length <= bearable) return NO_TIME;
  const [only] = absences;
  if (absences.length === 1 && bearable === 0 && only !== undefined) {
    return { min: lengthOf(only, "min"), median: lengthOf(only, "median"), max: lengthOf(only, "max") };
  }
  return {
    min: timeAbove(absences, bearable, "min"),
    median: timeAbove(absences, bearable, "median"),
    max: timeAbove(absences, bearable, "max"),
  };
}

/** How many are gone at the worst moment that may come. */
export function mostAbsent(absences: readonly Absence[]): number {
  const [only] = absences;
  if (only === undefined) return 0;
  if (absences.length === 1) return lengthOf(only, "max") > 0 ? 1 : 0;
  let gone = 0;
  let most = 0;
  for (const { change } of changesOf(absences, "max")) {
    gone += change;
    if (gone > most) most = gone;
  }
  return most;
}

function lengthOf({ from, until }: Absence, end: keyof Seconds): number {
  return from[end] < Number.POSITIVE_INFINITY ? Math.max(0, until[end] - from[end]) : 0;
}

function timeAbove(absences: readonly Absence[], bearable: number, end: keyof Seconds): number {
  let gone = 0;
  let since = 0;
  let time = 0;
  for (const { at, change } of changesOf(absences, end)) {
    // All that never end, end together.
    if (gone > bearable && at > since) time += at - since;
    since = at;
    gone += change;
  }
  return time;
}

/** Goings and comings in order of time; at one moment those who come are there before others go. */
function changesOf(absences: readonly Absence[], end: keyof Seconds) {
  return absences
    .flatMap(({ from, until }) => [
      { at: from[end], change: 1 },
      { at: until[end], change: -1 },
    ])
    .filter(({ at, change }) => change < 0 || at < Number.POSITIVE_INFINITY)
    .sort((a, b) => (a.at === b.at ? a.change - b.change : a.at - b.at));
}
