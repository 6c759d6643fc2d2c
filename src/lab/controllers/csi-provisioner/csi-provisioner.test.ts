import { describe, expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { node } from "../../../../test/support/nodes.ts";
import { claim, storageClass } from "../../../../test/support/volumes.ts";
import {
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
  volumeAttachments,
} from "../../../kube/kinds.ts";
import { storageTraitsOf } from "../../../kube/storage-kinds.ts";
import type {
  AccessMode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from "../../../kube/types/index.ts";
import { persistentVolume } from "../persistent-volume/persistent-volume.ts";
import { csiProvisioner } from "./csi-provisioner.ts";

const RWX: readonly AccessMode[] = ["ReadWriteMany"];

function start(rest: Partial<StorageClass>) {
  const lab = testLab();
  const { api, engine } = lab;
  persistentVolume({ ...lab.context, events: { event: () => {} } }).start();
  csiProvisioner(lab.context).start();
  put(api, nodes, node("a"));
  put(api, storageClasses, storageClass("std", { volumeBindingMode: "Immediate", ...rest }));
  const claimOf = () => api.get(persistentVolumeClaims, "default", "data") as PersistentVolumeClaim;
  return {
    ...lab,
    claimOf,
    volume: () => api.list(persistentVolumes)[0] as PersistentVolume,
    ask(modes: readonly AccessMode[] = ["ReadWriteOnce"], selectedNode?: string) {
      const annotations =
        selectedNode === undefined ? {} : { "volume.kubernetes.io/selected-node": selectedNode };
      put(
        api,
        persistentVolumeClaims,
        claim("data", { storageClass: "std", size: "3Gi", modes, annotations }),
      );
      engine.runFor(3_000);
    },
    deleteClaim() {
      api.delete(persistentVolumeClaims, "default", "data");
      const left = claimOf();
      if (left !== undefined)
        api.update(persistentVolumeClaims, { ...left, metadata: { ...left.metadata, finalizers: [] } });
    },
  };
}

describe("a claim that asks for a volume", () => {
  test("has one after a second or two, and is bound to it", () => {
    const { ask, claimOf, engine, events, takeEvents, volume } = start({
      provisioner: "driver.longhorn.io",
      parameters: { numberOfReplicas: "2" },
    });
    const askedMs = engine.now();
    ask();
    const { uid } = claimOf().metadata;
    const [, succeeded] = events;
    expect((succeeded?.atMs ?? 0) - askedMs).toBeGreaterThan(1_000);
    expect(takeEvents()).toEqual([
      'Normal Provisioning PersistentVolumeClaim default/data: External provisioner is provisioning volume for claim "default/data"',
      `Normal ProvisioningSucceeded PersistentVolumeClaim default/data: Successfully provisioned volume pvc-${uid}`,
    ]);
    expect(claimOf().status.phase).toBe("Bound");
    const { metadata, spec, status } = volume();
    expect(metadata.name).toBe(`pvc-${uid}`);
    expect(metadata.annotations?.["pv.kubernetes.io/provisioned-by"]).toBe("driver.longhorn.io");
    expect(status.phase).toBe("Bound");
    expect(spec).toMatchObject({
      capacity: { storage: "3Gi" },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Delete",
      storageClassName: "std",
      csi: {
        driver: "driver.longhorn.io",
        volumeHandle: `pvc-${uid}`,
        volumeAttributes: {
          numberOfReplicas: "2",
          "storage.kubernetes.io/csiProvisionerIdentity": expect.stringMatching(
            /^\d+-\d+-driver\.longhorn\.io$/,
          ),
        },
      },
    });
    // As external-provisioner 6.3.0 writes them on a real cluster: no file system unless the class names one.
    expect(metadata.annotations).toMatchObject({
      "volume.kubernetes.io/provisioner-deletion-secret-name": "",
      "volume.kubernetes.io/provisioner-deletion-secret-namespace": "",
    });
    expect(spec.csi?.fsType).toBeUndefined();
    expect(spec.nodeAffinity).toBeUndefined();
    expect(storageTraitsOf(volume())).toEqual({ kind: "replicated-block", attachable: true });
  });

  test("gets a directory of the node that was chosen, from local-path", () => {
    const { ask, volume } = start({
      provisioner: "rancher.io/local-path",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    ask(undefined, "a");
    const { metadata, spec } = volume();
    expect(metadata.annotations).toMatchObject({ "local.path.provisioner/selected-node": "a" });
    expect(spec.hostPath?.path).toBe(`/opt/local-path-provisioner/${metadata.name}_default_data`);
    expect(spec.nodeAffinity?.required?.nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["a"] }] },
    ]);
    expect(storageTraitsOf(volume()).kind).toBe("node-local");
  });

  test("waits for the scheduler where the class says so", () => {
    const { ask, engine, volume } = start({ volumeBindingMode: "WaitForFirstConsumer" });
    ask();
    engine.runFor(60_000);
    expect(volume()).toBeUndefined();
  });

  test.each([
    { name: "Longhorn", provisioner: "driver.longhorn.io", attachable: true },
    { name: "an NFS provisioner", provisioner: "cluster.local/nfs-subdir", attachable: false },
    { name: "a CSI file server", provisioner: "nfs.csi.k8s.io", attachable: false },
  ])("for many nodes gets a share from $name", ({ provisioner, attachable }) => {
    const { ask, volume } = start({ provisioner });
    ask(RWX);
    expect(storageTraitsOf(volume())).toEqual({ kind: "shared", attachable });
  });

  test("for storage on a node gets one, though nobody has chosen it", () => {
    const { ask, volume } = start({ provisioner: "topolvm.io" });
    ask();
    expect(volume().spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values).toEqual(
      ["a"],
    );
  });

  test("gets the file system that the class names", () => {
    const { ask, volume } = start({ parameters: { "csi.storage.k8s.io/fstype": "xfs" } });
    ask();
    expect(volume().spec.csi?.fsType).toBe("xfs");
    expect(volume().spec.csi?.volumeAttributes).not.toHaveProperty("csi.storage.k8s.io/fstype");
  });

  test("gets the kind of storage that the class states", () => {
    const { ask, volume } = start({
      parameters: { type: "node-local" },
      volumeBindingMode: "WaitForFirstConsumer",
    });
    ask(undefined, "a");
    expect(storageTraitsOf(volume()).kind).toBe("node-local");
    expect(volume().spec.nodeAffinity).toBeDefined();
  });
});

