import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { deepFreeze } from "../../base/deep.ts";
import { invariant } from "../../base/invariant.ts";
import type { Kind } from "../kind.ts";
import { deployments, pods } from "../kinds.ts";
import { type Schema, schemaOf } from "../schema/schema.ts";
import { StatusError } from "../status-error.ts";
import { strategicMergePatch } from "./strategic-merge-patch.ts";

const podSchema = schemaFor(pods);
const deploymentSchema = schemaFor(deployments);

function schemaFor(kind: Kind): Schema {
  const schema = schemaOf(kind);
  invariant(schema, `No schema of ${kind.kind}`);
  return schema;
}

const pod = deepFreeze({
  metadata: { finalizers: ["a", "b", "c"], labels: { app: "cart", tier: "web" } },
  spec: {
    containers: [
      {
        name: "cart",
        image: "cart:1",
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "2" },
        ],
      },
      { name: "proxy", image: "proxy:1", args: ["-v", "-x"] },
    ],
    tolerations: [{ key: "gpu" }],
    nodeSelector: { disk: "ssd", zone: "eu-1" },
  },
});

const patchSpec = (spec: object) => strategicMergePatch(pod, { spec }, podSchema).spec as unknown;
const patchMeta = (metadata: object) => strategicMergePatch(pod, { metadata }, podSchema).metadata as unknown;
const cart = pod.spec.containers[0];
const proxy = pod.spec.containers[1];

describe("lists with a merge key", () => {
  test.each([
    {
      name: "an item that is there is merged",
      patch: [{ name: "proxy", image: "proxy:2" }],
      containers: [cart, { ...proxy, image: "proxy:2" }],
    },
    {
      name: "a new item comes first, as nothing places it",
      patch: [{ name: "log", image: "log:1" }],
      containers: [{ name: "log", image: "log:1" }, cart, proxy],
    },
    { name: "an item is deleted", patch: [{ name: "cart", $patch: "delete" }], containers: [proxy] },
    {
      name: "all items are replaced",
      patch: [{ $patch: "replace" }, { name: "log", image: "log:1" }],
      containers: [{ name: "log", image: "log:1" }],
    },
    {
      name: "lists inside items are merged by their own key",
      patch: [
        {
          name: "cart",
          env: [
            { name: "B", $patch: "delete" },
            { name: "C", value: "3" },
          ],
        },
      ],
      containers: [
        {
          ...cart,
          env: [
            { name: "C", value: "3" },
            { name: "A", value: "1" },
          ],
        },
        proxy,
      ],
    },
    {
      name: "lists of plain values inside items are replaced",
      patch: [{ name: "proxy", args: ["-q"] }],
      containers: [cart, { ...proxy, args: ["-q"] }],
    },
  ])("$name", ({ patch, containers }) => {
    expect(patchSpec({ containers: patch })).toEqual({ ...pod.spec, containers });
  });

  test("$setElementOrder says where items stand", () => {
    const order = [{ name: "log" }, { name: "proxy" }, { name: "cart" }];
    const containers = [{ name: "log", image: "log:1" }];
    expect(patchSpec({ containers, "$setElementOrder/containers": order })).toMatchObject({
      containers: [{ name: "log" }, { name: "proxy" }, { name: "cart" }],
    });
  });

  test("items that the order does not name keep their place among the others", () => {
    const order = [{ name: "cart" }, { name: "log" }];
    const containers = [{ name: "log", image: "log:1" }];
    expect(patchSpec({ containers, "$setElementOrder/containers": order })).toMatchObject({
      containers: [{ name: "cart" }, { name: "log" }, { name: "proxy" }],
    });
  });

  test("an added item takes the slot of a deleted one, as kubectl apply shows it", () => {
    // Deleting c from [a c] while b and d are added: the original then believes that b stood behind a.
    const live = { spec: { containers: [{ name: "a" }, { name: "c" }] } };
    const patch = {
      spec: {
        containers: [{ name: "b" }, { name: "d" }, { name: "c", $patch: "delete" }],
        "$setElementOrder/containers": [{ name: "b" }, { name: "d" }],
      },
    };
    expect(strategicMergePatch<object>(live, patch, podSchema)).toEqual({
      spec: { containers: [{ name: "a" }, { name: "b" }, { name: "d" }] },
    });
  });
});

