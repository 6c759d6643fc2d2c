import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { damagedObject, strangeJson } from "../../../test/support/damaged-objects.ts";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { readGolden } from "../../../test/support/golden.ts";
import { findKind, KINDS, pods } from "../kinds.ts";
import { cannotBeHandled, checkFields, strictDecodingError } from "./check-fields.ts";
import { makeSchema } from "./schema.ts";

describe("a real API server says the same of", () => {
  const cases = readGolden("decoding.txt").map(({ name, lines: [text = "", answer] }) => {
    const object = JSON.parse(text) as { readonly apiVersion: string; readonly kind: string };
    const kind = findKind(object.apiVersion, object.kind);
    if (kind === undefined) throw new Error(`no kind ${object.kind}`);
    return { name, kind, object, answer };
  });

  test.each(cases)("$name", ({ kind, object, answer }) => {
    const { error, strict } = checkFields(kind, object);
    const wrong = error ?? (strict.length > 0 ? strictDecodingError(strict) : undefined);
    expect(wrong === undefined ? "fine" : cannotBeHandled(kind, wrong)).toBe(answer);
  });
});

test("a wrong type does not hide unknown fields", () => {
  const { error, strict } = checkFields(pods, { spec: { colour: 1, hostNetwork: "yes", taste: 2 } });
  expect(error).toContain("cannot unmarshal string");
  expect(strict).toEqual(['unknown field "spec.colour"', 'unknown field "spec.taste"']);
});

test("after a hundred unknown fields no more are told", () => {
  const spec = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`field${i}`, i]));
  expect(checkFields(pods, { spec }).strict).toHaveLength(100);
});

test("names that every JavaScript object has are unknown fields as well", () => {
  const object = JSON.parse('{"constructor":1,"spec":{"__proto__":{},"toString":2}}');
  expect(checkFields(pods, object).strict).toEqual([
    'unknown field "constructor"',
    'unknown field "spec.__proto__"',
    'unknown field "spec.toString"',
  ]);
});

test("a custom kind is held to the schema that comes with it, or to none", () => {
  const shops = { group: "example.com", version: "v1", kind: "Shop" };
  const schema = makeSchema({ type: "object", fields: new Map([["size", makeSchema({ type: "integer" })]]) });
  expect(checkFields(shops, { size: "x", colour: 1 })).toEqual({ error: undefined, strict: [] });
  expect(checkFields(shops, { size: 1, colour: 1 }, schema).strict).toEqual(['unknown field "colour"']);
});

describe("nothing throws", () => {
  test("for an object with damages", () => {
    assertProperty(fc.property(damagedObject(), ({ kind, damaged }) => void checkFields(kind, damaged)));
  });

  test("for any JSON", () => {
    const kind = fc.constantFrom(...KINDS);
    assertProperty(fc.property(kind, strangeJson(), (of, json) => void checkFields(of, json)));
  });
});
