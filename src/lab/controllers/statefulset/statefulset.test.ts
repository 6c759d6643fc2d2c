import { describe, expect, test } from "vitest";
import {
  type TestControllers,
  type TestControllersOptions,
  testControllers,
} from "../../../../test/support/controllers.ts";
import { podTemplate, statefulSetDraft } from "../../../../test/support/workloads.ts";
import { controllerRevisions, persistentVolumeClaims, pods, statefulSets } from "../../../kube/kinds.ts";
import type { PersistentVolumeClaim, Pod, StatefulSet, StatefulSetSpec } from "../../../kube/types/index.ts";
import { statefulSet } from "./statefulset.ts";

function settled(spec: Partial<StatefulSetSpec> = {}, options: TestControllersOptions = {}) {
  const lab = testControllers([statefulSet], options);
  lab.api.create(statefulSets, statefulSetDraft("db", spec));
  lab.runSeconds(30);
  return lab;
}

function db({ api }: TestControllers): StatefulSet {
  const found = api.get(statefulSets, "default", "db");
  if (found === undefined) throw new Error("There is no StatefulSet db");
  return found;
}

function change(lab: TestControllers, spec: Partial<StatefulSetSpec>): void {
  const current = db(lab);
  lab.api.update(statefulSets, { ...current, spec: { ...current.spec, ...spec } });
}

const V1 = "registry.example/app:1";
const V2 = "registry.example/app:2";
const V3 = "registry.example/app:3";

/** "name image" of each pod, "-" after those that are being deleted. */
function podList({ api }: TestControllers): readonly string[] {
  return api.list(pods).map(({ metadata, spec }) => {
    const version = spec.containers[0]?.image.split(":")[1];
    return `${metadata.name} ${version}${metadata.deletionTimestamp === undefined ? "" : "-"}`;
  });
}

/** The order in which pods came and went since now: "+db-0", "-db-0". */
function watchOrder({ api }: TestControllers): string[] {
  const order: string[] = [];
  api.onChange(pods, ({ type, object }) => {
    if (type !== "MODIFIED") order.push(`${type === "ADDED" ? "+" : "-"}${object.metadata.name}`);
  });
  return order;
}

const dataClaim = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  status: {},
} as unknown as PersistentVolumeClaim;

describe("a new StatefulSet", () => {
  test("gets its pods one after the other, each when the one before is ready", () => {
    const lab = testControllers([statefulSet], { readyAfterMs: () => 10_000 });
    lab.api.create(statefulSets, statefulSetDraft("db"));
    lab.runSeconds(5);
    expect(podList(lab)).toEqual(["db-0 1"]);
    lab.runSeconds(10);
    expect(podList(lab)).toEqual(["db-0 1", "db-1 1"]);
    lab.runSeconds(60);
    expect(podList(lab)).toEqual(["db-0 1", "db-1 1", "db-2 1"]);
    expect(lab.messages("StatefulSet db")).toEqual([
      "create Pod db-0 in StatefulSet db successful",
      "create Pod db-1 in StatefulSet db successful",
      "create Pod db-2 in StatefulSet db successful",
    ]);
  });

  test("gets them all at once with Parallel", () => {
    const lab = testControllers([statefulSet], { readyAfterMs: () => 10_000 });
    lab.api.create(statefulSets, statefulSetDraft("db", { podManagementPolicy: "Parallel" }));
    lab.runSeconds(1);
    expect(podList(lab)).toHaveLength(3);
  });

  test("gives each pod its identity", () => {
    const lab = settled({ ordinals: { start: 5 }, replicas: 1 });
    const [pod] = lab.api.list(pods);
    const revision = db(lab).status.updateRevision;
    expect(pod?.metadata).toMatchObject({
      name: "db-5",
      generateName: "db-",
      labels: {
        app: "db",
        "statefulset.kubernetes.io/pod-name": "db-5",
        "apps.kubernetes.io/pod-index": "5",
        "controller-revision-hash": revision,
      },
    });
    expect(pod?.spec).toMatchObject({ hostname: "db-5", subdomain: "db" });
  });

  test("makes the claims of its templates, mounts them, and tells of them", () => {
    const lab = settled({ replicas: 1, volumeClaimTemplates: [dataClaim] });
    const claim = lab.api.get(persistentVolumeClaims, "default", "data-db-0");
    expect(claim?.metadata.labels).toEqual({ app: "db" });
    expect(claim?.metadata.ownerReferences).toBeUndefined();
    const [pod] = lab.api.list(pods);
    expect(pod?.spec.volumes?.[0]).toEqual({
      name: "data",
      persistentVolumeClaim: { claimName: "data-db-0" },
    });
    expect(lab.messages("StatefulSet db")).toEqual([
      "create Claim data-db-0 Pod db-0 in StatefulSet db success",
      "create Pod db-0 in StatefulSet db successful",
    ]);
  });

  test("says in its status that it has come up", () => {
    const lab = settled();
    const revision = db(lab).status.currentRevision;
    expect(revision).toMatch(/^db-[bcdfghjklmnpqrstvwxz2456789]{6,10}$/);
    expect(db(lab).status).toEqual({
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      currentRevision: revision,
      updateRevision: revision,
      collisionCount: 0,
    });
    expect(lab.api.get(controllerRevisions, "default", revision ?? "")).toMatchObject({
      revision: 1,
      data: { spec: { template: { $patch: "replace" } } },
    });
  });

  test("costs nothing once it has settled", () => {
    const lab = settled({ minReadySeconds: 5 });
    lab.runSeconds(60);
    const tasks = lab.engine.tasksRun;
    lab.runSeconds(3_600);
    expect(lab.engine.tasksRun).toBe(tasks);
  });
});

