import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../test/support/fuzz.ts";
import { formatFieldSelector, parseFieldSelector } from "./field-selectors.ts";

test.each([
  { text: "", terms: [] },
  { text: "metadata.name=cart", terms: ["metadata.name = cart"] },
  { text: "spec.nodeName!=,a==b", terms: ["a = b", "spec.nodeName != "] },
  { text: ",metadata.name=x,", terms: ["metadata.name = x"] },
  { text: "a=x\\,y\\=z\\\\", terms: ["a = x,y=z\\"] },
])("reads '$text'", ({ text, terms }) => {
  const answer = parseFieldSelector(text);
  expect(answer.ok && answer.value.map((term) => `${term.field} ${term.operator} ${term.value}`)).toEqual(
    terms,
  );
});

// Recorded from kube-apiserver 1.34.4, GET /api/v1/pods?fieldSelector=…
test.each([
  { text: "a", error: "invalid selector: 'a'; can't understand 'a'" },
  { text: "metadata.name=a=b", error: "invalid field selector: unescaped character in value: 61" },
  { text: "x==\\q", error: "invalid field selector: invalid escape sequence: \\q" },
])("refuses '$text' as the API server does", ({ text, error }) => {
  expect(parseFieldSelector(text)).toEqual({ ok: false, error });
});

describe("property", () => {
  test("any value survives being printed and read", () => {
    assertProperty(
      fc.property(fc.string(), fc.constantFrom("=" as const, "!=" as const), (value, operator) => {
        const requirement = { field: "metadata.name", operator, value };
        expect(parseFieldSelector(formatFieldSelector([requirement]))).toEqual({
          ok: true,
          value: [requirement],
        });
      }),
    );
  });
});
