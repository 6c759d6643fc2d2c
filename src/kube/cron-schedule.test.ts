import { describe, expect, test } from "vitest";
import { parseCronSchedule } from "./cron-schedule.ts";

const range = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

describe("fields", () => {
  test.each([
    { text: "0 0 * * *", fields: { minutes: [0], hours: [0], anyDayOfMonth: true, anyDayOfWeek: true } },
    { text: "*/15 * * * *", fields: { minutes: [0, 15, 30, 45], hours: range(0, 23) } },
    { text: "5-20/5 8,20 * * *", fields: { minutes: [5, 10, 15, 20], hours: [8, 20] } },
    { text: "50/3 * * * *", fields: { minutes: [50, 53, 56, 59] } },
    {
      text: "0 0 1 jan,JUL ?",
      fields: { daysOfMonth: [1], months: [1, 7], anyDayOfMonth: false, anyDayOfWeek: true },
    },
    { text: "0 0 * * mon-fri", fields: { daysOfWeek: [1, 2, 3, 4, 5], anyDayOfWeek: false } },
    { text: "TZ=Europe/Paris 0 6 * * *", fields: { minutes: [0], hours: [6] } },
    { text: "@weekly", fields: { minutes: [0], hours: [0], daysOfWeek: [0], anyDayOfMonth: true } },
    { text: "@hourly", fields: { minutes: [0], hours: range(0, 23) } },
  ])("$text", ({ text, fields }) => {
    expect(parseCronSchedule(text)).toMatchObject({ ok: true, value: { kind: "fields", ...fields } });
  });
});

test.each([
  { text: "@every 90m", everyMs: 5_400_000 },
  { text: "@every 1500ms", everyMs: 1_000 },
  { text: "@every 10ms", everyMs: 1_000 },
])("$text fires every $everyMs ms, whole seconds and one at least", ({ text, everyMs }) => {
  expect(parseCronSchedule(text)).toEqual({ ok: true, value: { kind: "interval", everyMs } });
});

describe("what is wrong is said in the words of robfig/cron", () => {
  test.each([
    { text: "", error: "empty spec string" },
    { text: "* * * *", error: "expected exactly 5 fields, found 4: [* * * *]" },
    { text: "61 * * * *", error: "end of range (61) above maximum (59): 61" },
    { text: "* * 0 * *", error: "beginning of range (0) below minimum (1): 0" },
    { text: "5-1 * * * *", error: "beginning of range (5) beyond end of range (1): 5-1" },
    { text: "*/0 * * * *", error: "step of range should be a positive number: */0" },
    { text: "1-2-3 * * * *", error: "too many hyphens: 1-2-3" },
    { text: "*/2/3 * * * *", error: "too many slashes: */2/3" },
    { text: "@fortnightly", error: "unrecognized descriptor: @fortnightly" },
  ])("$text", ({ text, error }) => {
    expect(parseCronSchedule(text)).toEqual({ ok: false, error });
  });
});
