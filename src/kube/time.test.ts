import { expect, test } from "vitest";
import { formatMicroTime, formatTime, parseTime, sinceMs } from "./time.ts";

const newYearMs = Date.UTC(2026, 0, 1);

test.each([
  { name: "a whole second", momentMs: newYearMs, time: "2026-01-01T00:00:00Z", micro: "000000" },
  { name: "a part of a second", momentMs: newYearMs + 999.5, time: "2026-01-01T00:00:00Z", micro: "999500" },
  { name: "a microsecond", momentMs: newYearMs + 0.001, time: "2026-01-01T00:00:00Z", micro: "000001" },
  { name: "the next minute", momentMs: newYearMs + 61_020, time: "2026-01-01T00:01:01Z", micro: "020000" },
])("prints $name", ({ momentMs, time, micro }) => {
  expect(formatTime(momentMs)).toBe(time);
  expect(formatMicroTime(momentMs)).toBe(`${time.slice(0, 19)}.${micro}Z`);
});

test.each([
  { text: "2026-01-01T00:00:00Z", momentMs: newYearMs },
  { text: "2026-01-01T00:00:00.123456Z", momentMs: newYearMs + 123.456 },
  { text: "2026-01-01T01:00:00+01:00", momentMs: newYearMs },
  { text: "2026-01-01", momentMs: undefined },
  { text: "yesterday", momentMs: undefined },
  { text: "2026-13-01T00:00:00Z", momentMs: undefined },
])("reads $text", ({ text, momentMs }) => {
  expect(parseTime(text)).toBe(momentMs);
});

test("an unset field is no moment ago", () => {
  expect(sinceMs(newYearMs, undefined)).toBeUndefined();
  expect(sinceMs(newYearMs, null)).toBeUndefined();
  expect(sinceMs(newYearMs + 5_000, "2026-01-01T00:00:00Z")).toBe(5_000);
});
