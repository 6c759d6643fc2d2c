import { expect, test } from "vitest";
import { customSchemaOf } from "./merge-schema.ts";

// What a real API server 1.34 takes from `kubectl apply --server-side` of objects of such kinds.
test.each([
  { name: "no fields at all", properties: undefined },
  { name: "some fields", properties: { spec: { type: "object" as const } } },
])("a kind that names $name and keeps the others owns them freely", ({ properties }) => {
  const schema = customSchemaOf({
    type: "object",
    "x-kubernetes-preserve-unknown-fields": true,
    ...(properties && { properties }),
  });
  expect(schema.element?.type).toBe("any");
  expect([...schema.fields.keys()]).toContain("metadata");
});

test("a kind that keeps no others has a place for named fields only", () => {
  const schema = customSchemaOf({ type: "object", properties: { spec: { type: "object" } } });
  expect(schema.element).toBeUndefined();
});
