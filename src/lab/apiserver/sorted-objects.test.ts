import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../kube/types/index.ts";
import { compareKeys, keyOf } from "./object-key.ts";
import { SortedObjects } from "./sorted-objects.ts";

function object(namespace: string, name: string, version: number): KubeObject {
  const revision = `${version}`;
  const metadata = {
    namespace,
    name,
    uid: revision,
    resourceVersion: revision,
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  return { apiVersion: "v1", kind: "ConfigMap", metadata };
}

describe("SortedObjects", () => {
  test("lists what a map sorted anew would list, whenever it is asked between changes", () => {
    const step = fc.record({
      act: fc.constantFrom("put", "put", "remove", "list"),
      namespace: fc.constantFrom("a", "a-b", "b"),
      name: fc.constantFrom("x", "x-1", "y", "z"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const sorted = new SortedObjects();
        const plain = new Map<string, KubeObject>();
        const expectSame = () => {
          expect(sorted.list()).toEqual([...plain.values()].sort(compareKeys));
          expect(sorted.size).toBe(plain.size);
        };
        for (const [version, { act, namespace, name }] of steps.entries()) {
          const made = object(namespace, name, version);
          const key = keyOf(made);
          if (act === "put") {
            sorted.put(key, made);
            plain.set(key, made);
          } else if (act === "remove") {
            sorted.remove(key);
            plain.delete(key);
          } else expectSame();
          expect(sorted.get(key)).toBe(plain.get(key));
        }
        expectSame();
      }),
    );
  });

  test("a list once handed out stays as it was", () => {
    const sorted = new SortedObjects();
    const first = object("a", "x", 1);
    sorted.put("a/x", first);
    const before = sorted.list();
    sorted.put("a/w", object("a", "w", 2));
    sorted.remove("a/x");
    expect(before).toEqual([first]);
    expect(sorted.list().map(keyOf)).toEqual(["a/w"]);
  });

  test("without changes in between the same list is handed out", () => {
    const sorted = new SortedObjects();
    sorted.put("a/x", object("a", "x", 1));
    expect(sorted.list()).toBe(sorted.list());
  });
});
