/**
 * CronJobs: a Job at every moment of a schedule.
 *
 * A turn cleans up finished Jobs, notes what has become of active ones, and begins the Job that is due (`due-times.ts`);
 * then it waits for the next moment (`next-time.ts`), which is the only timer that a CronJob keeps.
 */

import { type CronSchedule, parseCronSchedule } from "../../../kube/cron-schedule.ts";
import { cronJobs, jobs } from "../../../kube/kinds.ts";
import { secondsOf } from "../../../kube/seconds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { CronJob, Job } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory } from "../../context.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { momentMs } from "../shared/moment.ts";
import { watchAll, watchChildren } from "../shared/watch.ts";
import { CronJobTurn } from "./cronjob-turn.ts";
import { dueTime, type NextTime, waitMs } from "./due-times.ts";
import { nextTime } from "./next-time.ts";
import { TimeZone } from "./time-zone.ts";

const NAME = "cronjob-controller";

/** What a CronJob's schedule comes to. */
interface Plan {
  readonly schedule: CronSchedule;
  readonly zone: TimeZone;
}

/** Begins the Jobs of CronJobs. */
export const cronJob: ControllerFactory = (context) => {
  const { api, engine } = context;

  const reconcile = (key: string): void => {
    const { namespace, name } = splitKey(key);
    const found = api.get(cronJobs, namespace, name);
    if (found === undefined) return;
    const turn = new CronJobTurn(context, found, api.ownedBy(jobs, found.metadata.uid));
    turn.cleanUp();
    turn.observe();
    const plan = found.metadata.deletionTimestamp === undefined ? planOf(found, turn) : undefined;
    try {
      if (plan !== undefined) startDue(turn, found, plan);
    } finally {
      turn.writeStatus();
    }
    if (plan !== undefined) wait(key, plan);
  };

  const startDue = (turn: CronJobTurn, found: CronJob, { schedule, zone }: Plan): void => {
    const { spec, status } = found;
    const next: NextTime = (afterMs) => nextTime(schedule, afterMs, zone);
    const { atMs, isManyMissed } = dueTime(found, next, engine.now());
    if (atMs === undefined) return;
    if (isManyMissed) {
      const message =
        "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
      turn.tell("Warning", "TooManyMissedTimes", message);
    }
    const { startingDeadlineSeconds } = spec;
    if (
      startingDeadlineSeconds !== undefined &&
      atMs + secondsOf(startingDeadlineSeconds) * 1_000 < engine.now()
    ) {
      turn.tell("Warning", "MissSchedule", `Missed scheduled time to start a job: ${rfc1123(atMs)}`);
      return;
    }
    const isStarted = turn.active.some(({ name }) => name === turn.jobName(atMs));
    if (isStarted || (status.lastScheduleTime !== undefined && momentMs(status.lastScheduleTime) === atMs))
      return;
    if (spec.concurrencyPolicy === "Forbid" && turn.active.length > 0) {
      const message = "Not starting job because prior execution is running and concurrency policy is Forbid";
      turn.tell("Normal", "JobAlreadyActive", message);
      return;
    }
    if (spec.concurrencyPolicy === "Replace") replaceActive(turn);
    turn.start(atMs, zone);
  };

  const replaceActive = (turn: CronJobTurn): void => {
    for (const { namespace, name = "" } of turn.active) {
      const active: Job | undefined = api.get(jobs, namespace, name);
      if (active !== undefined && turn.remove(active)) continue;
      throw new StatusError("Conflict", `could not replace job ${namespace}/${name}`);
    }
  };

  /** From the status as it is now: the Job that was begun counts. */
  const wait = (key: string, { schedule, zone }: Plan): void => {
    const { namespace, name } = splitKey(key);
    const current = api.get(cronJobs, namespace, name);
    const delayMs = current && waitMs(current, (afterMs) => nextTime(schedule, afterMs, zone), engine.now());
    if (delayMs !== undefined) queue.addAfter(key, delayMs);
  };

  const queue = new WorkQueue(engine, { name: NAME, reconcile });
  return {
    name: NAME,
    start() {
      watchAll(api, cronJobs, ({ type, object, previous }) => {
        if (type === "DELETED") return;
        const plan = previous !== undefined && isRescheduled(object, previous) ? readPlan(object) : undefined;
        // A new schedule does not make up for moments that it would have had.
        if (plan !== undefined && "schedule" in plan) wait(keyOf(object), plan);
        else queue.add(keyOf(object));
      });
      watchChildren(api, {
        childKind: jobs,
        ownerKind: cronJobs,
        selects: () => false,
        onOwner: (owner) => queue.add(keyOf(owner)),
      });
    },
  };
};

function isRescheduled({ spec }: CronJob, { spec: before }: CronJob): boolean {
  return spec.schedule !== before.schedule || spec.timeZone !== before.timeZone;
}

/** `undefined` for a CronJob that begins nothing: suspended, or with a schedule or zone that cannot be read. */
function planOf(found: CronJob, turn: CronJobTurn): Plan | undefined {
  const plan = readPlan(found);
  if ("reason" in plan) {
    turn.tell("Warning", plan.reason, plan.message);
    return undefined;
  }
  return found.spec.suspend ? undefined : plan;
}

function readPlan({ spec }: CronJob): Plan | { readonly reason: string; readonly message: string } {
  const { timeZone } = spec;
  const zone = TimeZone.find(timeZone);
  if (zone === undefined) {
    const message = `invalid timeZone: "${timeZone}": unknown time zone ${timeZone}`;
    return { reason: "UnknownTimeZone", message };
  }
  const schedule = parseCronSchedule(spec.schedule);
  if (schedule.ok) return { schedule: schedule.value, zone };
  const message = `unparseable schedule: "${spec.schedule}" : ${schedule.error}`;
  return { reason: "UnparseableSchedule", message };
}

/** "Thu, 01 Jan 2026 00:00:00 +0000". */
function rfc1123(ms: number): string {
  return new Date(ms).toUTCString().replace("GMT", "+0000");
}
