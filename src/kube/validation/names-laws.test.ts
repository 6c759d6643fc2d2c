import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { RandomStream } from "../../base/random.ts";
import { dns1035Label, dnsLabel, dnsSubdomain, pathSegment } from "./names.ts";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."az09-.A_/"), maxLength: 10 }),
  fc.string({ unit: fc.constantFrom(..."a-."), minLength: 60, maxLength: 70 }),
);

/** The rules of RFC 1123 and RFC 1035, character by character. */
function isLabel(label: string): boolean {
  const isAlphanumeric = (char: string) => LOWER.includes(char) || "0123456789".includes(char);
  const ends = [label.at(0) ?? "-", label.at(-1) ?? "-"];
  return [...label].every((char) => isAlphanumeric(char) || char === "-") && ends.every(isAlphanumeric);
}

describe("property: object names are judged as the RFCs put it", () => {
  test.each([
    { form: "DNS label", check: dnsLabel, isGood: (name: string) => name.length <= 63 && isLabel(name) },
    {
      form: "DNS subdomain",
      check: dnsSubdomain,
      isGood: (name: string) => name.length <= 253 && name.split(".").every(isLabel),
    },
    {
      form: "DNS label that starts with a letter",
      check: dns1035Label,
      isGood: (name: string) => name.length <= 63 && isLabel(name) && LOWER.includes(name.charAt(0)),
    },
    {
      form: "segment of a path",
      check: pathSegment,
      isGood: (name: string) => name !== "." && name !== ".." && !/[/%]/.test(name),
    },
  ])("$form", ({ check, isGood }) => {
    assertProperty(
      fc.property(text, (name) => {
        expect(check(name).length === 0).toBe(isGood(name));
      }),
    );
  });
});

describe("property", () => {
  test("a generated name is well formed whenever what stands before its dash is", () => {
    assertProperty(
      fc.property(text, fc.integer(), (base, seed) => {
        const name = `${base}-${new RandomStream(seed, "names").suffix(5)}`;
        if (dnsSubdomain(base).length === 0) {
          expect(dnsSubdomain(`${base}-`, true)).toEqual([]);
          expect(dnsSubdomain(name)).toEqual([]);
        }
      }),
    );
  });
});
