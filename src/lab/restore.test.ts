import { describe, expect, test } from "vitest";
import { testApi } from "../../test/support/api.ts";
import type { KubeObject } from "../kube/types/index.ts";
import { createLocalClient } from "./client.ts";
import { planRestore, restore } from "./restore.ts";

/** An object as a cluster has it: with everything that a server sets. */
function stored(
  apiVersion: string,
  kind: string,
  name: string,
  fields: object = {},
  metadata: object = {},
): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: "shop",
      uid: `uid-${name}`,
      resourceVersion: "7",
      generation: 3,
      creationTimestamp: "2020-01-01T00:00:00Z",
      managedFields: [],
      ...metadata,
    },
    ...fields,
  } as KubeObject;
}

const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "cart-1", uid: "u", controller: true };
const planned = (...objects: KubeObject[]) => planRestore(objects).creations;

describe("of a cluster", () => {
  test.each([
    {
      name: "what another object owns",
      object: stored("v1", "Pod", "cart-0", {}, { ownerReferences: [owner] }),
    },
    {
      name: "what is on its way out",
      object: stored("v1", "Pod", "p", {}, { deletionTimestamp: "2020-01-01T00:00:00Z" }),
    },
    { name: "a Pod that has ended", object: stored("v1", "Pod", "p", { status: { phase: "Succeeded" } }) },
    {
      name: "a Job that has ended",
      object: stored("batch/v1", "Job", "j", {
        status: { conditions: [{ type: "Complete", status: "True" }] },
      }),
    },
    { name: "an Event", object: stored("v1", "Event", "e") },
    { name: "a Lease", object: stored("coordination.k8s.io/v1", "Lease", "l") },
    { name: "a slice of endpoints", object: stored("discovery.k8s.io/v1", "EndpointSlice", "s") },
  ])("$name is left out", ({ object }) => {
    expect(planned(object)).toEqual([]);
  });

  test("what only a server sets is left out of the rest", () => {
    const object = stored(
      "apps/v1",
      "Deployment",
      "cart",
      { spec: { replicas: 3 }, status: { replicas: 3 } },
      { labels: { a: "b" }, annotations: { c: "d" }, finalizers: ["foregroundDeletion", "example.com/hold"] },
    );
    expect(planned(object)).toEqual([
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: {
          name: "cart",
          namespace: "shop",
          labels: { a: "b" },
          annotations: { c: "d" },
          finalizers: ["example.com/hold"],
        },
        spec: { replicas: 3 },
      },
    ]);
  });

  test("uids of the old cluster are left out of specs", () => {
    const [volume, job, pod] = planned(
      stored("batch/v1", "Job", "j", {
        spec: {
          selector: { matchLabels: { "controller-uid": "u" } },
          template: { metadata: { labels: { "controller-uid": "u", "job-name": "j", mine: "x" } }, spec: {} },
        },
      }),
      stored("v1", "Pod", "p", { spec: { nodeName: "old-1", hostname: "h" } }),
      stored("v1", "PersistentVolume", "pv", {
        spec: { claimRef: { name: "data", namespace: "shop", uid: "u", resourceVersion: "1" } },
      }),
    ) as unknown as { spec: object }[];
    expect(job?.spec).toEqual({ template: { metadata: { labels: { mine: "x" } }, spec: {} } });
    expect(pod?.spec).toEqual({ hostname: "h" });
    expect(volume?.spec).toEqual({ claimRef: { name: "data", namespace: "shop" } });
  });

  test("what others need comes first, and what would hold them back last", () => {
    const kinds = [
      "ResourceQuota",
      "Deployment",
      "Secret",
      "Namespace",
      "PersistentVolumeClaim",
      "StorageClass",
    ];
    const objects = kinds.map((kind) => stored("v1", kind, kind.toLowerCase()));
    expect(planned(...objects).map(({ kind }) => kind)).toEqual([
      "Namespace",
      "StorageClass",
      "Secret",
      "PersistentVolumeClaim",
      "Deployment",
      "ResourceQuota",
    ]);
  });

  test("nodes and zones are counted", () => {
    const node = (name: string, zone: string) =>
      stored("v1", "Node", name, {}, { labels: { "topology.kubernetes.io/zone": zone } });
    const plan = planRestore([node("b", "z1"), node("a", "z2"), node("c", "z1")]);
    expect(plan.nodes.map(({ metadata }) => metadata.name)).toEqual(["a", "b", "c"]);
    expect(plan.zones).toBe(2);
    expect(planRestore([]).zones).toBe(1);
  });
});

test("a plan is carried out; what is refused is told, what is there stays", async () => {
  const { server } = testApi();
  const client = createLocalClient(server);
  const plan = planRestore([
    stored("v1", "ConfigMap", "good", { data: { a: "1" } }),
    stored("v1", "ConfigMap", "Bad_Name"),
    stored("example.com/v1", "Widget", "w"),
    stored("v1", "Namespace", "shop", {}, { namespace: undefined }),
    stored("v1", "Namespace", "default", {}, { namespace: undefined }),
    stored(
      "v1",
      "Node",
      "old",
      { spec: { unschedulable: true, taints: [{ key: "gpu", effect: "NoSchedule" }] } },
      { namespace: undefined, labels: { rack: "7", "kubernetes.io/hostname": "old" } },
    ),
  ]);
  const nodes = server.kinds.find("v1", "Node");
  const configMaps = server.kinds.find("v1", "ConfigMap");
  if (nodes === undefined || configMaps === undefined) throw new Error("the server lacks kinds");
  await client.create(nodes, undefined, { metadata: { name: "node-1" } });

  const refused = await restore(client, plan, (apiVersion, kind) => server.kinds.find(apiVersion, kind));
  expect(refused).toEqual([
    { object: "ConfigMap shop/Bad_Name", why: expect.stringContaining("is invalid") },
    { object: "Widget shop/w", why: "example.com/v1 is not served" },
  ]);
  expect(await client.get(configMaps, "shop", "good")).toMatchObject({ data: { a: "1" } });
  const node = (await client.get(nodes, undefined, "node-1")) as KubeObject & { readonly spec: object };
  expect(node.metadata.labels).toMatchObject({ rack: "7" });
  expect(node.metadata.labels?.["kubernetes.io/hostname"]).not.toBe("old");
  expect(node.spec).toMatchObject({
    unschedulable: true,
    taints: expect.arrayContaining([{ key: "gpu", effect: "NoSchedule" }]),
  });
});
