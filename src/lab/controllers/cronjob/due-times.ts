/** When a CronJob is due, and when it is due next. Only looks and answers. */
import { secondsOf } from "../../../kube/seconds.ts";
import type { CronJob } from "../../../kube/types/index.ts";
import { momentMs } from "../shared/moment.ts";

/** Gives the first firing after a moment. */
export type NextTime = (afterMs: number) => number | undefined;

/** Clocks of nodes differ a little: a Job begins this much after its moment (nextScheduleDelta). */
const DELTA_MS = 100;
/** So many missed times hint at a clock that was wrong. */
const MISSED_MANY = 100;

/** The last moment at which a Job should have begun and, as far as is known, has not. */
export interface DueTime {
  readonly atMs: number | undefined;
  readonly isManyMissed: boolean;
}

/** The most recent firing since the last Job; none when the next one is still to come. */
export function dueTime(cronJob: CronJob, next: NextTime, nowMs: number): DueTime {
  const { recentMs, missed } = recent(cronJob, next, nowMs, true);
  return { atMs: recentMs, isManyMissed: missed > MISSED_MANY };
}

/** How long until the next firing. */
export function waitMs(cronJob: CronJob, next: NextTime, nowMs: number): number | undefined {
  const { earliestMs, recentMs, missed } = recent(cronJob, next, nowMs, false);
  const fromMs = recentMs ?? (missed === 0 ? earliestMs : nowMs);
  const nextMs = next(fromMs);
  return nextMs === undefined ? undefined : nextMs + DELTA_MS - nowMs;
}

interface Recent {
  readonly earliestMs: number;
  readonly recentMs?: number | undefined;
  readonly missed: number;
}

function recent(cronJob: CronJob, next: NextTime, nowMs: number, withDeadline: boolean): Recent {
  const earliestMs = lookBackTo(cronJob, nowMs, withDeadline);
  const firstMs = next(earliestMs);
  if (firstMs === undefined || nowMs < firstMs) return { earliestMs, missed: 0 };
  const secondMs = next(firstMs);
  if (secondMs === undefined || nowMs < secondMs) return { earliestMs, recentMs: firstMs, missed: 0 };
  // Jumps close to now, instead of walking through all that was missed.
  const everyMs = secondMs - firstMs;
  const missed = Math.floor((nowMs - firstMs) / everyMs) + 1;
  let recentMs: number | undefined;
  for (
    let atMs = next(firstMs + (missed - 2) * everyMs);
    atMs !== undefined && atMs <= nowMs;
    atMs = next(atMs)
  ) {
    recentMs = atMs;
  }
  return { earliestMs, recentMs, missed };
}

function lookBackTo({ metadata, spec, status }: CronJob, nowMs: number, withDeadline: boolean): number {
  const lastMs = momentMs(status.lastScheduleTime ?? metadata.creationTimestamp);
  const { startingDeadlineSeconds } = spec;
  if (!withDeadline || startingDeadlineSeconds === undefined) return lastMs;
  return Math.max(lastMs, nowMs - secondsOf(startingDeadlineSeconds) * 1_000);
}
