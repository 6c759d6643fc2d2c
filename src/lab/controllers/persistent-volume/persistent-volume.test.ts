import { describe, expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { pod } from "../../../../test/support/pods.ts";
import { claim, storageClass, volume } from "../../../../test/support/volumes.ts";
import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from "../../../kube/kinds.ts";
import type { PersistentVolume, PersistentVolumeClaim } from "../../../kube/types/index.ts";
import { persistentVolume } from "./persistent-volume.ts";

function start() {
  const lab = testLab();
  persistentVolume(lab.context).start();
  const { api, engine } = lab;
  return {
    ...lab,
    claimOf: (name: string) => api.get(persistentVolumeClaims, "default", name) as PersistentVolumeClaim,
    volumeOf: (name: string) => api.get(persistentVolumes, undefined, name) as PersistentVolume,
    addClaim(...args: Parameters<typeof claim>) {
      put(api, persistentVolumeClaims, claim(...args));
      engine.runFor(100);
    },
    addVolume(
      name: string,
      options: Parameters<typeof volume>[1],
      spec: Partial<PersistentVolume["spec"]> = {},
    ) {
      const built = volume(name, options);
      api.create(persistentVolumes, {
        metadata: { name, ...(built.metadata.labels && { labels: built.metadata.labels }) },
        spec: { ...built.spec, ...spec },
      });
      engine.runFor(100);
    },
    addClass(...args: Parameters<typeof storageClass>) {
      put(api, storageClasses, storageClass(...args));
    },
    /** Deletes a claim as if nothing protected it. */
    deleteClaim(name: string) {
      api.delete(persistentVolumeClaims, "default", name);
      const found = api.get(persistentVolumeClaims, "default", name);
      if (found !== undefined)
        api.update(persistentVolumeClaims, { ...found, metadata: { ...found.metadata, finalizers: [] } });
      engine.runFor(100);
    },
  };
}

/** A volume that nobody but this controller could delete. */
/** The affinity that a local volume must have. */
const onNode = (name: string): Partial<PersistentVolume["spec"]> => ({
  nodeAffinity: volume("x", { onNodes: [name] }).spec.nodeAffinity ?? {},
});

const local = (path: string, rest: Partial<PersistentVolume["spec"]> = {}) =>
  ({ csi: undefined, local: { path }, ...rest }) as never;

describe("a static volume", () => {
  test("is available, and goes to the claim that it fits best", () => {
    const { addClaim, addVolume, claimOf, volumeOf } = start();
    for (const size of ["10Gi", "5Gi", "2Gi"])
      addVolume(`v${size}`.toLowerCase(), { size, storageClass: "static" });
    expect(volumeOf("v5gi").status.phase).toBe("Available");
    addClaim("data", { size: "3Gi", storageClass: "static" });
    const { metadata, spec, status } = claimOf("data");
    expect(spec.volumeName).toBe("v5gi");
    expect(metadata.annotations).toEqual({
      "pv.kubernetes.io/bind-completed": "yes",
      "pv.kubernetes.io/bound-by-controller": "yes",
    });
    expect(status).toMatchObject({
      phase: "Bound",
      accessModes: ["ReadWriteOnce"],
      capacity: { storage: "5Gi" },
    });
    const held = volumeOf("v5gi");
    expect(held.status.phase).toBe("Bound");
    expect(held.metadata.annotations?.["pv.kubernetes.io/bound-by-controller"]).toBe("yes");
    expect(held.spec.claimRef).toMatchObject({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      namespace: "default",
      name: "data",
      uid: metadata.uid,
      resourceVersion: expect.any(String),
    });
  });

  test.each([
    { name: "too small", options: { size: "1Gi", storageClass: "static" } },
    { name: "of another class", options: { size: "5Gi", storageClass: "other" } },
    {
      name: "for other access",
      options: { size: "5Gi", storageClass: "static", modes: ["ReadOnlyMany"] as const },
    },
    {
      name: "meant for another claim",
      options: { size: "5Gi", storageClass: "static", claim: "default/other" },
    },
    {
      name: "without the label",
      options: { size: "5Gi", storageClass: "static", labels: { disk: "hdd" } },
      selector: true,
    },
  ])("is not taken when it is $name", ({ options, selector }) => {
    const { addVolume, api, claimOf, engine } = start();
    addVolume("v", options);
    const wanted = claim("data", { size: "3Gi", storageClass: "static" });
    const spec =
      selector === true ? { ...wanted.spec, selector: { matchLabels: { disk: "ssd" } } } : wanted.spec;
    put(api, persistentVolumeClaims, { ...wanted, spec });
    engine.runFor(100);
    expect(claimOf("data").status.phase).toBe("Pending");
    expect(claimOf("data").spec.volumeName).toBeUndefined();
  });

  test("that comes later is found within fifteen seconds", () => {
    const { addClaim, addVolume, claimOf, engine } = start();
    addClaim("data", { storageClass: "static" });
    addVolume("late", { storageClass: "static" });
    expect(claimOf("data").status.phase).toBe("Pending");
    engine.runFor(15_000);
    expect(claimOf("data").status.phase).toBe("Bound");
  });

  test("that names its claim waits for it, and keeps the mark of who wrote it", () => {
    const { addClaim, addVolume, claimOf, volumeOf } = start();
    addVolume("meant", { size: "20Gi", storageClass: "static", claim: "default/data" });
    addVolume("smaller", { size: "5Gi", storageClass: "static" });
    expect(volumeOf("meant").status.phase).toBe("Available");
    addClaim("data", { size: "3Gi", storageClass: "static" });
    expect(claimOf("data").spec.volumeName).toBe("meant");
    expect(volumeOf("meant").metadata.annotations?.["pv.kubernetes.io/bound-by-controller"]).toBeUndefined();
  });

  test("is asked for by name", () => {
    const { addVolume, api, claimOf, engine, takeEvents } = start();
    addVolume("small", { size: "2Gi", storageClass: "static" });
    addVolume("right", { size: "5Gi", storageClass: "static" });
    const asking = (name: string, volumeName: string) => {
      const wanted = claim(name, { size: "3Gi", storageClass: "static" });
      put(api, persistentVolumeClaims, { ...wanted, spec: { ...wanted.spec, volumeName } });
      engine.runFor(50);
    };
    asking("a", "small");
    expect(takeEvents()).toEqual([
      'Warning VolumeMismatch PersistentVolumeClaim default/a: Cannot bind to requested volume "small": requested PV is too small',
    ]);
    asking("b", "right");
    expect(claimOf("b").status.phase).toBe("Bound");
    // The volume was not chosen by the controller, but the claim's reference on it was.
    expect(claimOf("b").metadata.annotations?.["pv.kubernetes.io/bound-by-controller"]).toBeUndefined();
    asking("c", "right");
    expect(takeEvents()).toEqual([
      'Warning FailedBinding PersistentVolumeClaim default/c: volume "right" already bound to a different claim.',
    ]);
  });
});

describe("a claim without a volume", () => {
  test("and without a class says so, again with every pass", () => {
    const { addClaim, engine, takeEvents } = start();
    addClaim("data");
    engine.runFor(15_100);
    const text =
      "Normal FailedBinding PersistentVolumeClaim default/data: no persistent volumes available for this claim and no storage class is set";
    expect(takeEvents()).toEqual([text, text]);
  });

  test("whose class does not exist", () => {
    const { addClaim, claimOf, takeEvents } = start();
    addClaim("data", { storageClass: "missing" });
    expect(takeEvents()).toEqual([
      'Warning ProvisioningFailed PersistentVolumeClaim default/data: storageclass.storage.k8s.io "missing" not found',
    ]);
    expect(claimOf("data").status.phase).toBe("Pending");
  });

  test("whose class has no provisioner", () => {
    const { addClaim, addClass, takeEvents } = start();
    addClass("none", { provisioner: "kubernetes.io/no-provisioner", volumeBindingMode: "Immediate" });
    addClaim("data", { storageClass: "none" });
    expect(takeEvents()).toEqual([
      "Warning ProvisioningFailed PersistentVolumeClaim default/data: no volume plugin matched name: kubernetes.io/no-provisioner",
    ]);
  });

  test("waits for its first consumer, then for that to be scheduled, and then asks for a volume", () => {
    const { addClaim, addClass, api, claimOf, engine, takeEvents } = start();
    addClass("late");
    addClaim("data", { storageClass: "late" });
    put(api, pods, pod("db").claims("data"));
    engine.runFor(15_000);
    expect(takeEvents()).toEqual([
      "Normal WaitForFirstConsumer PersistentVolumeClaim default/data: waiting for first consumer to be created before binding",
      "Normal WaitForPodScheduled PersistentVolumeClaim default/data: waiting for pod db to be scheduled",
    ]);
    const found = claimOf("data");
    const annotations = { "volume.kubernetes.io/selected-node": "a" };
    api.update(persistentVolumeClaims, { ...found, metadata: { ...found.metadata, annotations } });
    engine.runFor(20);
    expect(claimOf("data").metadata.annotations).toMatchObject({
      "volume.beta.kubernetes.io/storage-provisioner": "csi.example.com",
      "volume.kubernetes.io/storage-provisioner": "csi.example.com",
    });
    expect(takeEvents()).toEqual([
      "Normal ExternalProvisioning PersistentVolumeClaim default/data: Waiting for a volume to be created either by the external " +
        "provisioner 'csi.example.com' or manually by the system administrator. If volume creation is delayed, please verify " +
        "that the provisioner is running and correctly registered.",
    ]);
  });

  test("is not given a free volume behind the scheduler's back, but the one that was chosen", () => {
    const { addClaim, addClass, addVolume, api, claimOf, engine, volumeOf } = start();
    addClass("late");
    addVolume("free", { storageClass: "late" });
    addClaim("data", { storageClass: "late" });
    expect(claimOf("data").spec.volumeName).toBeUndefined();
    const { metadata } = claimOf("data");
    const claimRef = {
      kind: "PersistentVolumeClaim",
      apiVersion: "v1",
      namespace: "default",
      name: "data",
      uid: metadata.uid,
    };
    const found = volumeOf("free");
    api.update(persistentVolumes, { ...found, spec: { ...found.spec, claimRef } });
    engine.runFor(100);
    expect(claimOf("data").status.phase).toBe("Bound");
  });

  test("gets the default class when there is one", () => {
    const { addClaim, addClass, claimOf, engine } = start();
    addClaim("data");
    const defaults = { "storageclass.kubernetes.io/is-default-class": "true" };
    const { metadata } = storageClass("std");
    addClass("std", { metadata: { ...metadata, annotations: defaults }, volumeBindingMode: "Immediate" });
    engine.runFor(15_000);
    expect(claimOf("data").spec.storageClassName).toBe("std");
    expect(claimOf("data").metadata.annotations?.["volume.kubernetes.io/storage-provisioner"]).toBe(
      "csi.example.com",
    );
  });

  test("that asked for no class on purpose stays without", () => {
    const { addClaim, addClass, claimOf, engine } = start();
    const { metadata } = storageClass("std");
    addClass("std", {
      metadata: { ...metadata, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    });
    addClaim("data", { storageClass: "" });
    engine.runFor(15_000);
    expect(claimOf("data").spec.storageClassName).toBe("");
  });
});

describe("when the claim is gone, its volume", () => {
  const bind = (name: string, spec: Partial<PersistentVolume["spec"]>) => {
    const lab = start();
    lab.addVolume("v", { storageClass: "static" }, spec);
    lab.addClaim(name, { storageClass: "static" });
    expect(lab.claimOf(name).status.phase).toBe("Bound");
    lab.deleteClaim(name);
    return lab;
  };

  test("is released and kept, and does not go to a new claim of the name", () => {
    const { addClaim, claimOf, engine, volumeOf } = bind("data", { persistentVolumeReclaimPolicy: "Retain" });
    expect(volumeOf("v").status.phase).toBe("Released");
    addClaim("data", { storageClass: "static" });
    engine.runFor(20_000);
    expect(claimOf("data").status.phase).toBe("Pending");
    expect(volumeOf("v").status.phase).toBe("Released");
  });

  test("is left to the provisioner that deletes it", () => {
    const { takeEvents, volumeOf } = bind("data", { persistentVolumeReclaimPolicy: "Delete" });
    expect(volumeOf("v").status.phase).toBe("Released");
    expect(takeEvents()).toEqual([]);
  });

  test.each([
    {
      name: "local",
      source: local("/x", onNode("a")),
      message: 'error getting deleter volume plugin for volume "v": no volume plugin matched',
    },
    {
      name: "nfs",
      source: { csi: undefined, nfs: { server: "s", path: "/x" } } as never,
      message: 'error getting deleter volume plugin for volume "v": no deletable volume plugin matched',
    },
    {
      name: "hostPath",
      source: { csi: undefined, hostPath: { path: "/data/x" } } as never,
      message: "host_path deleter only supports /tmp/.+ but received provided /data/x",
    },
  ])("has failed when nobody can delete it: $name", ({ source, message }) => {
    const { takeEvents, volumeOf } = bind("data", {
      ...(source as object),
      persistentVolumeReclaimPolicy: "Delete",
    });
    expect(volumeOf("v").status).toMatchObject({ phase: "Failed", message });
    expect(takeEvents()).toEqual([`Warning VolumeFailedDelete PersistentVolume v: ${message}`]);
  });
});

test("a claim whose volume is gone has lost it", () => {
  const { addClaim, addVolume, api, claimOf, engine, takeEvents, volumeOf } = start();
  addVolume("v", { storageClass: "static" });
  addClaim("data", { storageClass: "static" });
  api.delete(persistentVolumes, undefined, "v");
  const found = volumeOf("v");
  if (found !== undefined)
    api.update(persistentVolumes, { ...found, metadata: { ...found.metadata, finalizers: [] } });
  engine.runFor(100);
  expect(claimOf("data").status).toEqual({ phase: "Lost" });
  expect(takeEvents()).toEqual([
    "Warning ClaimLost PersistentVolumeClaim default/data: Bound claim has lost its PersistentVolume. Data on the volume is lost!",
  ]);
});

test("a volume that was promised to a claim with another one is free again", () => {
  const { addClaim, addVolume, api, engine, volumeOf, claimOf } = start();
  addVolume("first", { storageClass: "static" });
  addClaim("data", { storageClass: "static" });
  const { uid } = claimOf("data").metadata;
  addVolume("second", { storageClass: "other" });
  const second = volumeOf("second");
  const claimRef = { kind: "PersistentVolumeClaim", namespace: "default", name: "data", uid };
  const annotations = { "pv.kubernetes.io/bound-by-controller": "yes" };
  api.update(persistentVolumes, {
    ...second,
    metadata: { ...second.metadata, annotations },
    spec: { ...second.spec, claimRef },
  });
  engine.runFor(100);
  expect(volumeOf("second").spec.claimRef).toBeUndefined();
  expect(volumeOf("second").status.phase).toBe("Available");
});

test("bound claims and free volumes cost nothing", () => {
  const { addClaim, addVolume, engine } = start();
  addVolume("v", { storageClass: "static" });
  addVolume("free", { storageClass: "static" });
  addClaim("data", { storageClass: "static" });
  engine.runFor(20_000);
  const tasks = engine.tasksRun;
  engine.runFor(3_600_000);
  expect(engine.tasksRun).toBe(tasks);
});