describe("lists of plain values that merge", () => {
  test.each([
    {
      name: "new values come before those of the server",
      patch: { finalizers: ["d"] },
      list: ["d", "a", "b", "c"],
    },
    { name: "values that are there do not repeat", patch: { finalizers: ["c", "a"] }, list: ["b", "c", "a"] },
    {
      name: "values are deleted",
      patch: { "$deleteFromPrimitiveList/finalizers": ["b", "x"] },
      list: ["a", "c"],
    },
    {
      name: "values are put in order",
      patch: { finalizers: ["d"], "$setElementOrder/finalizers": ["c", "d", "a"] },
      list: ["b", "c", "d", "a"],
    },
  ])("$name", ({ patch, list }) => {
    expect(patchMeta(patch)).toEqual({ ...pod.metadata, finalizers: list });
  });
});

describe("objects", () => {
  test.each([
    { name: "merge", patch: { disk: "hdd", zone: null }, nodeSelector: { disk: "hdd" } },
    {
      name: "are replaced by directive",
      patch: { $patch: "replace", gpu: "yes" },
      nodeSelector: { gpu: "yes" },
    },
    { name: "are emptied by directive", patch: { $patch: "delete" }, nodeSelector: {} },
    {
      name: "keep only what $retainKeys names",
      patch: { $retainKeys: ["zone", "gpu"], gpu: "yes" },
      nodeSelector: { zone: "eu-1", gpu: "yes" },
    },
  ])("$name", ({ patch, nodeSelector }) => {
    expect(patchSpec({ nodeSelector: patch })).toEqual({ ...pod.spec, nodeSelector });
  });

  test("$retainKeys lets a strategy change its type", () => {
    const live = { spec: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } } };
    const patch = { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } };
    expect(strategicMergePatch<object>(live, patch, deploymentSchema)).toEqual({
      spec: { strategy: { type: "Recreate" } },
    });
  });

  test("a list without a merge strategy is replaced", () => {
    expect(patchSpec({ tolerations: [{ key: "disk" }] })).toEqual({
      ...pod.spec,
      tolerations: [{ key: "disk" }],
    });
  });

  test("a field of another type is replaced, and its nulls and directives mean nothing", () => {
    expect(patchSpec({ nodeSelector: "x" })).toMatchObject({ nodeSelector: "x" });
    expect(
      patchSpec({ securityContext: { runAsUser: null, sysctls: [{ $patch: "delete" }] } }),
    ).toMatchObject({
      securityContext: { sysctls: [] },
    });
  });
});

test("what a patch does not change keeps its identity", () => {
  expect(strategicMergePatch(pod, null, podSchema)).toBe(pod);
  const same = {
    spec: { containers: [{ name: "cart", env: [{ name: "A", value: "1" }] }], tolerations: [{ key: "gpu" }] },
  };
  expect(strategicMergePatch(pod, same, podSchema).spec.tolerations).toBe(pod.spec.tolerations);
  const changed = strategicMergePatch(
    pod,
    { spec: { containers: [{ name: "proxy", image: "p:2" }] } },
    podSchema,
  );
  expect(changed.metadata).toBe(pod.metadata);
  expect(changed.spec.containers[0]).toBe(cart);
});

