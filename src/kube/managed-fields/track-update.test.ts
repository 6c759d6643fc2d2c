import { describe, expect, test } from "vitest";
import { deepFreeze } from "../../base/deep.ts";
import type { Kind } from "../kind.ts";
import { configMaps, pods } from "../kinds.ts";
import { makeSchema } from "../schema/schema.ts";
import type { ConfigMap, KubeObject, ManagedFieldsEntry } from "../types/index.ts";
import { trackUpdate } from "./track-update.ts";

const time = "2026-01-01T00:00:00Z";
const later = "2026-01-01T00:00:07Z";
const identity = { name: "cart", uid: "u", resourceVersion: "1", creationTimestamp: time };

function configMap(data: Record<string, string>, managedFields?: readonly ManagedFieldsEntry[]): ConfigMap {
  const metadata = managedFields === undefined ? identity : { ...identity, managedFields };
  return deepFreeze({ apiVersion: "v1", kind: "ConfigMap", metadata, data });
}

function entry(
  manager: string,
  keys: readonly string[],
  changes?: Partial<ManagedFieldsEntry>,
): ManagedFieldsEntry {
  const data = Object.fromEntries(keys.map((key) => [`f:${key}`, {}]));
  const fieldsV1 = { "f:data": data };
  return {
    manager,
    operation: "Update",
    apiVersion: "v1",
    time,
    fieldsType: "FieldsV1",
    fieldsV1,
    ...changes,
  };
}

function track(before: ConfigMap | undefined, after: ConfigMap, manager = "me"): ConfigMap {
  return trackUpdate({ before, after, manager, time: later, kind: configMaps });
}

describe("what stays the same keeps its identity", () => {
  const before = configMap({ a: "1", b: "1" }, [entry("other", ["b"]), entry("me", ["a"])]);

  test("an object that did not change comes back as it is", () => {
    expect(track(before, before)).toBe(before);
    const same = configMap({ a: "1", b: "1" }, before.metadata.managedFields);
    expect(track(before, same)).toBe(same);
  });

  test("entries that lose nothing are the same entries, and fields owned already the same set", () => {
    const tracked = track(before, configMap({ a: "2", b: "1" }, before.metadata.managedFields));
    const [other, mine] = tracked.metadata.managedFields ?? [];
    expect(other).toBe(before.metadata.managedFields?.[0]);
    expect(mine?.fieldsV1).toBe(before.metadata.managedFields?.[1]?.fieldsV1);
    expect(mine?.time).toBe(later);
  });
});

describe("managers that a client sends", () => {
  const live = configMap({ a: "1" }, [entry("first", ["a"])]);
  const managers = (object: ConfigMap) => object.metadata.managedFields?.map(({ manager }) => manager);

  test.each<{ name: string; sent: readonly ManagedFieldsEntry[] | undefined; left: string[] | undefined }>([
    { name: "none: the live ones stay", sent: undefined, left: ["first"] },
    { name: "others: they count", sent: [entry("renamed", ["a"])], left: ["renamed"] },
    { name: "an empty list: all are forgotten", sent: [], left: undefined },
    { name: "one empty entry: all are forgotten", sent: [{} as ManagedFieldsEntry], left: undefined },
    {
      name: "one that cannot be read: the live ones stay",
      sent: [entry("x", ["a"], { operation: "Steal" as "Apply" })],
      left: ["first"],
    },
  ])("$name", ({ sent, left }) => {
    expect(managers(track(live, configMap({ a: "1" }, sent)))).toEqual(left);
  });

  test("through a subresource they do not count", () => {
    const after = configMap({ a: "1" }, []);
    const tracked = trackUpdate({
      before: live,
      after,
      manager: "me",
      subresource: "status",
      time,
      kind: configMaps,
    });
    expect(managers(tracked)).toEqual(["first"]);
  });

  test("an object that nobody tracked stays untracked when it is updated", () => {
    expect(track(configMap({ a: "1" }), configMap({ a: "2" })).metadata.managedFields).toBeUndefined();
  });
});

test("a manager without a name is called unknown", () => {
  const [mine] = track(undefined, configMap({ a: "1" }), "").metadata.managedFields ?? [];
  expect(mine?.manager).toBe("unknown");
});

