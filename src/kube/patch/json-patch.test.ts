import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { deepFreeze } from "../../base/deep.ts";
import { createJsonPatch } from "./create-json-patch.ts";
import { applyJsonPatch } from "./json-patch.ts";

const configMap = deepFreeze({
  metadata: { name: "cm", labels: { "a/b": "1", "c~d": "2" }, finalizers: ["x.y/z"] },
  data: { k: "v" },
});

// Recorded from kube-apiserver 1.34.4: each of these is taken.
test.each([
  { name: "add", patch: [{ op: "add", path: "/data/q", value: "1" }], data: { k: "v", q: "1" } },
  { name: "add without a value adds null", patch: [{ op: "add", path: "/data/k" }], data: { k: null } },
  { name: "remove", patch: [{ op: "remove", path: "/data/k" }], data: {} },
  { name: "replace", patch: [{ op: "replace", path: "/data/k", value: "w" }], data: { k: "w" } },
  {
    name: "replace creates a field that is not there",
    patch: [{ op: "replace", path: "/data/q", value: "1" }],
    data: { k: "v", q: "1" },
  },
  { name: "move", patch: [{ op: "move", from: "/data/k", path: "/data/l" }], data: { l: "v" } },
  { name: "copy", patch: [{ op: "copy", from: "/data/k", path: "/data/l" }], data: { k: "v", l: "v" } },
  {
    name: "test of an absent field for null",
    patch: [{ op: "test", path: "/data/q", value: null }],
    data: { k: "v" },
  },
  {
    name: "a plain value for the whole is passed over",
    patch: [{ op: "replace", path: "", value: 3 }],
    data: { k: "v" },
  },
  {
    name: "several steps see each other",
    data: { m: "w" },
    patch: [
      { op: "test", path: "/data/k", value: "v" },
      { op: "replace", path: "/data/k", value: "w" },
      { op: "move", from: "/data/k", path: "/data/m" },
    ],
  },
])("$name", ({ patch, data }) => {
  expect(applyJsonPatch(configMap, patch).data).toEqual(data);
});

test.each([
  { name: "- appends", path: "/metadata/finalizers/-", list: ["x.y/z", "new"] },
  { name: "an index inserts before", path: "/metadata/finalizers/0", list: ["new", "x.y/z"] },
  { name: "-1 appends as well", path: "/metadata/finalizers/-1", list: ["x.y/z", "new"] },
])("in lists $name", ({ path, list }) => {
  const result = applyJsonPatch(configMap, [{ op: "add", path, value: "new" }]);
  expect(result.metadata.finalizers).toEqual(list);
});

test("escaped slashes and tildes in paths", () => {
  const result = applyJsonPatch(configMap, [
    { op: "remove", path: "/metadata/labels/a~1b" },
    { op: "replace", path: "/metadata/labels/c~0d", value: "3" },
  ]);
  expect(result.metadata.labels).toEqual({ "c~d": "3" });
});

test("only the path to the change is copied", () => {
  const result = applyJsonPatch(configMap, [{ op: "add", path: "/data/q", value: "1" }]);
  expect(result.metadata).toBe(configMap.metadata);
  expect(configMap.data).toEqual({ k: "v" });
});

// Recorded from kube-apiserver 1.34.4, which gives the same answer to all of these.
test.each([
  { name: "removing what is not there", step: { op: "remove", path: "/data/q" } },
  { name: "a path through nothing", step: { op: "add", path: "/dota/q", value: "x" } },
  { name: "a test that fails", step: { op: "test", path: "/data/k", value: "x" } },
  { name: "an index beyond the end", step: { op: "add", path: "/metadata/finalizers/5", value: "x" } },
  { name: "an index that is no number", step: { op: "add", path: "/metadata/finalizers/x", value: "x" } },
  { name: "moving what is not there", step: { op: "move", from: "/data/q", path: "/data/k" } },
  { name: "an operation that does not exist", step: { op: "frob", path: "/data/k" } },
  { name: "no path", step: { op: "add", value: "x" } },
  { name: "no operation", step: { path: "/data/k", value: "x" } },
  { name: "a path without a slash", step: { op: "add", path: "data", value: 3 } },
])("$name is refused without a reason", ({ step }) => {
  const message = "the server rejected our request due to an error in our request";
  expect(() => applyJsonPatch(configMap, [step])).toThrow(
    expect.objectContaining({ reason: "Invalid", code: 422, message }),
  );
});

test.each([
  { patch: { op: "add" }, wrong: "object into Go value of type []handlers.jsonPatchOp" },
  { patch: "x", wrong: "string into Go value of type []handlers.jsonPatchOp" },
  { patch: [3], wrong: "number into Go value of type handlers.jsonPatchOp" },
  { patch: [{ op: "add", path: 1 }], wrong: "number into Go struct field jsonPatchOp.path of type string" },
])("what cannot be read is a bad request: $wrong", ({ patch, wrong }) => {
  const message = `error decoding patch: json: cannot unmarshal ${wrong}`;
  expect(() => applyJsonPatch(configMap, patch)).toThrow(
    expect.objectContaining({ reason: "BadRequest", message }),
  );
});

test("too many operations are too large", () => {
  const patch = Array.from({ length: 10_001 }, () => ({ op: "test", path: "/data/k", value: "v" }));
  expect(() => applyJsonPatch(configMap, patch)).toThrow(
    "The allowed maximum operations in a JSON patch is 10000, got 10001",
  );
});

describe("property", () => {
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: "small" },
      fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie("json"), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom("a", "b", "c/d", "e~f"), tie("json"), { maxKeys: 4 }),
    ),
  }));
  const object = fc.dictionary(fc.constantFrom("a", "b", "c/d", "e~f"), json, { maxKeys: 4 });

  test("a created patch leads from one object to the other", () => {
    assertProperty(
      fc.property(object, object, (before, after) => {
        expect(applyJsonPatch(deepFreeze(before), createJsonPatch(before, after))).toEqual(after);
      }),
    );
  });
});
