import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../test/support/fuzz.ts";
import { labelKeyProblems, labelValueProblems } from "./label-syntax.ts";

test.each([
  { key: "app", problems: [] },
  { key: "app.kubernetes.io/name", problems: [] },
  { key: "a".repeat(63), problems: [] },
  { key: "a".repeat(64), problems: ["name part must be no more than 63 characters"] },
  { key: "/x", problems: ["prefix part must be non-empty"] },
  { key: `${"a".repeat(254)}/x`, problems: ["prefix part must be no more than 253 characters"] },
])("the key $key", ({ key, problems }) => {
  expect(labelKeyProblems(key)).toEqual(problems);
});

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** The rule for names as the API reference puts it in words. */
function isName(text: string): boolean {
  const isAllowed = [...text].every((char) => LETTERS.includes(char) || "-_.".includes(char));
  const ends = [text.at(0) ?? "-", text.at(-1) ?? "-"];
  return text.length <= 63 && isAllowed && ends.every((char) => LETTERS.includes(char));
}

/** The rule for prefixes: DNS labels joined by dots. */
function isPrefix(text: string): boolean {
  const isLabel = (label: string) =>
    label !== "" && label === label.toLowerCase() && isName(label) && !/[._]/.test(label);
  return text.length <= 253 && text.split(".").every(isLabel);
}

const text = fc.string({ unit: fc.constantFrom(..."ab9-_./Z "), maxLength: 8 });

describe("property", () => {
  test("keys are judged as the API reference puts it in words", () => {
    assertProperty(
      fc.property(text, (key) => {
        const [name = "", prefix, ...more] = key.split("/").reverse();
        const isGood = isName(name) && (prefix === undefined || isPrefix(prefix)) && more.length === 0;
        expect(labelKeyProblems(key).length === 0).toBe(isGood);
      }),
    );
  });

  test("values are judged as the API reference puts it in words", () => {
    assertProperty(
      fc.property(text, (value) => {
        expect(labelValueProblems(value).length === 0).toBe(value === "" || isName(value));
      }),
    );
  });
});
