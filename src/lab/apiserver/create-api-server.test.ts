import { describe, expect, test } from "vitest";
import { testApi } from "../../../test/support/api.ts";
import { configMaps, pods } from "../../kube/kinds.ts";
import type { Pod } from "../../kube/types/index.ts";

const draft = {
  metadata: { name: "a", namespace: "default" },
  spec: { containers: [{ name: "c", image: "i" }] },
};

describe("the API server", () => {
  test("gives a new object what only the server gives", () => {
    const { api } = testApi();
    const pod = api.create(pods, draft);
    expect(pod.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(pod.metadata.creationTimestamp).toBe("2026-01-01T00:00:00Z");
    expect(pod.metadata.generation).toBe(1);
    expect(api.get(pods, "default", "a")).toBe(pod);
  });

  test("refuses a stale update in Kubernetes' words", () => {
    const { api } = testApi();
    const first = api.create(configMaps, { metadata: { name: "c", namespace: "default" }, data: { a: "1" } });
    api.update(configMaps, { ...first, data: { a: "2" } });
    expect(() => api.update(configMaps, { ...first, data: { a: "3" } })).toThrow(
      'Operation cannot be fulfilled on configmaps "c": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  test("binds once, deletes gracefully, and removes when the kubelet says so", () => {
    const { api } = testApi();
    api.create(pods, draft);
    api.bind("default", "a", "node-1");
    expect(api.podsOnNode("node-1").map((pod) => pod.metadata.name)).toEqual(["a"]);
    expect(() => api.bind("default", "a", "node-2")).toThrow('already assigned to node "node-1"');
    const ending = api.delete(pods, "default", "a");
    expect(ending.metadata.deletionGracePeriodSeconds).toBe(30);
    api.updateStatus(pods, { ...ending, status: { ...ending.status, phase: "Running" } } as Pod);
    api.delete(pods, "default", "a", { gracePeriodSeconds: 0 });
    expect(api.get(pods, "default", "a")).toBeUndefined();
  });

  test("tells of commits in order even when a handler writes", () => {
    const { api } = testApi();
    const seen: string[] = [];
    api.onChange(configMaps, ({ type, object }) => {
      if (type === "ADDED") api.update(configMaps, { ...object, data: { seen: "yes" } });
    });
    api.onChange(configMaps, ({ type, object }) => seen.push(`${type} ${object.metadata.resourceVersion}`));
    const { metadata } = api.create(configMaps, { metadata: { name: "c", namespace: "default" } });
    const revision = Number(metadata.resourceVersion);
    expect(seen).toEqual([`ADDED ${revision}`, `MODIFIED ${revision + 1}`]);
  });
});