describe("a provisioner that cannot do it", () => {
  test.each([
    {
      name: "a share from local-path",
      provisioner: "rancher.io/local-path",
      modes: RWX,
      why: "NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes",
    },
    {
      name: "local-path without a node",
      provisioner: "rancher.io/local-path",
      modes: undefined,
      why: "configuration error, no node was specified",
    },
    {
      name: "a share from block storage",
      provisioner: "ebs.csi.aws.com",
      modes: RWX,
      why: "rpc error: code = InvalidArgument desc = Volume capabilities MULTI_NODE_MULTI_WRITER not supported. Only AccessModes[ReadWriteOnce] supported.",
    },
  ])("says so, and tries again: $name", ({ provisioner, modes, why }) => {
    const { ask, claimOf, engine, takeEvents, volume } = start({ provisioner });
    ask(modes);
    const failed = `Warning ProvisioningFailed PersistentVolumeClaim default/data: failed to provision volume with StorageClass "std": ${why}`;
    expect(takeEvents().filter((text) => text === failed)).toHaveLength(1);
    engine.runFor(30_000);
    expect(takeEvents().filter((text) => text === failed).length).toBeGreaterThan(1);
    expect(volume()).toBeUndefined();
    expect(claimOf().status.phase).toBe("Pending");
  });
});

test("a provisioner that has refused is asked ever more seldom", () => {
  const { ask, engine, events } = start({ provisioner: "rancher.io/local-path" });
  ask();
  engine.runFor(60_000);
  const begunMs = events.filter(({ text }) => text.includes(" Provisioning ")).map(({ atMs }) => atMs);
  const failedMs = events.filter(({ text }) => text.includes(" ProvisioningFailed ")).map(({ atMs }) => atMs);
  const pausesMs = begunMs.slice(1).map((atMs, index) => atMs - (failedMs[index] ?? 0));
  expect(pausesMs).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
});

describe("a volume whose claim is gone", () => {
  const releasePhase = (rest: Partial<StorageClass>) => {
    const lab = start(rest);
    lab.ask();
    lab.takeEvents();
    return lab;
  };

  test("is deleted", () => {
    const { api, deleteClaim, engine } = releasePhase({});
    deleteClaim();
    engine.runFor(100);
    expect(api.list(persistentVolumes)[0]?.status.phase).toBe("Released");
    engine.runFor(3_000);
    const left = api.list(persistentVolumes)[0];
    // Only the protection that another controller takes off is left.
    expect(left?.metadata.finalizers ?? ["kubernetes.io/pv-protection"]).toEqual([
      "kubernetes.io/pv-protection",
    ]);
    expect(left === undefined || left.metadata.deletionTimestamp !== undefined).toBe(true);
  });

  test("is kept where the class says so", () => {
    const { deleteClaim, engine, volume } = releasePhase({ reclaimPolicy: "Retain" });
    deleteClaim();
    engine.runFor(60_000);
    expect(volume().status.phase).toBe("Released");
    expect(volume().metadata.deletionTimestamp).toBeUndefined();
  });

  test("is not deleted while a node has it", () => {
    const { api, deleteClaim, engine, takeEvents, volume } = releasePhase({});
    const { name } = volume().metadata;
    api.create(volumeAttachments, {
      metadata: { name: "csi-x" },
      spec: { attacher: "csi.example.com", nodeName: "a", source: { persistentVolumeName: name } },
    });
    deleteClaim();
    engine.runFor(3_000);
    expect(takeEvents()[0]).toBe(
      `Warning VolumeFailedDelete PersistentVolume ${name}: persistentvolume ${name} is still attached to node a`,
    );
    expect(volume().metadata.deletionTimestamp).toBeUndefined();
    api.delete(volumeAttachments, undefined, "csi-x");
    engine.runFor(20_000);
    const left: PersistentVolume | undefined = volume();
    expect(left === undefined || left.metadata.deletionTimestamp !== undefined).toBe(true);
  });
});
