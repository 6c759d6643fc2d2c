import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../test/support/fuzz.ts";
import { formatDuration, humanDuration, parseDuration } from "./duration.ts";

test.each([
  { text: "0", durationMs: 0, printed: "0s" },
  { text: "300ms", durationMs: 300, printed: "300ms" },
  { text: "1h2m3.5s", durationMs: 3_723_500, printed: "1h2m3.5s" },
  { text: "-1.5h", durationMs: -5_400_000, printed: "-1h30m0s" },
  { text: "+10s", durationMs: 10_000, printed: "10s" },
  { text: "1.5us", durationMs: 0.0015, printed: "1.5µs" },
  { text: "15ns", durationMs: 0.000015, printed: "15ns" },
  { text: "90s", durationMs: 90_000, printed: "1m30s" },
  { text: "2160h", durationMs: 7_776_000_000, printed: "2160h0m0s" },
  { text: "59.999999999s", durationMs: 59_999.999999, printed: "59.999999999s" },
])("reads $text and prints it as Go does", ({ text, durationMs, printed }) => {
  expect(parseDuration(text)).toEqual({ ok: true, value: durationMs });
  expect(formatDuration(durationMs)).toBe(printed);
});

test.each([
  { text: "", error: 'time: invalid duration ""' },
  { text: "-", error: 'time: invalid duration "-"' },
  { text: "fast", error: 'time: invalid duration "fast"' },
  { text: "10", error: 'time: missing unit in duration "10"' },
  { text: "1d", error: 'time: unknown unit "d" in duration "1d"' },
  { text: "1h 2m", error: 'time: unknown unit "h " in duration "1h 2m"' },
  { text: "3000000h", error: 'time: invalid duration "3000000h"' },
])("says as Go does what is wrong with '$text'", ({ text, error }) => {
  expect(parseDuration(text)).toEqual({ ok: false, error });
});

describe("ages", () => {
  const minute = 60;
  const hour = 60 * minute;
  const day = 24 * hour;
  test.each([
    { seconds: -5, human: "<invalid>" },
    { seconds: -1, human: "0s" },
    { seconds: 0, human: "0s" },
    { seconds: 119, human: "119s" },
    { seconds: 120, human: "2m" },
    { seconds: 330, human: "5m30s" },
    { seconds: 10 * minute + 5, human: "10m" },
    { seconds: 179 * minute, human: "179m" },
    { seconds: 3 * hour, human: "3h" },
    { seconds: 3 * hour + 20 * minute, human: "3h20m" },
    { seconds: 47 * hour, human: "47h" },
    { seconds: 3 * day + 4 * hour, human: "3d4h" },
    { seconds: 8 * day + 4 * hour, human: "8d" },
    { seconds: 729 * day, human: "729d" },
    { seconds: 740 * day, human: "2y10d" },
    { seconds: 9 * 365 * day + 40 * day, human: "9y" },
  ])("$seconds seconds print as $human", ({ seconds, human }) => {
    expect(humanDuration(seconds * 1_000)).toBe(human);
  });
});

describe("property", () => {
  test("what is printed reads back as the same duration", () => {
    // Nanoseconds of up to a week: a double holds these without loss.
    assertProperty(
      fc.property(fc.integer({ min: -604_800_000_000_000, max: 604_800_000_000_000 }), (nanos) => {
        const answer = parseDuration(formatDuration(nanos / 1e6));
        expect(answer.ok && Math.round(answer.value * 1e6)).toBe(nanos);
      }),
    );
  });
});
