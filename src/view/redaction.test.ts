import { describe, expect, test } from "vitest";
import { makeCluster, objectsOf } from "../../bench/clusters.mjs";
import type { KubeObject, Pod } from "../kube/types/index.ts";
import { Redaction } from "./redaction.ts";

function redacted(object: object): Record<string, unknown> {
  return new Redaction().redact(object as KubeObject) as unknown as Record<string, unknown>;
}

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "shop-cart-abc-x1",
    generateName: "shop-cart-abc-",
    namespace: "acme",
    uid: "3f2c-77",
    labels: { app: "shop-cart", "acme.example/team": "payments", "kubernetes.io/os": "linux" },
    annotations: { "acme.example/contact": "jane@acme.example", "pv.kubernetes.io/bind-completed": "yes" },
    ownerReferences: [
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "shop-cart-abc", uid: "9a-1", controller: true },
    ],
  },
  spec: {
    nodeName: "acme-node-7",
    containers: [
      {
        name: "cart",
        image: "registry.acme.example/shop/cart:1.4",
        env: [{ name: "PASSWORD", value: "hunter2" }],
        args: ["--token=hunter2"],
        resources: { requests: { cpu: "250m", memory: "1Gi", "nvidia.com/gpu": "1" } },
      },
    ],
    tolerations: [{ key: "acme.example/dedicated", operator: "Equal", value: "shop", effect: "NoSchedule" }],
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "shop-cart" } } },
        ],
      },
    },
    priority: 7,
  },
  status: {
    phase: "Running",
    podIP: "192.168.4.7",
    startTime: "2026-01-01T00:00:00Z",
    conditions: [{ type: "Ready", status: "True", message: "acme says so" }],
  },
};

describe("a redacted pod", () => {
  const pod = redacted(POD) as unknown as Pod;

  test("names nothing of its owner's", () => {
    expect(JSON.stringify(pod)).not.toMatch(/acme|shop|cart|hunter2|PASSWORD|jane|payments|192\.168|3f2c/);
  });

  test("keeps what places it", () => {
    const { spec, status } = pod;
    expect(spec.containers[0]?.resources.requests).toEqual({
      cpu: "250m",
      memory: "1Gi",
      "nvidia.com/gpu": "1",
    });
    expect(spec.tolerations?.[0]).toMatchObject({ operator: "Equal", effect: "NoSchedule" });
    expect([spec.priority, status.phase, status.startTime]).toEqual([7, "Running", "2026-01-01T00:00:00Z"]);
    expect(status.conditions).toEqual([{ type: "Ready", status: "True" }]);
    expect(pod.metadata.labels?.["kubernetes.io/os"]).toBe("linux");
    expect(pod.metadata.annotations).toEqual({ "pv.kubernetes.io/bind-completed": "yes" });
  });

  test("keeps what belongs together together", () => {
    const { metadata, spec } = pod;
    const [term] = spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    expect(Object.entries(metadata.labels ?? {})).toEqual(
      expect.arrayContaining(Object.entries(term?.labelSelector?.matchLabels ?? {})),
    );
    expect(term?.topologyKey).toBe("kubernetes.io/hostname");
    expect(metadata.name.startsWith(metadata.generateName ?? "?")).toBe(true);
    expect(`${metadata.ownerReferences?.[0]?.name}-`).toBe(metadata.generateName);
  });
});

describe("objects of one snapshot", () => {
  test("still find each other, and different names stay different", () => {
    const redaction = new Redaction();
    const before = [...objectsOf(makeCluster({ nodes: 8, pods: 120, workloads: 30, fill: 0.6 }))];
    const after = before.map((object) => redaction.redact(object) as KubeObject);
    const keys = (objects: readonly KubeObject[]) =>
      objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`);
    expect(new Set(keys(after)).size).toBe(before.length);
    const nodes = new Set(after.filter(({ kind }) => kind === "Node").map(({ metadata }) => metadata.name));
    const pods = after.filter((object): object is Pod => object.kind === "Pod");
    for (const { spec } of pods) expect(nodes).toContain(spec.nodeName);
    const uids = new Set(after.map(({ metadata }) => metadata.uid));
    for (const { metadata } of pods) {
      for (const { uid } of metadata.ownerReferences ?? []) expect(uids).toContain(uid);
    }
  });

  test("an address is the same everywhere, and no address of the cluster", () => {
    const redaction = new Redaction();
    expect(redaction.name("172.16.0.9")).toBe(redaction.name("172.16.0.9"));
    expect(redaction.name("172.16.0.9")).not.toBe(redaction.name("172.16.0.8"));
    expect(redaction.name("2001:db8::1")).toBe("fd00::3");
  });

  test("events are left out, and of unknown kinds only metadata stays", () => {
    expect(redacted({ apiVersion: "v1", kind: "Event", metadata: { name: "x" } })).toBeUndefined();
    const fleet = {
      apiVersion: "acme.example/v1",
      kind: "Fleet",
      metadata: { name: "red" },
      spec: { key: "hunter2" },
    };
    expect(redacted(fleet)).toEqual({
      apiVersion: "acme.example/v1",
      kind: "Fleet",
      metadata: { name: "x0" },
    });
  });
});
