import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { configMaps } from "../../kube/kinds.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { keyOf } from "./object-key.ts";
import { Store } from "./store.ts";

function configMap(namespace: string, name: string, value = ""): KubeObject {
  const metadata = { namespace, name, uid: "", resourceVersion: "", creationTimestamp: "" };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { value } } as KubeObject;
}

describe("the store", () => {
  test("gives every commit the next revision, also the deletion", () => {
    const store = new Store();
    const collection = store.collection(configMaps);
    const first = store.put(collection, configMap("a", "x", "1"));
    const second = store.put(collection, configMap("a", "x", "2"));
    const last = store.remove(collection, "a", "x");
    const revisions = [first, second, last].map(({ metadata }) => Number(metadata.resourceVersion));
    expect(revisions).toEqual([2, 3, 4]);
    expect(store.revision).toBe(4);
    expect(collection.get("a", "x")).toBeUndefined();
  });

  test("gives out frozen objects that share what was frozen already", () => {
    const store = new Store();
    const collection = store.collection(configMaps);
    const first = store.put(collection, configMap("a", "x", "1")) as KubeObject & { data: object };
    expect(Object.isFrozen(first.data)).toBe(true);
    const second = store.put(collection, { ...first, metadata: { ...first.metadata, labels: { a: "b" } } });
    expect((second as typeof first).data).toBe(first.data);
  });

  test("lists in etcd's order, in which the slash after the namespace takes part", () => {
    const store = new Store();
    const collection = store.collection(configMaps);
    for (const [namespace, name] of [
      ["a", "x"],
      ["a-b", "y"],
      ["a", "b"],
      ["b", "a"],
    ] as const) {
      store.put(collection, configMap(namespace, name));
    }
    expect(collection.list().map(keyOf)).toEqual(["a-b/y", "a/b", "a/x", "b/a"]);
    expect(collection.list("a").map(keyOf)).toEqual(["a/b", "a/x"]);
  });

  test("tells a handler's own writes to everybody after the write that it answered", () => {
    const store = new Store();
    const collection = store.collection(configMaps);
    const told: string[] = [];
    store.onCommit(collection, ({ type, object }) => {
      if (type === "ADDED") store.remove(collection, object.metadata.namespace, object.metadata.name);
    });
    store.onCommit(collection, ({ type, revision }) => told.push(`${type} ${revision}`));
    store.put(collection, configMap("a", "x"));
    expect(told).toEqual(["ADDED 2", "DELETED 3"]);
  });
});

test("any earlier state that the history reaches can be listed as it was", () => {
  const write = fc.record({
    namespace: fc.constantFrom("a", "b"),
    name: fc.constantFrom("x", "y", "z"),
    isDeletion: fc.boolean(),
  });
  assertProperty(
    fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
      const store = new Store();
      const collection = store.collection(configMaps);
      const states = new Map([[store.revision, collection.list()]]);
      for (const [i, { namespace, name, isDeletion }] of writes.entries()) {
        if (!isDeletion) store.put(collection, configMap(namespace, name, String(i)));
        else if (collection.get(namespace, name)) store.remove(collection, namespace, name);
        states.set(store.revision, collection.list());
      }
      for (const [revision, state] of states) {
        expect(collection.listAt(revision)).toEqual(state);
        expect(collection.listAt(revision, "a")).toEqual(
          state.filter(({ metadata }) => metadata.namespace === "a"),
        );
      }
    }),
  );
});
