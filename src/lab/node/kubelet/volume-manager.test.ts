import { describe, expect, test } from "vitest";
import { type TestNodes, testNodes } from "../../../../test/support/lab-nodes.ts";
import { container, pod } from "../../../../test/support/pods.ts";
import {
  events,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  volumeAttachments,
} from "../../../kube/kinds.ts";
import type { PersistentVolume } from "../../../kube/types/index.ts";

const UNIQUE = "kubernetes.io/csi/driver.longhorn.io^vol-1";

function claim(lab: TestNodes, spec: Partial<PersistentVolume["spec"]>, bound = true): void {
  const resources = { requests: { storage: "1Gi" } };
  lab.api.create(persistentVolumes, {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "pv-1" },
    spec: { accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" }, ...spec },
  });
  const created = lab.api.create(persistentVolumeClaims, {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data", namespace: "default" },
    spec: { accessModes: ["ReadWriteOnce"], resources, volumeName: "pv-1", storageClassName: "" },
  });
  if (bound) bind(lab);
  else expect(created.status.phase).not.toBe("Bound");
}

function bind(lab: TestNodes): void {
  const stored = lab.api.get(persistentVolumeClaims, "default", "data");
  if (stored === undefined) throw new Error("there is no claim");
  lab.api.updateStatus(persistentVolumeClaims, { ...stored, status: { ...stored.status, phase: "Bound" } });
}

/** Does what the attach-detach controller and the storage's attacher do together. */
function attach(lab: TestNodes, nodeName: string): void {
  const created = lab.api.create(volumeAttachments, {
    apiVersion: "storage.k8s.io/v1",
    kind: "VolumeAttachment",
    metadata: { name: "attachment-1" },
    spec: { attacher: "driver.longhorn.io", nodeName, source: { persistentVolumeName: "pv-1" } },
  });
  lab.api.updateStatus(volumeAttachments, { ...created, status: { attached: true } });
  const node = lab.api.get(nodes, undefined, nodeName);
  if (node === undefined) throw new Error("there is no node");
  const volumesAttached = [{ name: UNIQUE, devicePath: "" }];
  lab.api.updateStatus(nodes, { ...node, status: { ...node.status, volumesAttached } });
}

const blocks = { csi: { driver: "driver.longhorn.io", volumeHandle: "vol-1" } };
const database = (name = "db-0") =>
  pod(name)
    .on("node-1")
    .containers(
      container("db", {
        image: "postgres:15",
        ports: [{ containerPort: 5432, protocol: "TCP" }],
        volumeMounts: [{ name: "data-0", mountPath: "/var/lib/postgresql/data" }],
      }),
    )
    .volumes({ name: "data-0", persistentVolumeClaim: { claimName: "data" } });

function inUse(lab: TestNodes): readonly string[] | undefined {
  return lab.api.get(nodes, undefined, "node-1")?.status.volumesInUse;
}

function told(lab: TestNodes, reason: string): string[] {
  return lab.api
    .list(events)
    .filter((event) => event.reason === reason)
    .map(({ message = "" }) => message);
}

describe("a claimed volume", () => {
  test("is waited for until it is attached, said to be in use before, and let go of after", () => {
    const lab = testNodes();
    claim(lab, blocks);
    lab.run(database());
    expect(lab.within(11, () => inUse(lab) !== undefined)).toBe(true);
    expect(inUse(lab)).toEqual([UNIQUE]);
    lab.seconds(70);
    expect(lab.pod("db-0")?.status.phase).toBe("Pending");
    attach(lab, "node-1");
    // Seen on a real cluster: mounted within a second of the attachment, however long that took; the image comes after it.
    expect(lab.within(15, () => lab.isReady("db-0"))).toBe(true);
    lab.api.delete(pods, "default", "db-0");
    expect(lab.within(10, () => lab.pod("db-0") === undefined)).toBe(true);
    expect(lab.within(11, () => inUse(lab) === undefined)).toBe(true);
  });

  test("says nothing about a wait that goes on and on: whoever holds the volume up does", () => {
    const lab = testNodes();
    claim(lab, blocks);
    lab.run(database());
    lab.seconds(400);
    expect(told(lab, "FailedMount")).toEqual([]);
  });

  test("has to be bound first", () => {
    const lab = testNodes();
    claim(lab, { hostPath: { path: "/data" } }, false);
    lab.run(database());
    lab.seconds(30);
    expect(told(lab, "FailedMount")).toContain(
      "Unable to attach or mount volumes: unmounted volumes=[data-0], unattached volumes=[], failed to process volumes=[data-0]: error processing PVC default/data: PVC is not bound",
    );
    bind(lab);
    expect(lab.within(60, () => lab.isReady("db-0"))).toBe(true);
  });

  test("of another node's disk is not mounted here", () => {
    const lab = testNodes();
    claim(lab, {
      local: { path: "/data" },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["node-2"] }] },
          ],
        },
      },
    });
    lab.run(database());
    lab.seconds(10);
    expect(told(lab, "FailedMount")).toContain(
      'MountVolume.NodeAffinity check failed for volume "pv-1" : no matching NodeSelectorTerms',
    );
  });

  test("keeps what a database wrote, from one pod to the next", () => {
    const lab = testNodes();
    claim(lab, { hostPath: { path: "/data" } });
    const write = (row: string) =>
      lab.traffic.request({
        from: { machine: "node-2" },
        clientIp: "10.244.1.9",
        target: { kind: "pod", namespace: "default", name: "db-0", port: 5432 },
        timeoutMs: 1_000,
        action: { kind: "write", row },
      }).ok;
    lab.run(database());
    expect(lab.within(40, () => lab.isReady("db-0") && write("r1"))).toBe(true);
    lab.api.delete(pods, "default", "db-0");
    expect(lab.within(20, () => lab.pod("db-0") === undefined)).toBe(true);
    lab.run(database());
    expect(lab.within(40, () => lab.isReady("db-0") && write("r2"))).toBe(true);
    lab.failures.fail("node-1", "power-off");
    lab.failures.heal("node-1");
    expect(lab.within(120, () => write("r3"))).toBe(true);
    lab.failures.fail("node-1", "disk-full");
    expect(write("r4")).toBe(false);
  });
});
