import * as fc from "fast-check";
import { expect, test } from "vitest";
import { jsonText } from "./json-text.ts";

test("property: without bigints it is JSON.stringify", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      expect(jsonText(value, indent)).toBe(JSON.stringify(value, undefined, indent));
    }),
  );
});

test("property: beside a bigint all else is written as JSON.stringify does", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const expected = JSON.stringify({ value, u: undefined, n: 1, l: [undefined, {}] }, undefined, indent);
      expect(jsonText({ value, u: undefined, n: 1n, l: [undefined, {}] }, indent)).toBe(expected);
    }),
  );
});

test("bigints keep every digit", () => {
  expect(jsonText({ a: [9_223_372_036_854_775_807n, -9_007_199_254_740_993n] })).toBe(
    '{"a":[9223372036854775807,-9007199254740993]}',
  );
});