// Recorded from kube-apiserver 1.34.4.
test.each([
  {
    name: "an item without its key",
    spec: { containers: [{ image: "x" }] },
    message: "map: map[image:x] does not contain declared merge key: name",
  },
  {
    name: "an unknown directive on an item",
    spec: { containers: [{ name: "c", $patch: "foo" }] },
    message: "unknown patch type: foo in map: map[$patch:foo name:c]",
  },
  {
    name: "a directive that was never built",
    spec: { containers: [{ name: "c", $patch: "merge" }] },
    message: "merging lists cannot yet be specified in the patch",
  },
  {
    name: "an unknown directive on an object",
    spec: { $patch: "foo" },
    message: "unknown patch type: foo in map: map[$patch:foo]",
  },
  {
    name: "an order that leaves an item out",
    spec: { "$setElementOrder/containers": [{ name: "q" }], containers: [{ name: "c", image: "u" }] },
    message:
      "The order in patch list:\n[map[image:u name:c]]\n doesn't match $setElementOrder list:\n[map[name:q]]\n",
  },
  {
    name: "items of different types",
    spec: { containers: [{ name: "c" }, "x"] },
    message: /^list element types are not identical: \[\[map\[env:\[map\[name:A value:1\]/,
  },
  {
    name: "an order that is no list",
    spec: { "$setElementOrder/containers": "x" },
    message: "expected a []interface {}, but received a string",
  },
])("$name is refused with code 500", ({ spec, message }) => {
  expect(() => patchSpec(spec)).toThrow(
    expect.objectContaining({
      reason: "Unknown",
      message: typeof message === "string" ? message : expect.stringMatching(message),
    }),
  );
});

test.each([
  { spec: { $retainKeys: "x" }, message: "invalid patch format of retainKeys" },
  { spec: { $retainKeys: ["containers"], nodeSelector: {} }, message: "invalid patch format of retainKeys" },
  { spec: { $deleteFromPrimitiveList: ["x"] }, message: "invalid patch format of primitive list" },
  { spec: { $setElementOrder: ["x"] }, message: "invalid patch format of setElementOrder list" },
])("$message is a bad request", ({ spec, message }) => {
  expect(() => patchSpec(spec)).toThrow(expect.objectContaining({ reason: "BadRequest", message }));
});

describe("property", () => {
  const name = fc.constantFrom("a", "b", "c");
  const directive = fc.constantFrom("delete", "replace", "merge", "foo", 1);
  const item = fc.record(
    {
      name: fc.oneof(name, fc.constant(null)),
      image: fc.oneof(name, fc.constant(null)),
      $patch: directive,
      env: fc.array(fc.record({ name, value: name }, { requiredKeys: [] }), { maxLength: 3 }),
      args: fc.array(fc.oneof(name, fc.constant(null)), { maxLength: 3 }),
      resources: fc.oneof(
        fc.constant(null),
        fc.record({ limits: fc.dictionary(name, name) }, { requiredKeys: [] }),
      ),
    },
    { requiredKeys: [] },
  );
  const list = fc.array(fc.oneof({ weight: 9, arbitrary: item }, { weight: 1, arbitrary: fc.jsonValue() }), {
    maxLength: 4,
  });
  const spec = fc.record(
    {
      containers: fc.oneof({ weight: 9, arbitrary: list }, { weight: 1, arbitrary: fc.jsonValue() }),
      "$setElementOrder/containers": list,
      "$deleteFromPrimitiveList/containers": list,
      $retainKeys: fc.array(fc.constantFrom("containers", "nodeSelector"), { maxLength: 2 }),
      $patch: directive,
      nodeSelector: fc.jsonValue(),
      tolerations: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );

  test("whatever the patch, the outcome is an object or a Status", () => {
    assertProperty(
      fc.property(
        fc.oneof({ weight: 9, arbitrary: fc.record({ spec }) }, { weight: 1, arbitrary: fc.jsonValue() }),
        (patch) => {
          try {
            expect(strategicMergePatch(pod, patch, podSchema)).toBeTypeOf("object");
          } catch (error) {
            expect(error).toBeInstanceOf(StatusError);
          }
        },
      ),
    );
  });
});
