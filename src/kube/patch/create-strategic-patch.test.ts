import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { invariant } from "../../base/invariant.ts";
import { deployments } from "../kinds.ts";
import { schemaOf } from "../schema/schema.ts";
import { createStrategicPatch } from "./create-strategic-patch.ts";
import { strategicMergePatch } from "./strategic-merge-patch.ts";

const schema = schemaOf(deployments);
invariant(schema, "No schema of Deployments");

const pod = (spec: object) => ({ spec: { template: { spec } } });

describe("the patch says only what changes", () => {
  test.each([
    [
      "a field of one container",
      {
        containers: [
          { name: "a", image: "a:1" },
          { name: "b", image: "b:1" },
        ],
      },
      {
        containers: [
          { name: "a", image: "a:1" },
          { name: "b", image: "b:2" },
        ],
      },
      { containers: [{ name: "b", image: "b:2" }] },
    ],
    [
      "a container that is gone",
      {
        containers: [
          { name: "a", image: "a:1" },
          { name: "b", image: "b:1" },
        ],
      },
      { containers: [{ name: "a", image: "a:1" }] },
      { containers: [{ $patch: "delete", name: "b" }] },
    ],
    [
      "a field that is gone",
      { containers: [{ name: "a", livenessProbe: { periodSeconds: 1, initialDelaySeconds: 3 } }] },
      { containers: [{ name: "a", livenessProbe: { periodSeconds: 1 } }] },
      { containers: [{ name: "a", livenessProbe: { initialDelaySeconds: null } }] },
    ],
    [
      "a list that is replaced whole",
      { tolerations: [{ key: "a" }] },
      { tolerations: [{ key: "a" }, { key: "b" }] },
      { tolerations: [{ key: "a" }, { key: "b" }] },
    ],
    [
      "items that share a key",
      { topologySpreadConstraints: [{ topologyKey: "zone", maxSkew: 1 }] },
      {
        topologySpreadConstraints: [
          { topologyKey: "zone", maxSkew: 1 },
          { topologyKey: "zone", maxSkew: 2 },
        ],
      },
      {
        topologySpreadConstraints: [
          { topologyKey: "zone", maxSkew: 1 },
          { topologyKey: "zone", maxSkew: 2 },
          { $patch: "replace" },
        ],
      },
    ],
  ])("%s", (_, before, after, patch) => {
    expect(createStrategicPatch(pod(before), pod(after), schema)).toEqual(pod(patch));
    expect(strategicMergePatch(pod(before), pod(patch), schema)).toEqual(pod(after));
  });
});

test("property: applied to the one it gives the other", () => {
  const name = fc.constantFrom("a", "b", "c");
  const text = fc.constantFrom("", "x", "y");
  const container = fc.record(
    {
      name,
      image: text,
      args: fc.array(text, { maxLength: 2 }),
      env: fc.uniqueArray(fc.record({ name, value: text }), { maxLength: 3, selector: (item) => item.name }),
    },
    { requiredKeys: ["name"] },
  );
  const spec = fc.record(
    {
      containers: fc.uniqueArray(container, { minLength: 1, maxLength: 3, selector: (item) => item.name }),
      tolerations: fc.array(fc.record({ key: text }), { maxLength: 2 }),
      nodeSelector: fc.dictionary(name, text, { maxKeys: 2 }),
      topologySpreadConstraints: fc.array(fc.record({ topologyKey: name, maxSkew: fc.nat(2) }), {
        maxLength: 3,
      }),
    },
    { requiredKeys: [] },
  );
  const deployment = fc.record({
    metadata: fc.record(
      {
        finalizers: fc.uniqueArray(name, { maxLength: 3 }),
        labels: fc.dictionary(name, text, { maxKeys: 2 }),
      },
      { requiredKeys: [] },
    ),
    spec: fc.record({ template: fc.record({ spec }) }),
  });
  assertProperty(
    fc.property(deployment, deployment, (before, after) => {
      const patch = createStrategicPatch(before, after, schema);
      expect(inOrder(strategicMergePatch(before, patch, schema))).toEqual(inOrder(after));
    }),
  );
});

/** Without what the order of merged lists says, and without the difference between an empty list and none. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(inOrder);
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value)
    .filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0))
    .map(([key, inner]) => [key, inOrder(inner)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}
