import { describe, expect, test } from "vitest";
import { testApi } from "../../../test/support/api.ts";
import { configMaps, leases, namespaces, nodes, pods, priorityClasses, services } from "../../kube/kinds.ts";
import type { ConfigMap, Lease } from "../../kube/types/index.ts";

const draft = {
  metadata: { name: "a", namespace: "default" },
  spec: { containers: [{ name: "c", image: "i" }] },
};
const map = { metadata: { name: "c", namespace: "default" }, data: { a: "1" } };

describe("a fresh API server", () => {
  test("has the objects of a stock cluster", () => {
    const { api } = testApi();
    const names = (objects: readonly { metadata: { name: string } }[]) =>
      objects.map((each) => each.metadata.name);
    expect(names(api.list(namespaces))).toEqual(["default", "kube-node-lease", "kube-public", "kube-system"]);
    expect(names(api.list(priorityClasses))).toEqual(["system-cluster-critical", "system-node-critical"]);
    expect(api.get(services, "default", "kubernetes")?.spec.clusterIP).toBe("10.96.0.1");
  });

  test("makes the same cluster of the same seed", () => {
    const uids = (seed: number) =>
      testApi({ seed })
        .api.list(namespaces)
        .map(({ metadata }) => metadata.uid);
    expect(uids(3)).toEqual(uids(3));
    expect(uids(3)).not.toEqual(uids(4));
  });
});

