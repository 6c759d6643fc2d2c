import { describe, expect, test } from "vitest";
import { durationFault, quoteText, readInteger } from "./go-values.ts";

// Expectations are what Go 1.24's strconv and time say.
describe("whole numbers", () => {
  test.each([
    { text: null, value: undefined },
    { text: "", value: undefined },
    { text: "+5", value: 5 },
    { text: "-1", value: -1 },
    { text: "9223372036854775807", value: 2 ** 63 },
  ])("$text is $value", ({ text, value }) => expect(readInteger(text)).toBe(value));

  test.each([
    { text: "x", why: "invalid syntax" },
    { text: "1.5", why: "invalid syntax" },
    { text: "9223372036854775808", why: "value out of range" },
  ])("$text is refused: $why", ({ text, why }) => {
    expect(() => readInteger(text)).toThrow(`strconv.ParseInt: parsing "${text}": ${why}`);
  });
});

test.each([
  { text: "1h30m", fault: undefined },
  { text: "-1.5s", fault: undefined },
  { text: "0", fault: undefined },
  { text: ".5s", fault: undefined },
  { text: "", fault: 'time: invalid duration ""' },
  { text: "bogus", fault: 'time: invalid duration "bogus"' },
  { text: "5", fault: 'time: missing unit in duration "5"' },
  { text: "1x", fault: 'time: unknown unit "x" in duration "1x"' },
])("the duration $text: $fault", ({ text, fault }) => expect(durationFault(text)).toBe(fault));

test("texts are quoted with Go's escapes", () => {
  expect(quoteText('a"b\\\u0007\u0000\u00a0é\u{1f4a5}')).toBe('"a\\"b\\\\\\a\\x00\\u00a0é💥"');
});
