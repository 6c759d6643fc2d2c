import { node } from "../../../test/support/nodes.ts";
import { pod, TEST_EPOCH_MS, timeAt } from "../../../test/support/pods.ts";
import { describePlacements } from "../../../test/support/scheduling.ts";
import { claim, csiNode, storageClass, volume } from "../../../test/support/volumes.ts";
import type { PersistentVolumeClaim } from "../../kube/types/index.ts";

const BY_HAND = { provisioner: "kubernetes.io/no-provisioner" };

function leaving(object: PersistentVolumeClaim): PersistentVolumeClaim {
  return { ...object, metadata: { ...object.metadata, deletionTimestamp: timeAt(TEST_EPOCH_MS) } };
}

describePlacements("volumes", [
  {
    name: "a claim that is missing",
    nodes: [node("a"), node("b")],
    pod: pod("p").claims("data"),
    expected: { message: '0/2 nodes are available: persistentvolumeclaim "data" not found. not found' },
  },
  {
    name: "a claim of an immediate class that is not bound yet",
    nodes: [node("a"), node("b")],
    objects: [
      storageClass("fast", { volumeBindingMode: "Immediate" }),
      claim("data", { storageClass: "fast" }),
    ],
    pod: pod("p").claims("data"),
    expected: {
      message: "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
    },
  },
  {
    name: "a claim whose volume is lost",
    nodes: [node("a")],
    objects: [claim("data", { volume: "pv-gone", phase: "Lost" })],
    pod: pod("p").claims("data"),
    expected: {
      message:
        '0/1 nodes are available: persistentvolumeclaim "data" bound to non-existent persistentvolume "pv-gone". not found',
    },
  },
  {
    name: "a claim bound to a volume that does not exist",
    nodes: [node("a"), node("b")],
    objects: [claim("data", { volume: "pv-gone" })],
    pod: pod("p").claims("data"),
    expected: { message: '0/2 nodes are available: persistentvolume "pv-gone" not found. not found' },
  },
  {
    name: "a bound local volume draws the pod to its node",
    nodes: [node("a"), node("b"), node("c")],
    objects: [volume("pv-1", { onNodes: ["b"], claim: "default/data" }), claim("data", { volume: "pv-1" })],
    pod: pod("p").claims("data"),
    expected: { node: "b" },
  },
  {
    name: "a bound local volume on a node that takes no pods",
    nodes: [node("a"), node("b").cordoned(), node("c")],
    objects: [volume("pv-1", { onNodes: ["b"], claim: "default/data" }), claim("data", { volume: "pv-1" })],
    pod: pod("p").claims("data"),
    expected: {
      message:
        "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match PersistentVolume's node affinity. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "two bound volumes on different nodes",
    nodes: [node("a"), node("b")],
    objects: [
      volume("pv-1", { onNodes: ["a"], claim: "default/x" }),
      volume("pv-2", { onNodes: ["b"], claim: "default/y" }),
      claim("x", { volume: "pv-1" }),
      claim("y", { volume: "pv-2" }),
    ],
    pod: pod("p").claims("x", "y"),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "no free volume of a class without a provisioner",
    nodes: [node("a"), node("b")],
    objects: [
      storageClass("local", BY_HAND),
      volume("pv-small", { storageClass: "local", size: "1Gi" }),
      volume("pv-other", { storageClass: "other", size: "9Gi" }),
      volume("pv-taken", { storageClass: "local", size: "9Gi", claim: "default/other" }),
      claim("data", { storageClass: "local", size: "2Gi" }),
    ],
    pod: pod("p").claims("data"),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "free volumes in other access modes do not do",
    nodes: [node("a")],
    objects: [
      storageClass("local", BY_HAND),
      volume("pv-1", { storageClass: "local", size: "5Gi" }),
      claim("data", { storageClass: "local", modes: ["ReadWriteMany"] }),
    ],
    pod: pod("p").claims("data"),
    expected: {
      message:
        "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "a class may allow some zones only",
    nodes: [node("a").zone("z1"), node("b")],
    objects: [
      storageClass("zonal", {
        allowedTopologies: [
          { matchLabelExpressions: [{ key: "topology.kubernetes.io/zone", values: ["z2"] }] },
        ],
      }),
      claim("data", { storageClass: "zonal" }),
    ],
    pod: pod("p").claims("data"),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "a claim for which another node was selected",
    nodes: [node("a"), node("b").cordoned()],
    objects: [
      storageClass("late"),
      claim("data", { storageClass: "late", annotations: { "volume.kubernetes.io/selected-node": "b" } }),
    ],
    pod: pod("p").claims("data"),
    expected: {
      message:
        "0/2 nodes are available: 1 node(s) didn't find available persistent volumes to bind, 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "a class that is missing makes its claims immediate",
    nodes: [node("a")],
    objects: [claim("data", { storageClass: "missing" })],
    pod: pod("p").claims("data"),
    expected: {
      message: "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
    },
  },
  {
    name: "a volume's zone label binds its pod to the zone",
    nodes: [node("a").zone("z1"), node("b").zone("z2").cordoned(), node("c")],
    objects: [
      volume("pv-1", { claim: "default/data", labels: { "topology.kubernetes.io/zone": "z2" } }),
      claim("data", { volume: "pv-1" }),
    ],
    pod: pod("p").claims("data").nodeSelector({ "kubernetes.io/hostname": "a" }),
    expected: {
      message:
        "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had no available volume zone, 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "a zone by its older name is the same zone",
    nodes: [node("a").zone("z1"), node("b").zone("z2")],
    objects: [
      volume("pv-1", { claim: "default/data", labels: { "failure-domain.beta.kubernetes.io/zone": "z2" } }),
      claim("data", { volume: "pv-1" }),
    ],
    pod: pod("p").claims("data"),
    expected: { node: "b" },
  },
  {
    name: "a claim that is being deleted takes no more pods",
    nodes: [node("a")],
    objects: [volume("pv-1", { claim: "default/data" }), leaving(claim("data", { volume: "pv-1" }))],
    pod: pod("p").claims("data"),
    expected: {
      message: '0/1 nodes are available: persistentvolumeclaim "data" is being deleted. not found',
    },
  },
  {
    name: "a volume may lie in several zones",
    nodes: [node("a").zone("z1"), node("b").zone("z3")],
    objects: [
      volume("pv-1", { claim: "default/data", labels: { "topology.kubernetes.io/zone": "z1__z2" } }),
      claim("data", { volume: "pv-1" }),
    ],
    pod: pod("p").claims("data"),
    expected: { node: "a" },
  },
  {
    name: "a ReadWriteOncePod claim in use anywhere keeps other pods off everywhere",
    nodes: [node("a"), node("b")],
    objects: [
      volume("pv-1", { claim: "default/data", modes: ["ReadWriteOncePod"] }),
      claim("data", { volume: "pv-1", modes: ["ReadWriteOncePod"] }),
    ],
    pods: [pod("first").on("a").claims("data")],
    pod: pod("p").claims("data"),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
    },
  },
  {
    name: "a more important pod takes a ReadWriteOncePod claim over",
    nodes: [node("a"), node("b").cordoned()],
    objects: [
      volume("pv-1", { claim: "default/data", modes: ["ReadWriteOncePod"] }),
      claim("data", { volume: "pv-1", modes: ["ReadWriteOncePod"] }),
    ],
    pods: [pod("first").on("a").claims("data")],
    pod: pod("p").claims("data").priority(10),
    expected: {
      message:
        "0/2 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod, 1 node(s) were unschedulable.",
      nominated: "a",
      victims: ["first"],
    },
  },
  {
    name: "a node takes no more volumes of a driver than it says",
    nodes: [node("a"), node("b").cordoned()],
    objects: [
      csiNode("a", 1),
      volume("pv-1", { claim: "default/x" }),
      volume("pv-2", { claim: "default/y" }),
      claim("x", { volume: "pv-1" }),
      claim("y", { volume: "pv-2" }),
    ],
    pods: [pod("first").on("a").claims("x")],
    pod: pod("p").claims("y"),
    expected: {
      message:
        "0/2 nodes are available: 1 node(s) exceed max volume count, 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "the same volume counts once for two pods",
    nodes: [node("a"), node("b").cordoned()],
    objects: [csiNode("a", 1), volume("pv-1", { claim: "default/x" }), claim("x", { volume: "pv-1" })],
    pods: [pod("first").on("a").claims("x")],
    pod: pod("p").claims("x"),
    expected: { node: "a" },
  },
  {
    name: "an ephemeral volume waits for its claim",
    nodes: [node("a")],
    pod: pod("p").volumes({
      name: "scratch",
      ephemeral: {
        volumeClaimTemplate: {
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      },
    }),
    expected: {
      message:
        '0/1 nodes are available: waiting for ephemeral volume controller to create the persistentvolumeclaim "p-scratch". not found',
    },
  },
  {
    name: "an in-tree disk that another pod on the node writes to",
    nodes: [node("a"), node("b").cordoned()],
    pods: [
      pod("first")
        .on("a")
        .volumes({ name: "d", gcePersistentDisk: { pdName: "disk-1" } }),
    ],
    pod: pod("p").volumes({ name: "d", gcePersistentDisk: { pdName: "disk-1", readOnly: true } }),
    expected: {
      message:
        "0/2 nodes are available: 1 node(s) had no available disk, 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
    },
  },
]);
