import { describe, expect, test } from "vitest";
import { node } from "../../../test/support/nodes.ts";
import { pod } from "../../../test/support/pods.ts";
import { claim, storageClass, volume } from "../../../test/support/volumes.ts";
import type { CSIDriver, CSIStorageCapacity, Node, PersistentVolumeClaim } from "../../kube/types/index.ts";
import { snapshotOf } from "../feed.ts";
import { claimNameOf, isBoundTo, isFullyBound, isMadeFor } from "./claims.ts";
import { findPodVolumes, sortClaims, VOLUME_REASONS } from "./pod-volumes.ts";

describe("a claim", () => {
  test("is fully bound once the controllers have said so, not before", () => {
    expect(isFullyBound(claim("x", { volume: "pv" }))).toBe(true);
    const half: PersistentVolumeClaim = { ...claim("x"), spec: { ...claim("x").spec, volumeName: "pv" } };
    expect(isFullyBound(half)).toBe(false);
  });

  test("of an ephemeral volume is named after pod and volume and belongs to the pod", () => {
    const owner = pod("p");
    expect(claimNameOf(owner, { name: "scratch", ephemeral: { volumeClaimTemplate: { spec: {} } } })).toBe(
      "p-scratch",
    );
    const made = claim("p-scratch");
    expect(isMadeFor(owner, made)).toBe(false);
    const ownerReferences = [
      { apiVersion: "v1", kind: "Pod", name: "p", uid: owner.metadata.uid, controller: true },
    ];
    expect(isMadeFor(owner, { ...made, metadata: { ...made.metadata, ownerReferences } })).toBe(true);
  });

  test("has a volume that names it, by uid where the volume knows it", () => {
    const wanted = claim("x");
    const byName = volume("pv", { claim: "default/x" });
    expect(isBoundTo(byName, wanted)).toBe(true);
    const claimRef = { ...byName.spec.claimRef, uid: "somebody-else" };
    expect(isBoundTo({ ...byName, spec: { ...byName.spec, claimRef } }, wanted)).toBe(false);
    expect(isBoundTo(volume("pv"), wanted)).toBe(false);
  });
});

const driver: CSIDriver = {
  apiVersion: "storage.k8s.io/v1",
  kind: "CSIDriver",
  metadata: { name: "csi.example.com", uid: "", resourceVersion: "", creationTimestamp: "" },
  spec: { storageCapacity: true },
};

function capacity(zone: string, amounts: Partial<CSIStorageCapacity>): CSIStorageCapacity {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIStorageCapacity",
    metadata: { name: zone, namespace: "default", uid: "", resourceVersion: "", creationTimestamp: "" },
    storageClassName: "late",
    nodeTopology: { matchLabels: { "topology.kubernetes.io/zone": zone } },
    ...amounts,
  };
}

describe("a driver that publishes its capacity", () => {
  test.each([
    { name: "has room where it says so", zone: "z1", amounts: { capacity: "10Gi" }, found: true },
    { name: "has none in other zones", zone: "z2", amounts: { capacity: "10Gi" }, found: false },
    { name: "has none when too little is left", zone: "z1", amounts: { capacity: "1Gi" }, found: false },
    {
      name: "is asked for its largest volume first",
      zone: "z1",
      amounts: { capacity: "10Gi", maximumVolumeSize: "1Gi" },
      found: false,
    },
    { name: "has none when it says nothing", zone: "z1", amounts: {}, found: false },
  ])("$name", ({ zone, amounts, found }) => {
    const where: Node = node("a").zone("z1");
    const { objects } = snapshotOf([
      driver,
      capacity(zone, amounts),
      storageClass("late"),
      claim("x", { storageClass: "late", size: "5Gi" }),
    ]);
    const answer = findPodVolumes(sortClaims(pod("p").claims("x"), objects), where, objects);
    if (found) expect(answer).toMatchObject({ provisions: [{ metadata: { name: "x" } }] });
    else expect(answer).toEqual([VOLUME_REASONS.noSpace]);
  });
});

describe("what is assumed of an object", () => {
  test("counts until something newer arrives or it is taken back", () => {
    const { objects } = snapshotOf([claim("x")]);
    const planned = claim("x", { annotations: { "volume.kubernetes.io/selected-node": "a" } });
    objects.claims.assume(planned);
    expect(objects.claims.get("default", "x")).toBe(planned);
    expect(objects.claims.stored("default", "x")).not.toBe(planned);
    objects.claims.restore(planned);
    expect(objects.claims.get("default", "x")).not.toBe(planned);
    objects.claims.assume(planned);
    const newer = claim("x", { volume: "pv" });
    objects.claims.set(newer);
    expect(objects.claims.get("default", "x")).toBe(newer);
  });
});
