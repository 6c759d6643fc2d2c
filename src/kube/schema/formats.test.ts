import { describe, expect, test } from "vitest";
import { base64Error, canonicalQuantity, canonicalTime, parseQuantityError, timeError } from "./formats.ts";

describe("amounts are spelled as the API prints them", () => {
  test.each([
    { given: "1000m", printed: "1" },
    { given: "0.5", printed: "500m" },
    { given: 0.1, printed: "100m" },
    { given: "1024Mi", printed: "1Gi" },
    { given: "1.5Gi", printed: "1536Mi" },
    { given: "1e3", printed: "1e3" },
    { given: "100n", printed: "1m" },
    { given: "nonsense", printed: "nonsense" },
    { given: true, printed: true },
  ])("$given", ({ given, printed }) => {
    expect(canonicalQuantity(given, "milli")).toBe(printed);
  });

  test("exactly, where amounts are not those of resources", () => {
    expect(canonicalQuantity("100n", "exact")).toBe("100n");
  });
});

test.each([{ value: "x" }, { value: "1gb" }, { value: "" }, { value: true }, { value: {} }])(
  "$value is no amount",
  ({ value }) => {
    expect(parseQuantityError(value)).toBeDefined();
  },
);

describe("moments", () => {
  test.each([
    { given: "2020-02-29T12:00:00Z", printed: "2020-02-29T12:00:00Z" },
    { given: "2020-01-01T02:00:00+02:00", printed: "2020-01-01T00:00:00Z" },
    { given: "2020-01-01T00:00:00.999Z", printed: "2020-01-01T00:00:00Z" },
  ])("$given is printed in UTC and whole seconds", ({ given, printed }) => {
    expect(timeError(given, false)).toBeUndefined();
    expect(canonicalTime(given, false)).toBe(printed);
  });

  test("finer ones are printed with six digits", () => {
    expect(canonicalTime("2020-01-01T01:00:00.123456+01:00", true)).toBe("2020-01-01T00:00:00.123456Z");
  });

  const layout = "2006-01-02T15:04:05Z07:00";
  test.each([
    { given: "2020-13-01T00:00:00Z", error: 'parsing time "2020-13-01T00:00:00Z": month out of range' },
    { given: "2021-02-29T00:00:00Z", error: 'parsing time "2021-02-29T00:00:00Z": day out of range' },
    { given: "2020-01-01T24:00:00Z", error: 'parsing time "2020-01-01T24:00:00Z": hour out of range' },
    {
      given: "2020-01-01",
      error: `parsing time "2020-01-01" as "${layout}": cannot parse "" as "T"`,
    },
    {
      given: "2020-01-01T00:00:00",
      error: `parsing time "2020-01-01T00:00:00" as "${layout}": cannot parse "" as "Z07:00"`,
    },
    {
      given: "2020-01-01T00:00:00Zx",
      error: 'parsing time "2020-01-01T00:00:00Zx": extra text: "x"',
    },
  ])("$given is refused in Go's words", ({ given, error }) => {
    expect(timeError(given, false)).toBe(error);
  });
});

/** The offsets are those of Go's encoding/base64. */
describe("base64", () => {
  test.each([
    { text: "", error: undefined },
    { text: "YQ==", error: undefined },
    { text: "YWJj\nYWJj", error: undefined },
    { text: "%%%", error: "illegal base64 data at input byte 0" },
    { text: "YQ", error: "illegal base64 data at input byte 0" },
    { text: "YWJjYQ=", error: "illegal base64 data at input byte 7" },
    { text: "YQ==x", error: "illegal base64 data at input byte 4" },
    { text: "Y===", error: "illegal base64 data at input byte 1" },
  ])("$text", ({ text, error }) => {
    expect(base64Error(text)).toBe(error);
  });
});