describe("a new object", () => {
  test("gets what only the server gives, in the order of the API reference", () => {
    const { api } = testApi();
    const { metadata } = api.create(pods, {
      ...draft,
      metadata: { ...draft.metadata, uid: "mine", generation: 7, deletionTimestamp: "2020-01-01T00:00:00Z" },
    });
    expect(metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(metadata).toMatchObject({ creationTimestamp: "2026-01-01T00:00:00Z", generation: 1 });
    expect(metadata.deletionTimestamp).toBeUndefined();
    expect(Object.keys(metadata).slice(0, 5)).toEqual([
      "name",
      "namespace",
      "uid",
      "resourceVersion",
      "creationTimestamp",
    ]);
  });

  test("may be named by a prefix, which is cut to leave room for five characters", () => {
    const { api } = testApi();
    const prefix = "x".repeat(70);
    const { metadata } = api.create(configMaps, { metadata: { generateName: prefix, namespace: "default" } });
    expect(metadata.name).toMatch(/^x{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(metadata.generateName).toBe(prefix);
  });

  test("of a name that is taken is refused, and told when that name is about to be free", () => {
    const { api } = testApi();
    api.create(configMaps, { ...map, metadata: { ...map.metadata, finalizers: ["example.com/hold"] } });
    expect(() => api.create(configMaps, map)).toThrow('configmaps "c" already exists');
    api.delete(configMaps, "default", "c");
    expect(() => api.create(configMaps, map)).toThrow(
      'object is being deleted: configmaps "c" already exists',
    );
  });

  test("of a dry run is shown and not kept", () => {
    const { api } = testApi();
    const shown = api.create(configMaps, map, { dryRun: true });
    expect(shown.metadata.uid).not.toBe("");
    expect("resourceVersion" in shown.metadata).toBe(false);
    expect(api.get(configMaps, "default", "c")).toBeUndefined();
  });
});

describe("an update", () => {
  test("of a copy that is out of date is refused in Kubernetes' words", () => {
    const { api } = testApi();
    const first = api.create(configMaps, map);
    api.update(configMaps, { ...first, data: { a: "2" } });
    expect(() => api.update(configMaps, { ...first, data: { a: "3" } })).toThrow(
      'Operation cannot be fulfilled on configmaps "c": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  test("that changes nothing is not written, and nobody hears of it", () => {
    const { api } = testApi();
    const first = api.create(configMaps, map);
    const heard: string[] = [];
    api.onChange(configMaps, ({ type }) => heard.push(type));
    expect(api.update(configMaps, { ...first, data: { a: "1" } })).toBe(first);
    expect(heard).toEqual([]);
  });

  test("cannot undo a deletion, nor change when the object was made", () => {
    const { api } = testApi();
    const made = api.create(configMaps, {
      ...map,
      metadata: { ...map.metadata, finalizers: ["example.com/hold"] },
    });
    const going = api.delete(configMaps, "default", "c");
    const { deletionTimestamp: _, ...metadata } = going.metadata;
    const changed = api.update(configMaps, {
      ...going,
      metadata: { ...metadata, creationTimestamp: "2020-01-01T00:00:00Z" },
      data: { a: "9" },
    } as ConfigMap);
    expect(changed.metadata.deletionTimestamp).toBe(going.metadata.deletionTimestamp);
    expect(changed.metadata.creationTimestamp).toBe(made.metadata.creationTimestamp);
  });

  test("of a kind that may be made by it makes what is missing", () => {
    const { api } = testApi();
    const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", spec: { holderIdentity: "x" } };
    const made = api.update(leases, { ...lease, metadata: { name: "l", namespace: "default" } } as Lease);
    expect(made.metadata.uid).not.toBe("");
    expect(() => api.update(configMaps, { ...map, apiVersion: "v1", kind: "ConfigMap" } as never)).toThrow(
      'configmaps "c" not found',
    );
  });
});

describe("an outage", () => {
  test("makes every request fail until it is over, and loses nothing", () => {
    const { server, api } = testApi();
    api.create(configMaps, map);
    server.setUp(false);
    expect(() => api.get(configMaps, "default", "c")).toThrow(expect.objectContaining({ code: 503 }));
    expect(() => api.create(configMaps, map)).toThrow(
      expect.objectContaining({ reason: "ServiceUnavailable" }),
    );
    server.setUp(true);
    expect(api.get(configMaps, "default", "c")?.data).toEqual({ a: "1" });
  });
});

test("what reads see of a kind may be worked out at the moment of the read", () => {
  const { server, api, engine } = testApi();
  const stored = api.create(leases, {
    metadata: { name: "l", namespace: "default" },
    spec: { holderIdentity: "x" },
  });
  server.onRead(leases, (lease) => ({ ...lease, spec: { ...lease.spec, renewTime: String(engine.now()) } }));
  const expected = String(engine.now());
  expect(api.get(leases, "default", "l")?.spec.renewTime).toBe(expected);
  expect(api.list(leases)[0]?.spec.renewTime).toBe(expected);
  expect(api.get(leases, "default", "l")?.metadata.resourceVersion).toBe(stored.metadata.resourceVersion);
});

test("objects are found by their owner and pods by their node, in order of name", () => {
  const { api } = testApi();
  const owner = api.create(nodes, { metadata: { name: "n" } });
  const ownerReferences = [
    { apiVersion: "v1", kind: "Node", name: "n", uid: owner.metadata.uid, controller: true },
  ];
  for (const name of ["b", "a"]) {
    api.create(pods, { ...draft, metadata: { name, namespace: "default", ownerReferences } });
    api.bind("default", name, "n");
  }
  const names = (objects: readonly { metadata: { name: string } }[]) =>
    objects.map((each) => each.metadata.name);
  expect(names(api.ownedBy(pods, owner.metadata.uid))).toEqual(["a", "b"]);
  expect(names(api.podsOnNode("n"))).toEqual(["a", "b"]);
  api.delete(pods, "default", "a", { gracePeriodSeconds: 0 });
  expect(names(api.podsOnNode("n"))).toEqual(["b"]);
});

test("writes of the control plane are owned by its programs", () => {
  const { api } = testApi();
  const made = api.as("system:serviceaccount:kube-system:replicaset-controller").create(configMaps, map);
  expect(made.metadata.managedFields?.map(({ manager }) => manager)).toEqual(["kube-controller-manager"]);
});
