import { describe, expect, test } from "vitest";
import { testApi } from "../../../../test/support/api.ts";
import { REQUEST_OF_MASTERS } from "../../../../test/support/certificate-request.ts";
import type { Kind } from "../../../kube/kind.ts";
import {
  daemonSets,
  deployments,
  endpointSlices,
  findKind,
  jobs,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
} from "../../../kube/kinds.ts";
import type { Deployment, Pod } from "../../../kube/types/index.ts";

const template = { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "c", image: "i" }] } };
const selector = { matchLabels: { app: "a" } };

function withDeployment() {
  const { api } = testApi();
  const made = api.create(deployments, {
    metadata: { name: "d", namespace: "default", labels: { app: "a" } },
    spec: { selector, template },
    status: { replicas: 9 },
  });
  const patch = (body: object, subresource?: string) =>
    api.patch(deployments, "default", "d", "merge", body, subresource ? { subresource } : {});
  return { api, made, patch };
}

describe("a Deployment", () => {
  test("begins with generation 1 and an empty status, whatever it came with", () => {
    const { made } = withDeployment();
    expect(made.metadata.generation).toBe(1);
    expect(made.status).toEqual({});
  });

  test.each([
    { name: "of the spec", body: { spec: { replicas: 3 } }, generation: 2 },
    { name: "of an annotation", body: { metadata: { annotations: { a: "b" } } }, generation: 2 },
    { name: "of a label", body: { metadata: { labels: { a: "b" } } }, generation: 1 },
    { name: "of the status", body: { status: { replicas: 3 } }, generation: 1 },
    { name: "of the generation itself", body: { metadata: { generation: 7 } }, generation: 1 },
  ])("counts a change $name: generation $generation", ({ body, generation }) => {
    expect(withDeployment().patch(body).metadata.generation).toBe(generation);
  });

  test("keeps its status out of reach of its writers, and spec and labels out of reach of status reports", () => {
    const { api, made, patch } = withDeployment();
    expect(patch({ status: { replicas: 3 } })).toBe(made);
    const report = {
      metadata: { labels: { app: "b" } },
      spec: { replicas: 7 },
      status: { observedGeneration: 1 },
    };
    const reported = patch(report, "status");
    expect(reported.status).toEqual({ observedGeneration: 1 });
    expect([reported.spec, reported.metadata.labels]).toEqual([made.spec, made.metadata.labels]);
    expect(api.updateStatus(deployments, { ...reported, status: {} } as Deployment).status).toEqual({});
  });
});

describe("a Pod", () => {
  const create = (spec: object) =>
    testApi().api.create(pods, {
      metadata: { name: "p", namespace: "default", labels: { app: "a", rev: "7" } },
      spec: { containers: [{ name: "c", image: "i" }], ...spec },
      status: { phase: "Running" },
    });

  test("waits, with the class that follows from what it asks for", () => {
    expect(create({}).status).toEqual({ phase: "Pending", qosClass: "BestEffort" });
  });

  test("given less than no time to end has a second", () => {
    expect(create({ terminationGracePeriodSeconds: -1 }).spec.terminationGracePeriodSeconds).toBe(1);
  });

  test("with scheduling gates says that it is held back", () => {
    expect(create({ schedulingGates: [{ name: "example.com/wait" }] }).status.conditions).toEqual([
      {
        type: "PodScheduled",
        status: "False",
        lastProbeTime: null,
        lastTransitionTime: "2026-01-01T00:00:00Z",
        reason: "SchedulingGated",
        message: "Scheduling is blocked due to non-empty scheduling gates",
      },
    ]);
  });

  test("with label keys in its rules has them as requirements with its own values", () => {
    const spread = {
      maxSkew: 1,
      topologyKey: "zone",
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: { app: "a" } },
      matchLabelKeys: ["rev", "absent"],
    } as const;
    const { topologySpreadConstraints } = create({ topologySpreadConstraints: [spread] }).spec;
    expect(topologySpreadConstraints?.[0]?.labelSelector).toEqual({
      matchLabels: { app: "a" },
      matchExpressions: [{ key: "rev", operator: "In", values: ["7"] }],
    });
  });

  test("reported by a kubelet keeps its owner, its class and what was observed before", () => {
    const { api } = testApi();
    const ownerReferences = [{ apiVersion: "v1", kind: "Node", name: "n", uid: "u" }];
    const made = api.create(pods, {
      metadata: { name: "p", namespace: "default", ownerReferences },
      spec: { containers: [{ name: "c", image: "i" }] },
    });
    const ready = { type: "Ready", status: "True", observedGeneration: 1 } as const;
    const seen = { ...made, status: { ...made.status, observedGeneration: 1, conditions: [ready] } } as Pod;
    const reported = api.updateStatus(pods, seen);
    const { observedGeneration: _, ...later } = ready;
    const next = {
      ...reported,
      metadata: { ...reported.metadata, ownerReferences: [] },
      status: { phase: "Running", conditions: [later] },
    } as Pod;
    const again = api.updateStatus(pods, next);
    expect(again.metadata.ownerReferences).toEqual(ownerReferences);
    expect(again.status).toMatchObject({
      qosClass: "BestEffort",
      observedGeneration: 1,
      conditions: [{ type: "Ready", observedGeneration: 1 }],
    });
  });

  test("takes ephemeral containers and other resources through their own doors only", () => {
    const { api } = testApi();
    const containers = [{ name: "c", image: "i", resources: { requests: { cpu: "100m" } } }];
    api.create(pods, { metadata: { name: "p", namespace: "default" }, spec: { containers } });
    const change = (subresource: string, spec: object) =>
      api.patch(
        pods,
        "default",
        "p",
        "strategic",
        { metadata: { labels: { x: "y" } }, spec },
        { subresource },
      );
    const debugged = change("ephemeralcontainers", {
      ephemeralContainers: [{ name: "debug", image: "busybox" }],
    });
    expect(debugged.spec.ephemeralContainers?.map(({ name }) => name)).toEqual(["debug"]);
    expect(debugged.metadata.labels).toBeUndefined();
    const resized = change("resize", {
      restartPolicy: "Never",
      containers: [{ name: "c", image: "other", resources: { requests: { cpu: "200m" } } }],
    });
    expect(resized.spec.containers[0]).toMatchObject({
      image: "i",
      resources: { requests: { cpu: "200m" } },
    });
    expect(resized.spec.restartPolicy).toBe("Always");
    expect(resized.metadata.generation).toBe(3);
  });
});

