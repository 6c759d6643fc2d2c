import { describe, expect, test } from "vitest";
import { put } from "../../../test/support/lab-context.ts";
import { node } from "../../../test/support/nodes.ts";
import { pod } from "../../../test/support/pods.ts";
import { type SchedulingLab, schedulingLab } from "../../../test/support/scheduling-lab.ts";
import { type ClaimOptions, claim, storageClass, volume } from "../../../test/support/volumes.ts";
import { nodes, persistentVolumeClaims, persistentVolumes, pods, storageClasses } from "../../kube/kinds.ts";
import type { PersistentVolume, PersistentVolumeClaim } from "../../kube/types/index.ts";
import { BIND_COMPLETED, SELECTED_NODE } from "../../scheduler/volumes/claims.ts";

const BY_HAND = { provisioner: "kubernetes.io/no-provisioner" };

function addClaim(lab: SchedulingLab, name: string, options: ClaimOptions): void {
  put(lab.api, persistentVolumeClaims, claim(name, options));
}

function claimNow(lab: SchedulingLab, name: string): PersistentVolumeClaim {
  return lab.api.get(persistentVolumeClaims, "default", name) as PersistentVolumeClaim;
}

function volumeNow(lab: SchedulingLab, name: string): PersistentVolume {
  return lab.api.get(persistentVolumes, undefined, name) as PersistentVolume;
}

/** As the volume controllers do once both sides agree. */
function completeBinding(lab: SchedulingLab, claimName: string, volumeName: string): void {
  const now = claimNow(lab, claimName);
  const annotations = { ...now.metadata.annotations, [BIND_COMPLETED]: "yes" };
  const updated = lab.api.update(persistentVolumeClaims, {
    ...now,
    metadata: { ...now.metadata, annotations },
    spec: { ...now.spec, volumeName },
  });
  lab.api.updateStatus(persistentVolumeClaims, { ...updated, status: { phase: "Bound" } });
}

function selectedNode(lab: SchedulingLab, name: string): string | undefined {
  return claimNow(lab, name).metadata.annotations?.[SELECTED_NODE];
}

describe("a claim that waits for its first consumer", () => {
  const lateLab = (...names: readonly string[]) => {
    const lab = schedulingLab(...names.map((name) => node(name)));
    put(lab.api, storageClasses, storageClass("late"));
    addClaim(lab, "data", { storageClass: "late" });
    lab.addPod(pod("p").claims("data"));
    lab.engine.runFor(100);
    return lab;
  };
  const provision = (lab: SchedulingLab, onNode: string) => {
    put(lab.api, persistentVolumes, volume("pv-new", { onNodes: [onNode], claim: "default/data" }));
    completeBinding(lab, "data", "pv-new");
  };

  test("is told the node, and its pod is bound once the volume is there, at the next whole second", () => {
    const lab = lateLab("a");
    expect(selectedNode(lab, "data")).toBe("a");
    lab.engine.runFor(30_000);
    expect(lab.placements()).toEqual({});
    provision(lab, "a");
    lab.engine.runFor(1_010);
    expect(lab.placements()).toEqual({ p: "a" });
  });

  test("costs nothing while it waits", () => {
    const lab = lateLab("a");
    lab.engine.runFor(5_000);
    const before = lab.engine.tasksRun;
    lab.engine.runFor(500_000);
    expect(lab.engine.tasksRun - before).toBe(0);
  });

  test("gives up after ten minutes, and the pod is tried again", () => {
    const lab = lateLab("a");
    lab.engine.runFor(600_100);
    expect(lab.takeEvents()).toContain(
      'Warning FailedScheduling Pod default/p: running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
    );
    provision(lab, "a");
    lab.engine.runFor(5_000);
    expect(lab.placements()).toEqual({ p: "a" });
  });

  test("looks for another node when the provisioner takes the selection back", () => {
    const lab = lateLab("a");
    lab.addNode(node("b"));
    const now = claimNow(lab, "data");
    const { [SELECTED_NODE]: _taken, ...annotations } = now.metadata.annotations ?? {};
    lab.api.update(persistentVolumeClaims, { ...now, metadata: { ...now.metadata, annotations } });
    const old = lab.api.get(nodes, undefined, "a");
    if (old !== undefined) lab.api.update(nodes, { ...old, spec: { unschedulable: true } });
    lab.engine.runFor(4_000);
    expect(lab.takeEvents()).toContain(
      'Warning FailedScheduling Pod default/p: running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "data"',
    );
    expect(selectedNode(lab, "data")).toBe("b");
  });

  test("stops waiting for a pod that is deleted", () => {
    const lab = lateLab("a");
    lab.api.delete(pods, "default", "p");
    lab.engine.runFor(2_000);
    expect(lab.engine.nextDueMs()).toBeUndefined();
  });

  test("stops waiting for a node that is deleted, and keeps the pod to it all the same", () => {
    const lab = lateLab("a");
    lab.addNode(node("b"));
    lab.api.delete(nodes, undefined, "a");
    lab.engine.runFor(4_000);
    const events = lab.takeEvents();
    expect(events).toContain(
      'Warning FailedScheduling Pod default/p: running PreBind plugin "VolumeBinding": binding volumes: failed to get node "a": node "a" not found',
    );
    // Only the provisioner can take its selection back.
    expect(events.at(-1)).toContain("1 node(s) didn't find available persistent volumes to bind");
  });
});

describe("a free local volume", () => {
  const localLab = () => {
    const lab = schedulingLab(node("a"), node("b"));
    put(lab.api, storageClasses, storageClass("local", BY_HAND));
    put(lab.api, persistentVolumes, volume("pv-b", { storageClass: "local", onNodes: ["b"] }));
    return lab;
  };

  test("is bound to the claim by the scheduler, and the pod follows it", () => {
    const lab = localLab();
    addClaim(lab, "data", { storageClass: "local" });
    lab.addPod(pod("p").claims("data"));
    lab.engine.runFor(100);
    const { spec, metadata } = volumeNow(lab, "pv-b");
    expect(spec.claimRef).toMatchObject({
      namespace: "default",
      name: "data",
      uid: claimNow(lab, "data").metadata.uid,
    });
    expect(metadata.annotations).toMatchObject({ "pv.kubernetes.io/bound-by-controller": "yes" });
    expect(lab.placements()).toEqual({});
    completeBinding(lab, "data", "pv-b");
    lab.engine.runFor(1_010);
    expect(lab.placements()).toEqual({ p: "b" });
  });

  test("is not promised twice", () => {
    const lab = localLab();
    for (const name of ["x", "y"]) addClaim(lab, name, { storageClass: "local" });
    lab.addPod(pod("p").claims("x"));
    lab.addPod(pod("q").claims("y"));
    lab.engine.runFor(500);
    expect(volumeNow(lab, "pv-b").spec.claimRef?.name).toBe("x");
    // Once at first, and once more because the volume's update could have helped.
    const failures = lab.takeEvents().filter((text) => text.includes("default/q"));
    expect(failures).toHaveLength(2);
    for (const text of failures) {
      expect(text).toContain("2 node(s) didn't find available persistent volumes to bind");
    }
  });

  test("is given back when it cannot be written", () => {
    const lab = localLab();
    addClaim(lab, "data", { storageClass: "local" });
    lab.addPod(pod("p").claims("data"));
    lab.server.setUp(false);
    lab.engine.runFor(3_000);
    lab.server.setUp(true);
    lab.engine.runFor(12_000);
    expect(volumeNow(lab, "pv-b").spec.claimRef?.name).toBe("data");
  });
});
