import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { createMergePatch, mergePatch } from "./merge-patch.ts";

// The first rows are the examples of RFC 7386, appendix A.
test.each([
  { name: "replaces a field", object: { a: "b" }, patch: { a: "c" }, result: { a: "c" } },
  { name: "adds a field", object: { a: "b" }, patch: { b: "c" }, result: { a: "b", b: "c" } },
  { name: "takes a field away", object: { a: "b", b: "c" }, patch: { a: null }, result: { b: "c" } },
  { name: "replaces a list whole", object: { a: [{ b: "c" }] }, patch: { a: [1] }, result: { a: [1] } },
  { name: "puts a value in place of a list", object: { a: ["b"] }, patch: { a: "c" }, result: { a: "c" } },
  {
    name: "merges below",
    object: { a: { b: "c", d: "e" } },
    patch: { a: { b: "x", d: null } },
    result: { a: { b: "x" } },
  },
  { name: "keeps nulls that were there", object: { e: null }, patch: { a: 1 }, result: { e: null, a: 1 } },
  {
    name: "makes objects where there were none, without the nulls",
    object: {},
    patch: { a: { bb: { ccc: null } } },
    result: { a: { bb: {} } },
  },
  {
    name: "drops nulls from objects inside new lists, but not from the lists",
    object: {},
    patch: { a: [null, { b: null, c: 1 }] },
    result: { a: [null, { c: 1 }] },
  },
])("$name", ({ object, patch, result }) => {
  expect(mergePatch<object>(object, patch)).toEqual(result);
});

describe("identity", () => {
  const object = { spec: { template: { labels: { a: "b" }, list: [1, { x: 2 }] } }, status: { ready: 1 } };

  test("a patch that changes nothing gives the same object", () => {
    expect(mergePatch(object, {})).toBe(object);
    expect(mergePatch(object, { spec: { template: { list: [1, { x: 2 }] } }, gone: null })).toBe(object);
  });

  test("what a patch does not touch stays the same value", () => {
    const result = mergePatch(object, { spec: { replicas: 3 } });
    expect(result.spec.template).toBe(object.spec.template);
    expect(result.status).toBe(object.status);
  });
});

test.each([
  { patch: null, message: "Invalid JSON Patch" },
  {
    patch: [],
    message:
      "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
  },
  {
    patch: "x",
    message:
      "error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}",
  },
])("refuses $patch as the API server does", ({ patch, message }) => {
  expect(() => mergePatch({}, patch)).toThrow(expect.objectContaining({ reason: "BadRequest", message }));
});

const leaf = fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.boolean());
const key = fc.constantFrom("a", "b", "c", "d");
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(key, tie("json"), { maxKeys: 4 }),
  ),
}));
const object = fc.dictionary(key, json, { maxKeys: 4 });

describe("property", () => {
  test("a created patch leads from one object to the other", () => {
    assertProperty(
      fc.property(object, object, (before, after) => {
        expect(mergePatch(before, createMergePatch(before, after))).toEqual(after);
      }),
    );
  });

  test("a patch applied twice changes nothing more", () => {
    assertProperty(
      fc.property(object, object, object, (start, before, after) => {
        const patch = createMergePatch(before, after);
        const once = mergePatch(start, patch);
        expect(mergePatch(once, patch)).toBe(once);
      }),
    );
  });

  test("equal objects need no patch", () => {
    assertProperty(
      fc.property(object, (value) => {
        expect(createMergePatch(value, structuredClone(value))).toEqual({});
      }),
    );
  });
});