describe("other kinds", () => {
  test("a DaemonSet counts the generations of its template in an annotation", () => {
    const { api } = testApi();
    const key = "deprecated.daemonset.template.generation";
    const made = api.create(daemonSets, {
      metadata: { name: "d", namespace: "default" },
      spec: { selector, template },
    });
    expect(made.metadata.annotations?.[key]).toBe("1");
    const patch = (spec: object) => api.patch(daemonSets, "default", "d", "merge", { spec }).metadata;
    expect(patch({ minReadySeconds: 5 })).toMatchObject({ generation: 2, annotations: { [key]: "1" } });
    expect(patch({ template: { metadata: { labels: { b: "c" } } } })).toMatchObject({
      generation: 3,
      annotations: { [key]: "2" },
    });
  });

  test("a Job selects its pods by its own uid, and carries their labels", () => {
    const { metadata, spec } = testApi().api.create(jobs, {
      metadata: { name: "j", namespace: "default" },
      spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } } },
    });
    const labels = {
      "batch.kubernetes.io/controller-uid": metadata.uid,
      "batch.kubernetes.io/job-name": "j",
      "controller-uid": metadata.uid,
      "job-name": "j",
    };
    expect(spec.selector).toEqual({ matchLabels: { "batch.kubernetes.io/controller-uid": metadata.uid } });
    expect([spec.template.metadata?.labels, metadata.labels]).toEqual([labels, labels]);
  });

  test("a Namespace is held by the finalizer that its controller takes off", () => {
    const { api } = testApi();
    const made = api.create(namespaces, { metadata: { name: "n" } });
    expect([made.spec.finalizers, made.status]).toEqual([["kubernetes"], { phase: "Active" }]);
    expect(api.patch(namespaces, undefined, "n", "merge", { spec: { finalizers: [] } }).spec).toBe(made.spec);
  });

  test("a Node brings its status along when it registers, and only then", () => {
    const { api } = testApi();
    const made = api.create(nodes, { metadata: { name: "n" }, status: { capacity: { cpu: "4" } } });
    expect(made.status.capacity).toEqual({ cpu: "4" });
    const patched = api.patch(nodes, undefined, "n", "merge", { status: { capacity: { cpu: "9" } } });
    expect(patched.status.capacity).toEqual({ cpu: "4" });
  });

  test("a PersistentVolume notes since when it is in its phase", () => {
    const { api, engine } = testApi();
    const spec = {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce" as const],
      hostPath: { path: "/data" },
    };
    const made = api.create(persistentVolumes, { metadata: { name: "v" }, spec });
    expect(made.status).toEqual({ phase: "Pending", lastPhaseTransitionTime: "2026-01-01T00:00:00Z" });
    engine.runFor(5_000);
    const patch = (status: object) =>
      api.patch(persistentVolumes, undefined, "v", "merge", { status }, { subresource: "status" }).status;
    expect(patch({ phase: "Available" })).toMatchObject({ lastPhaseTransitionTime: "2026-01-01T00:00:05Z" });
    engine.runFor(5_000);
    expect(patch({ message: "x" })).toMatchObject({ lastPhaseTransitionTime: "2026-01-01T00:00:05Z" });
  });

  test("a claim's two ways to name its source are kept in step, and an odd old one is dropped", () => {
    const { api } = testApi();
    const claim = (name: string, dataSource: object) =>
      api.create(persistentVolumeClaims, {
        metadata: { name, namespace: "default" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "1Gi" } },
          dataSource,
        } as never,
      }).spec;
    const snapshot = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "s" };
    expect(claim("a", snapshot)).toMatchObject({ dataSource: snapshot, dataSourceRef: snapshot });
    expect(claim("b", { kind: "Secret", name: "s" }).dataSource).toBeUndefined();
  });

  test("an EndpointSlice counts changes of its content and its labels", () => {
    const { api } = testApi();
    api.create(endpointSlices, {
      metadata: { name: "e", namespace: "default" },
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.1.0.1"] }],
    });
    const patch = (body: object) =>
      api.patch(endpointSlices, "default", "e", "merge", body).metadata.generation;
    expect(patch({ metadata: { annotations: { a: "b" } } })).toBe(1);
    expect(patch({ metadata: { labels: { a: "b" } } })).toBe(2);
    expect(patch({ endpoints: [{ addresses: ["10.1.0.2"] }] })).toBe(3);
  });

  test("a certificate request carries who asked, and cannot be changed afterwards", () => {
    const { server } = testApi();
    const kind = findKind("certificates.k8s.io/v1", "CertificateSigningRequest") as Kind;
    const caller = { user: { name: "anna", groups: ["people"] }, agent: "test" };
    const request = btoa(REQUEST_OF_MASTERS);
    const spec = { request, signerName: "example.com/x", usages: ["client auth"], username: "somebody else" };
    const made = server.create(caller, { kind }, { metadata: { name: "c" }, spec });
    expect((made as unknown as { spec: object }).spec).toMatchObject({
      username: "anna",
      groups: ["people"],
    });
  });
});