describe("scaling", () => {
  test("goes down from the highest ordinal, each when the one above is gone", () => {
    const lab = settled({}, { stopAfterMs: 5_000 });
    const order = watchOrder(lab);
    change(lab, { replicas: 1 });
    lab.runSeconds(3);
    expect(podList(lab)).toEqual(["db-0 1", "db-1 1", "db-2 1-"]);
    lab.runSeconds(20);
    expect(order).toEqual(["-db-2", "-db-1"]);
  });

  test("does not go down while a pod that stays is broken", () => {
    const lab = settled();
    const first = lab.api.get(pods, "default", "db-0") as Pod;
    const conditions = first.status.conditions?.map((condition) =>
      condition.type === "Ready" ? { ...condition, status: "False" as const } : condition,
    );
    lab.api.updateStatus(pods, { ...first, status: { ...first.status, ...(conditions && { conditions }) } });
    change(lab, { replicas: 1 });
    lab.runSeconds(60);
    expect(podList(lab)).toHaveLength(3);
  });

  test("waits for minReadySeconds between pods", () => {
    const lab = testControllers([statefulSet]);
    lab.api.create(statefulSets, statefulSetDraft("db", { replicas: 2, minReadySeconds: 30 }));
    lab.runSeconds(25);
    expect(podList(lab)).toEqual(["db-0 1"]);
    expect(db(lab).status).toMatchObject({ readyReplicas: 1, availableReplicas: 0 });
    lab.runSeconds(10);
    expect(podList(lab)).toEqual(["db-0 1", "db-1 1"]);
  });
});

describe("a rolling update", () => {
  test("goes from the highest ordinal down, one pod at a time", () => {
    const lab = settled();
    const order = watchOrder(lab);
    change(lab, { template: podTemplate("db", V2) });
    lab.runSeconds(60);
    expect(order).toEqual(["-db-2", "+db-2", "-db-1", "+db-1", "-db-0", "+db-0"]);
    expect(podList(lab)).toEqual(["db-0 2", "db-1 2", "db-2 2"]);
    const { currentRevision, updateRevision } = db(lab).status;
    expect(currentRevision).toBe(updateRevision);
  });

  test("stops at the partition, and pods below it come back as they were", () => {
    const lab = settled();
    change(lab, {
      template: podTemplate("db", V2),
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } },
    });
    lab.runSeconds(60);
    expect(podList(lab)).toEqual(["db-0 1", "db-1 1", "db-2 2"]);
    expect(db(lab).status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 });
    lab.api.delete(pods, "default", "db-0");
    lab.runSeconds(30);
    expect(podList(lab)[0]).toBe("db-0 1");
  });

  test("touches nothing with OnDelete until a pod is deleted", () => {
    const lab = settled({ updateStrategy: { type: "OnDelete" } });
    change(lab, { template: podTemplate("db", V2) });
    lab.runSeconds(30);
    expect(podList(lab)).toEqual(["db-0 1", "db-1 1", "db-2 1"]);
    lab.api.delete(pods, "default", "db-1");
    lab.runSeconds(30);
    expect(podList(lab)).toEqual(["db-0 1", "db-1 2", "db-2 1"]);
  });

  test("stays stuck at a broken pod even when the template is put right, until somebody deletes that pod", () => {
    const lab = settled(
      {},
      { readyAfterMs: ({ spec }) => (spec.containers[0]?.image === V2 ? undefined : 1_000) },
    );
    change(lab, { template: podTemplate("db", V2) });
    lab.runSeconds(60);
    change(lab, { template: podTemplate("db", V3) });
    lab.runSeconds(600);
    expect(podList(lab)).toEqual(["db-0 1", "db-1 1", "db-2 2"]);
    lab.api.delete(pods, "default", "db-2");
    lab.runSeconds(60);
    expect(podList(lab)).toEqual(["db-0 3", "db-1 3", "db-2 3"]);
  });

  test("a template that comes back gets its old revision under the next number", () => {
    const lab = settled();
    change(lab, { template: podTemplate("db", V2) });
    lab.runSeconds(60);
    change(lab, { template: podTemplate("db", V1) });
    lab.runSeconds(60);
    expect(
      lab.api
        .list(controllerRevisions)
        .map(({ revision }) => revision)
        .toSorted(),
    ).toEqual([2, 3]);
  });

  test("keeps no more old revisions than the history limit", () => {
    const lab = settled({ revisionHistoryLimit: 1 });
    for (const image of [V2, V3, "registry.example/app:4"]) {
      change(lab, { template: podTemplate("db", image) });
      lab.runSeconds(60);
    }
    expect(
      lab.api
        .list(controllerRevisions)
        .map(({ revision }) => revision)
        .toSorted(),
    ).toEqual([3, 4]);
  });
});

