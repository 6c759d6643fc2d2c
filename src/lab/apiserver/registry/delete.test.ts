import { describe, expect, test } from "vitest";
import { testApi } from "../../../../test/support/api.ts";
import { configMaps, customResourceDefinitions, jobs, namespaces, pods } from "../../../kube/kinds.ts";
import type { Namespace, Pod } from "../../../kube/types/index.ts";
import type { DeleteOptions } from "../api.ts";

function withPod(node?: string) {
  const base = testApi();
  const { api } = base;
  const spec = { terminationGracePeriodSeconds: 20, containers: [{ name: "c", image: "i" }] };
  api.create(pods, { metadata: { name: "p", namespace: "default" }, spec });
  if (node !== undefined) api.bind("default", "p", node);
  const heard: string[] = [];
  api.onChange(pods, ({ type, object }) =>
    heard.push(`${type} ${object.metadata.deletionGracePeriodSeconds ?? "-"}`),
  );
  const remove = (options?: DeleteOptions) => api.delete(pods, "default", "p", options);
  return { ...base, heard, remove, stored: () => api.get(pods, "default", "p") };
}

describe("deleting a pod", () => {
  test("that runs on a node gives it its grace period, and counts as a change", () => {
    const { remove } = withPod("n");
    const { metadata } = remove();
    expect(metadata).toMatchObject({
      deletionTimestamp: "2026-01-01T00:00:20Z",
      deletionGracePeriodSeconds: 20,
      generation: 2,
    });
  });

  test("that runs nowhere removes it at once, after writing down that its time is up", () => {
    const { remove, stored, heard } = withPod();
    remove();
    expect(stored()).toBeUndefined();
    expect(heard).toEqual(["MODIFIED 0", "DELETED 0"]);
  });

  test("that has ended removes it at once", () => {
    const { api, remove, stored } = withPod("n");
    const pod = stored() as Pod;
    api.updateStatus(pods, { ...pod, status: { ...pod.status, phase: "Succeeded" } });
    remove();
    expect(stored()).toBeUndefined();
  });

  test("again may only shorten what is left, counted from the beginning", () => {
    const { engine, remove } = withPod("n");
    remove({ gracePeriodSeconds: 100 });
    engine.runFor(10_000);
    expect(remove({ gracePeriodSeconds: 200 }).metadata.deletionGracePeriodSeconds).toBe(100);
    expect(remove().metadata.deletionGracePeriodSeconds).toBe(100);
    expect(remove({ gracePeriodSeconds: 50 }).metadata).toMatchObject({
      deletionTimestamp: "2026-01-01T00:00:50Z",
      deletionGracePeriodSeconds: 50,
    });
    expect(remove({ gracePeriodSeconds: 5 }).metadata).toMatchObject({
      deletionTimestamp: "2026-01-01T00:00:10Z",
      deletionGracePeriodSeconds: 1,
    });
  });

  test("by its kubelet, without grace, is the end", () => {
    const { remove, stored, heard } = withPod("n");
    remove();
    remove({ gracePeriodSeconds: 0 });
    expect(stored()).toBeUndefined();
    expect(heard).toEqual(["MODIFIED 20", "MODIFIED 0", "DELETED 0"]);
  });
});

describe("deleting an object with finalizers", () => {
  test("marks it, and the last finalizer to go takes it along", () => {
    const { api } = testApi();
    const metadata = { name: "c", namespace: "default", finalizers: ["example.com/a", "example.com/b"] };
    api.create(configMaps, { metadata });
    const going = api.delete(configMaps, "default", "c");
    expect(going.metadata).toMatchObject({
      deletionTimestamp: "2026-01-01T00:00:00Z",
      deletionGracePeriodSeconds: 0,
    });
    const patch = (finalizers: readonly string[]) =>
      api.patch(configMaps, "default", "c", "merge", { metadata: { finalizers } });
    patch(["example.com/b"]);
    expect(api.get(configMaps, "default", "c")).toBeDefined();
    patch([]);
    expect(api.get(configMaps, "default", "c")).toBeUndefined();
  });
});

test.each([
  { name: "Foreground", policy: "Foreground", finalizers: ["foregroundDeletion"] },
  { name: "Orphan", policy: "Orphan", finalizers: ["orphan"] },
  { name: "Background", policy: "Background", finalizers: undefined },
] as const)("the policy $name is left to the garbage collector by a finalizer", ({ policy, finalizers }) => {
  const { api } = testApi();
  api.create(configMaps, { metadata: { name: "c", namespace: "default" } });
  const { metadata } = api.delete(configMaps, "default", "c", { propagationPolicy: policy });
  expect(metadata.finalizers).toEqual(finalizers);
  expect(api.get(configMaps, "default", "c") === undefined).toBe(finalizers === undefined);
});

test("a Job orphans its pods unless told otherwise, as batch/v1 always has", () => {
  const { api } = testApi();
  const template = { spec: { restartPolicy: "Never" as const, containers: [{ name: "c", image: "i" }] } };
  api.create(jobs, { metadata: { name: "j", namespace: "default" }, spec: { template } });
  expect(api.delete(jobs, "default", "j").metadata.finalizers).toEqual(["orphan"]);
});

// Recorded from kube-apiserver 1.34.4, which names the kind here where the resource belongs.
test.each([
  { name: "uid", why: "the UID in the precondition (x) does not match the UID in record" },
  {
    name: "resourceVersion",
    why: "the ResourceVersion in the precondition (x) does not match the ResourceVersion in record",
  },
])("a deletion on condition of another $name is refused", ({ name, why }) => {
  const { api } = testApi();
  api.create(configMaps, { metadata: { name: "c", namespace: "default" } });
  expect(() => api.delete(configMaps, "default", "c", { preconditions: { [name]: "x" } })).toThrow(
    `Operation cannot be fulfilled on ConfigMap "c": ${why}`,
  );
});

describe("deleting a namespace", () => {
  test("marks it as terminating until its contents are gone", () => {
    const { api } = testApi();
    api.create(namespaces, { metadata: { name: "shop" } });
    const going = api.delete(namespaces, undefined, "shop");
    expect(going.status.phase).toBe("Terminating");
    expect(going.metadata.deletionTimestamp).toBeDefined();
    expect(api.delete(namespaces, undefined, "shop")).toBe(going);
    const finalized = { ...going, spec: { finalizers: [] } } as Namespace;
    api.update(namespaces, finalized, { subresource: "finalize" });
    expect(api.get(namespaces, undefined, "shop")).toBeUndefined();
  });

  test.each(["default", "kube-system", "kube-public"])("is refused for %s", (name) => {
    expect(() => testApi().api.delete(namespaces, undefined, name)).toThrow(
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    );
  });
});

test("deleting a definition takes its objects along before it goes itself", () => {
  const { api, engine, server } = testApi();
  api.create(customResourceDefinitions, {
    metadata: { name: "foos.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "foos", kind: "Foo" },
      versions: [
        { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } },
      ],
    },
  });
  engine.runFor(100);
  const foos = server.kinds.find("example.com/v1", "Foo");
  if (foos === undefined) throw new Error("The kind is not served");
  api.create(foos, { metadata: { name: "x", namespace: "default" } });
  const going = api.delete(customResourceDefinitions, undefined, "foos.example.com");
  expect(going.metadata.finalizers).toEqual(["customresourcecleanup.apiextensions.k8s.io"]);
  engine.runFor(100);
  expect(api.get(customResourceDefinitions, undefined, "foos.example.com")).toBeUndefined();
  expect(server.kinds.find("example.com/v1", "Foo")).toBeUndefined();
});