test("the same manager at another door or in another version is another", () => {
  const before = configMap({ a: "1" }, [
    entry("me", ["a"], { apiVersion: "v1beta1" }),
    entry("me", [], { subresource: "status", fieldsV1: { "f:status": {} } }),
  ]);
  const tracked = track(before, configMap({ a: "1", b: "2" }, before.metadata.managedFields));
  expect(tracked.metadata.managedFields).toHaveLength(3);
});

test("a field named like something that every object inherits is a field", () => {
  const created = track(undefined, configMap({ constructor: "x", toString: "y" }));
  expect(created.metadata.managedFields?.[0]?.fieldsV1).toEqual({
    "f:data": { ".": {}, "f:constructor": {}, "f:toString": {} },
  });
});

test("items that cannot be told apart are owned as one", () => {
  const pod = (ports: object[]): KubeObject =>
    deepFreeze({
      apiVersion: "v1",
      kind: "Pod",
      metadata: identity,
      spec: { containers: [{ name: "c", ports }] },
    });
  const dns = { containerPort: 53, protocol: "UDP" };
  const twice = pod([dns, { ...dns, name: "again" }]);
  const created = trackUpdate({ before: undefined, after: twice, manager: "me", time, kind: pods as Kind });
  const fields = JSON.stringify(created.metadata.managedFields?.[0]?.fieldsV1);
  expect(fields).toContain('"k:{\\"containerPort\\":53,\\"protocol\\":\\"UDP\\"}":{}');
  const once = trackUpdate({
    before: created,
    after: pod([dns]),
    manager: "other",
    time,
    kind: pods as Kind,
  });
  expect(JSON.stringify(once.metadata.managedFields?.[1]?.fieldsV1)).toContain('"f:containerPort":{}');
});

describe("custom kinds", () => {
  const kind: Kind = {
    ...configMaps,
    group: "example.com",
    kind: "Shop",
    plural: "shops",
    subresources: { status: { group: "example.com", version: "v1", kind: "Shop", verbs: ["update"] } },
  };
  const text = makeSchema({ type: "string" });
  const schema = makeSchema({
    type: "object",
    fields: new Map([
      ["apiVersion", text],
      ["kind", text],
      ["metadata", makeSchema({ type: "object" })],
      [
        "spec",
        makeSchema({
          type: "object",
          fields: new Map([
            ["tags", makeSchema({ type: "list", element: text })],
            ["free", makeSchema({ type: "map", element: text })],
          ]),
        }),
      ],
      ["status", makeSchema({ type: "object", fields: new Map([["ready", text]]) })],
    ]),
  });
  interface Shop extends KubeObject {
    readonly spec: { readonly tags: readonly string[]; readonly free?: Readonly<Record<string, string>> };
    readonly status: { readonly ready: string };
  }
  const shop: Shop = deepFreeze({
    apiVersion: "example.com/v1",
    kind: "Shop",
    metadata: { ...identity, labels: { a: "b" } },
    spec: { tags: ["x", "y"], free: { k: "v" } },
    status: { ready: "yes" },
  });

  test("a create owns the spec itself, and not the status", () => {
    const created = trackUpdate({ before: undefined, after: shop, manager: "me", time, kind, schema });
    expect(created.metadata.managedFields?.[0]?.fieldsV1).toEqual({
      "f:metadata": { "f:labels": { ".": {}, "f:a": {} } },
      "f:spec": { ".": {}, "f:free": { ".": {}, "f:k": {} }, "f:tags": {} },
    });
  });

  test("a status update owns the status, and not the spec", () => {
    const before = trackUpdate({ before: undefined, after: shop, manager: "me", time, kind, schema });
    const after = { ...before, spec: { tags: [] }, status: { ready: "no" } };
    const tracked = trackUpdate({
      before,
      after,
      manager: "controller",
      subresource: "status",
      time,
      kind,
      schema,
    });
    expect(
      tracked.metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1]),
    ).toContainEqual(["controller", { "f:status": { "f:ready": {} } }]);
  });

  test("without a schema objects are owned part by part, and lists whole", () => {
    const bare: Kind = { ...kind, kind: "Bare", subresources: {} };
    const created = trackUpdate({ before: undefined, after: shop, manager: "me", time, kind: bare });
    expect(created.metadata.managedFields?.[0]?.fieldsV1).toMatchObject({
      "f:spec": { ".": {}, "f:free": { ".": {}, "f:k": {} }, "f:tags": {} },
      "f:status": { ".": {}, "f:ready": {} },
    });
  });
});
