import { describe, expect, test } from "vitest";
import {
  canBeShared,
  isMultiAttachAllowed,
  storageTraitsOf,
  storageTraitsOfClass,
  uniqueVolumeName,
} from "./storage-kinds.ts";
import type { AccessMode, PersistentVolume, StorageClass, StringMap } from "./types/index.ts";

const metadata = { name: "x", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" };

function storageClass(provisioner: string, parameters?: StringMap): StorageClass {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata,
    provisioner,
    ...(parameters !== undefined && { parameters }),
    reclaimPolicy: "Delete",
    volumeBindingMode: "Immediate",
  };
}

function volume(spec: PersistentVolume["spec"]): PersistentVolume {
  return { apiVersion: "v1", kind: "PersistentVolume", metadata, spec, status: {} };
}

const RWX: readonly AccessMode[] = ["ReadWriteMany"];

describe("what a class makes", () => {
  test.each([
    {
      name: "local-path keeps data on a node",
      of: "rancher.io/local-path",
      kind: "node-local",
      attachable: false,
    },
    {
      name: "Longhorn attaches a block",
      of: "driver.longhorn.io",
      kind: "replicated-block",
      attachable: true,
    },
    {
      name: "Longhorn shares on request",
      of: "driver.longhorn.io",
      modes: RWX,
      kind: "shared",
      attachable: true,
    },
    { name: "an NFS provisioner shares", of: "cluster.local/nfs-subdir", kind: "shared", attachable: false },
    { name: "an unknown one is a block", of: "ebs.csi.aws.com", kind: "replicated-block", attachable: true },
    {
      name: "a parameter says what the name does not",
      of: "disk.example.com",
      parameters: { type: "node-local" },
      kind: "node-local",
      attachable: false,
    },
    {
      name: "a driver's own disk type is no storage kind",
      of: "ebs.csi.aws.com",
      parameters: { type: "gp3" },
      kind: "replicated-block",
      attachable: true,
    },
  ])("$name", ({ of, modes, parameters, kind, attachable }) => {
    expect(storageTraitsOfClass(storageClass(of, parameters), modes)).toEqual({ kind, attachable });
  });

  test("only some provisioners give a volume to many nodes", () => {
    const able = ["driver.longhorn.io", "nfs.csi.k8s.io", "rook-ceph.cephfs.csi.ceph.com"];
    const unable = ["rancher.io/local-path", "ebs.csi.aws.com"];
    expect(able.map((name) => canBeShared(storageClass(name)))).toEqual([true, true, true]);
    expect(unable.map((name) => canBeShared(storageClass(name)))).toEqual([false, false]);
  });
});

describe("what a volume is", () => {
  const longhorn = { driver: "driver.longhorn.io", volumeHandle: "pvc-1" };
  test.each<{ name: string; spec: PersistentVolume["spec"]; kind: string; attachable: boolean }>([
    { name: "hostPath", spec: { hostPath: { path: "/d" } }, kind: "node-local", attachable: false },
    { name: "local", spec: { local: { path: "/d" } }, kind: "node-local", attachable: false },
    { name: "nfs", spec: { nfs: { server: "s", path: "/" } }, kind: "shared", attachable: false },
    { name: "csi block", spec: { csi: longhorn }, kind: "replicated-block", attachable: true },
    { name: "csi shared", spec: { csi: longhorn, accessModes: RWX }, kind: "shared", attachable: true },
    {
      name: "csi that says its kind",
      spec: { csi: { driver: "d", volumeHandle: "h", volumeAttributes: { type: "shared" } } },
      kind: "shared",
      attachable: false,
    },
  ])("$name", ({ spec, kind, attachable }) => {
    expect(storageTraitsOf(volume(spec))).toEqual({ kind, attachable });
  });

  test.each<{ name: string; accessModes: readonly AccessMode[]; allowed: boolean }>([
    { name: "one node at a time for ReadWriteOnce", accessModes: ["ReadWriteOnce"], allowed: false },
    { name: "one node at a time for ReadWriteOncePod", accessModes: ["ReadWriteOncePod"], allowed: false },
    { name: "many readers", accessModes: ["ReadWriteOnce", "ReadOnlyMany"], allowed: true },
    { name: "many writers", accessModes: ["ReadWriteMany"], allowed: true },
    { name: "who says nothing is not stopped", accessModes: [], allowed: true },
  ])("$name", ({ accessModes, allowed }) => {
    expect(isMultiAttachAllowed(volume({ accessModes }))).toBe(allowed);
  });

  test("its unique name is the CSI plugin's", () => {
    expect(uniqueVolumeName(volume({ csi: longhorn }))).toBe("kubernetes.io/csi/driver.longhorn.io^pvc-1");
  });
});