describe("a pod that is lost", () => {
  test("on a dead node stays and is not replaced before it is gone", () => {
    const lab = settled();
    const { spec } = lab.api.get(pods, "default", "db-1") as Pod;
    lab.kubelet.kill(spec.nodeName ?? "");
    lab.api.delete(pods, "default", "db-1");
    lab.runSeconds(3_600);
    expect(podList(lab)).toEqual(["db-0 1", "db-1 1-", "db-2 1"]);
    lab.api.delete(pods, "default", "db-1", { gracePeriodSeconds: 0 });
    lab.runSeconds(1);
    expect(podList(lab)).toEqual(["db-0 1", "db-1 1", "db-2 1"]);
  });

  test("because it failed is deleted and made anew", () => {
    const lab = settled();
    const first = lab.api.get(pods, "default", "db-0") as Pod;
    lab.api.updateStatus(pods, { ...first, status: { ...first.status, phase: "Failed" } });
    lab.runSeconds(10);
    expect(lab.api.get(pods, "default", "db-0")?.metadata.uid).not.toBe(first.metadata.uid);
    expect(lab.messages("StatefulSet db", "SuccessfulDelete")).toEqual([
      "delete Pod db-0 in StatefulSet db successful",
    ]);
  });
});

describe("claims", () => {
  const owners = ({ api }: TestControllers, name: string) =>
    api.get(persistentVolumeClaims, "default", name)?.metadata.ownerReferences?.map(({ kind }) => kind);

  test.each([
    { name: "stay with nobody by default", policy: undefined, kept: undefined, scaled: undefined },
    {
      name: "belong to the set when they go with it",
      policy: { whenDeleted: "Delete", whenScaled: "Retain" },
      kept: ["StatefulSet"],
      scaled: ["StatefulSet"],
    },
    {
      name: "belong to a pod that is scaled away",
      policy: { whenDeleted: "Retain", whenScaled: "Delete" },
      kept: undefined,
      scaled: ["Pod"],
    },
    {
      name: "belong to the set, and to the pod once it is scaled away",
      policy: { whenDeleted: "Delete", whenScaled: "Delete" },
      kept: ["StatefulSet"],
      scaled: ["Pod"],
    },
  ] as const)("$name", ({ policy, kept, scaled }) => {
    const retention = policy === undefined ? {} : { persistentVolumeClaimRetentionPolicy: policy };
    const lab = settled({ replicas: 2, volumeClaimTemplates: [dataClaim], ...retention });
    expect(owners(lab, "data-db-1") ?? []).toEqual(kept ?? []);
    change(lab, { replicas: 1 });
    lab.runSeconds(30);
    expect(owners(lab, "data-db-0") ?? []).toEqual(kept ?? []);
    expect(owners(lab, "data-db-1") ?? []).toEqual(scaled ?? []);
  });

  test("that are being deleted hold their pod back", () => {
    const lab = settled({ replicas: 1, volumeClaimTemplates: [dataClaim] });
    const claim = lab.api.get(persistentVolumeClaims, "default", "data-db-0") as PersistentVolumeClaim;
    lab.api.update(persistentVolumeClaims, {
      ...claim,
      metadata: { ...claim.metadata, finalizers: ["example.com/hold"] },
    });
    lab.api.delete(persistentVolumeClaims, "default", "data-db-0");
    lab.api.delete(pods, "default", "db-0");
    lab.runSeconds(10);
    expect(podList(lab)).toEqual([]);
    expect(lab.messages("StatefulSet db", "FailedCreate")[0]).toBe(
      "create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted",
    );
    const held = lab.api.get(persistentVolumeClaims, "default", "data-db-0") as PersistentVolumeClaim;
    lab.api.update(persistentVolumeClaims, { ...held, metadata: { ...held.metadata, finalizers: [] } });
    lab.runSeconds(60);
    expect(podList(lab)).toEqual(["db-0 1"]);
  });
});
