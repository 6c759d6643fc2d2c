import type { CronFields, CronSchedule } from "../../../kube/cron-schedule.ts";
import type { TimeZone } from "./time-zone.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A day may not come in a year, the 29th of February for one; beyond five years it never comes. */
const YEARS_MAX = 5;

/** The first moment after `afterMs` at which the schedule fires; `undefined` for one that never does. */
export function nextTime(schedule: CronSchedule, afterMs: number, zone: TimeZone): number | undefined {
  if (schedule.kind === "interval") return Math.floor(afterMs / SECOND_MS) * SECOND_MS + schedule.everyMs;
  return new Search(schedule, afterMs, zone).run();
}

/**
 * Goes forward field by field, from the month down, as robfig/cron does: a step that carries over into a greater field
 * begins again from the top. What clock changes do to a schedule follows from the very order of these steps.
 */
class Search {
  readonly #fields: CronFields;
  readonly #zone: TimeZone;
  #ms: number;
  /** The smaller fields stand at their beginning. */
  #isRounded = false;

  constructor(fields: CronFields, afterMs: number, zone: TimeZone) {
    this.#fields = fields;
    this.#zone = zone;
    this.#ms = Math.floor(afterMs / SECOND_MS) * SECOND_MS + SECOND_MS;
  }

  run(): number | undefined {
    const lastYear = this.#zone.wallTime(this.#ms).year + YEARS_MAX;
    while (this.#zone.wallTime(this.#ms).year <= lastYear) {
      if (this.#toMonth() && this.#toDay() && this.#toHour() && this.#toMinute() && this.#toSecond())
        return this.#ms;
    }
    return undefined;
  }

  #toMonth(): boolean {
    for (;;) {
      const { year, month } = this.#zone.wallTime(this.#ms);
      if (this.#fields.months.includes(month)) return true;
      this.#isRounded = true;
      this.#ms = this.#zone.moment(year, month + 1, 1);
      if (month === 12) return false;
    }
  }

  #toDay(): boolean {
    for (;;) {
      const { year, month, day } = this.#zone.wallTime(this.#ms);
      if (this.#isDay(year, month, day)) return true;
      this.#isRounded = true;
      this.#ms = this.#zone.moment(year, month, day + 1);
      const { hour } = this.#zone.wallTime(this.#ms);
      // Midnight does not exist where clocks are set forward at midnight.
      if (hour !== 0) this.#ms += (hour > 12 ? 24 - hour : -hour) * HOUR_MS;
      if (this.#zone.wallTime(this.#ms).day === 1) return false;
    }
  }

  #toHour(): boolean {
    for (;;) {
      const { year, month, day, hour } = this.#zone.wallTime(this.#ms);
      if (this.#fields.hours.includes(hour)) return true;
      if (!this.#isRounded) this.#ms = this.#zone.moment(year, month, day, hour);
      this.#isRounded = true;
      this.#ms += HOUR_MS;
      if (this.#zone.wallTime(this.#ms).hour === 0) return false;
    }
  }

  #toMinute(): boolean {
    for (;;) {
      const { minute } = this.#zone.wallTime(this.#ms);
      if (this.#fields.minutes.includes(minute)) return true;
      if (!this.#isRounded) this.#ms = Math.floor(this.#ms / MINUTE_MS) * MINUTE_MS;
      this.#isRounded = true;
      this.#ms += MINUTE_MS;
      if (minute === 59) return false;
    }
  }

  /** Schedules fire on the minute. */
  #toSecond(): boolean {
    const { second } = this.#zone.wallTime(this.#ms);
    if (second === 0) return true;
    this.#isRounded = true;
    this.#ms += (60 - second) * SECOND_MS;
    return false;
  }

  /** With both fields restricted either is enough; one that is left open does not narrow the other. */
  #isDay(year: number, month: number, day: number): boolean {
    const { daysOfMonth, daysOfWeek, anyDayOfMonth, anyDayOfWeek } = this.#fields;
    const isOfMonth = daysOfMonth.includes(day);
    const isOfWeek = daysOfWeek.includes(new Date(Date.UTC(year, month - 1, day)).getUTCDay());
    return anyDayOfMonth || anyDayOfWeek ? isOfMonth && isOfWeek : isOfMonth || isOfWeek;
  }
}
