import { describe, expect, test } from "vitest";
import { parseCronSchedule } from "../../../kube/cron-schedule.ts";
import { nextTime } from "./next-time.ts";
import { TimeZone } from "./time-zone.ts";

function next(schedule: string, after: string, zoneName?: string): string | undefined {
  const parsed = parseCronSchedule(schedule);
  const zone = TimeZone.find(zoneName);
  if (!parsed.ok || zone === undefined) throw new Error(`Cannot read ${schedule} ${zoneName}`);
  const ms = nextTime(parsed.value, Date.parse(after), zone);
  return ms === undefined ? undefined : zone.format(ms);
}

// Most rows are those of spec_test.go of robfig/cron, whose answers these are.
describe("the next firing", () => {
  test.each([
    { schedule: "0/15 * * * *", after: "2012-07-09T14:45:00Z", at: "2012-07-09T15:00:00Z" },
    { schedule: "0/15 * * * *", after: "2012-07-09T14:59:59Z", at: "2012-07-09T15:00:00Z" },
    { schedule: "20-35/15 * * * *", after: "2012-07-09T15:45:00Z", at: "2012-07-09T16:20:00Z" },
    { schedule: "*/15 * * * *", after: "2012-07-09T23:46:00Z", at: "2012-07-10T00:00:00Z" },
    { schedule: "20-35/15 1/2 */10 * *", after: "2012-07-09T23:35:51Z", at: "2012-07-11T01:20:00Z" },
    { schedule: "0 0 9 Apr-Oct ?", after: "2012-07-09T23:35:00Z", at: "2012-08-09T00:00:00Z" },
    { schedule: "0 0 */5 Apr,Aug,Oct Mon", after: "2012-07-09T23:35:00Z", at: "2012-08-01T00:00:00Z" },
    { schedule: "0 0 29 Feb ?", after: "2012-07-09T23:35:00Z", at: "2016-02-29T00:00:00Z" },
    { schedule: "@weekly", after: "2026-01-01T00:00:00Z", at: "2026-01-04T00:00:00Z" },
    { schedule: "@every 90m", after: "2026-01-01T00:00:00Z", at: "2026-01-01T01:30:00Z" },
    { schedule: "30 8 * * 1-5", after: "2026-01-02T09:00:00Z", at: "2026-01-05T08:30:00Z" },
  ])("of $schedule after $after is at $at", ({ schedule, after, at }) => {
    expect(next(schedule, after)).toBe(at);
  });

  test("never comes for a day that no month has", () => {
    expect(next("0 0 30 2 *", "2026-01-01T00:00:00Z")).toBeUndefined();
  });

  test.each([
    {
      name: "an ordinary day",
      schedule: "0 9 * * *",
      after: "2026-01-01T00:00:00Z",
      zone: "Europe/Berlin",
      at: "2026-01-01T09:00:00+01:00",
    },
    {
      name: "another offset in summer",
      schedule: "0 9 * * *",
      after: "2026-07-01T00:00:00Z",
      zone: "Europe/Berlin",
      at: "2026-07-01T09:00:00+02:00",
    },
    {
      name: "half an hour",
      schedule: "0 0 * * *",
      after: "2026-01-01T00:00:00Z",
      zone: "Asia/Kolkata",
      at: "2026-01-02T00:00:00+05:30",
    },
    {
      name: "an hour that is skipped",
      schedule: "30 2 * * *",
      after: "2012-03-11T00:00:00-05:00",
      zone: "America/New_York",
      at: "2012-03-12T02:30:00-04:00",
    },
    {
      name: "an hour after the skipped one",
      schedule: "0 3 * * *",
      after: "2012-03-11T00:00:00-05:00",
      zone: "America/New_York",
      at: "2012-03-11T03:00:00-04:00",
    },
    {
      name: "the first of two equal hours",
      schedule: "0 1 * * *",
      after: "2012-11-04T00:00:00-04:00",
      zone: "America/New_York",
      at: "2012-11-04T01:00:00-04:00",
    },
    {
      name: "the second of two equal hours",
      schedule: "0 1 * * *",
      after: "2012-11-04T01:00:00-04:00",
      zone: "America/New_York",
      at: "2012-11-04T01:00:00-05:00",
    },
  ])("in a zone: $name", ({ schedule, after, zone, at }) => {
    expect(next(schedule, after, zone)).toBe(at);
  });

  test("knows no zone that does not exist", () => {
    expect(TimeZone.find("Mars/Olympus")).toBeUndefined();
  });
});
