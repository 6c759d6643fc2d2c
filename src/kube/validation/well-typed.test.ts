import fc from "fast-check";
import { expect, test } from "vitest";
import { damagedObject, strangeJson } from "../../../test/support/damaged-objects.ts";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { completeTyped } from "../defaults/complete.ts";
import type { Kind } from "../kind.ts";
import { KINDS, pods } from "../kinds.ts";
import { schemaOf } from "../schema/schema.ts";
import { findMistyped } from "./well-typed.ts";

/** The API server does not look at types again where completing found them right. */
function expectTrustworthy(kind: Kind, given: unknown): void {
  const { object, isTyped } = completeTyped(kind, given);
  const schema = schemaOf(kind);
  if (isTyped && schema !== undefined) expect(findMistyped(schema, object)).toBeUndefined();
}

test("what completing calls typed is typed: an object with damages", () => {
  assertProperty(fc.property(damagedObject(), ({ kind, damaged }) => expectTrustworthy(kind, damaged)));
});

test("what completing calls typed is typed: strange JSON", () => {
  assertProperty(fc.property(fc.constantFrom(...KINDS), strangeJson(), expectTrustworthy));
});

test.each([
  { name: "a number in place of a text", spec: { nodeName: 5 } },
  { name: "a text in place of a list", spec: { containers: "main" } },
  { name: "a list in place of an object", spec: { securityContext: ["root"] } },
  { name: "half a second", spec: { terminationGracePeriodSeconds: 0.5 } },
  { name: "an amount that is none", spec: { overhead: { cpu: "much" } } },
  { name: "a number among labels", spec: { nodeSelector: { zone: 1 } } },
  {
    name: "a text in place of a number, deep inside",
    spec: { containers: [{ ports: [{ hostPort: "x" }] }] },
  },
])("completing tells $name", ({ spec }) => {
  expect(completeTyped(pods, { metadata: { name: "cart" }, spec }).isTyped).toBe(false);
});

test("completing tells that an ordinary pod is typed", () => {
  const cart = { metadata: { name: "cart" }, spec: { containers: [{ name: "main", image: "cart:1" }] } };
  expect(completeTyped(pods, cart).isTyped).toBe(true);
});
