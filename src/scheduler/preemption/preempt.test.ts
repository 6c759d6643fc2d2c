import { node } from "../../../test/support/nodes.ts";
import { pod, TEST_EPOCH_MS } from "../../../test/support/pods.ts";
import { describePlacements } from "../../../test/support/scheduling.ts";
import type { PodDisruptionBudget } from "../../kube/types/index.ts";

const HALF = { cpu: "2" };
const small = (name: string) => node(name).capacity({ cpu: "4" });

function budget(name: string, app: string, disruptionsAllowed: number): PodDisruptionBudget {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace: "default", uid: "", resourceVersion: "", creationTimestamp: "" },
    spec: { minAvailable: 1, selector: { matchLabels: { app } } },
    status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  };
}

describePlacements("preemption", [
  {
    name: "nobody of lower priority is there to make room",
    nodes: [small("a"), small("b")],
    pods: [pod("x").on("a").requests({ cpu: "3" }), pod("y").on("b").requests({ cpu: "3" }).priority(20)],
    pod: pod("p").requests({ cpu: "2" }),
    expected: {
      message:
        "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
    },
  },
  {
    name: "a pod that must not preempt says so",
    nodes: [small("a")],
    pods: [pod("x").on("a").requests({ cpu: "3" })],
    pod: pod("p").requests({ cpu: "2" }).priority(10, "Never"),
    expected: {
      message:
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.",
    },
  },
  {
    name: "the lower pod goes and the node is promised",
    nodes: [small("a")],
    pods: [pod("x").on("a").requests({ cpu: "3" })],
    pod: pod("p").requests({ cpu: "2" }).priority(10),
    expected: { message: "0/1 nodes are available: 1 Insufficient cpu.", nominated: "a", victims: ["x"] },
  },
  {
    name: "only as many go as have to",
    nodes: [small("a")],
    pods: [
      pod("x").on("a").requests({ cpu: "2" }).priority(5),
      pod("y").on("a").requests({ cpu: "1" }).priority(3),
      pod("z").on("a").requests({ cpu: "1" }).priority(4),
    ],
    pod: pod("p").requests({ cpu: "1500m" }).priority(10),
    expected: {
      message: "0/1 nodes are available: 1 Insufficient cpu.",
      nominated: "a",
      victims: ["y", "z"],
    },
  },
  {
    name: "among equals the younger goes",
    nodes: [small("a")],
    pods: [
      pod("old").on("a").requests(HALF).startedAt(TEST_EPOCH_MS).phase("Running"),
      pod("young")
        .on("a")
        .requests(HALF)
        .startedAt(TEST_EPOCH_MS + 60_000)
        .phase("Running"),
    ],
    pod: pod("p").requests(HALF).priority(10),
    expected: { message: "0/1 nodes are available: 1 Insufficient cpu.", nominated: "a", victims: ["young"] },
  },
  {
    name: "the node whose highest victim is lowest",
    nodes: [small("a"), small("b")],
    pods: [
      pod("x").on("a").requests({ cpu: "4" }).priority(5),
      pod("y").on("b").requests(HALF).priority(4),
      pod("z").on("b").requests(HALF).priority(4),
    ],
    pod: pod("p").requests({ cpu: "4" }).priority(10),
    expected: {
      message: "0/2 nodes are available: 2 Insufficient cpu.",
      nominated: "b",
      victims: ["y", "z"],
    },
  },
  {
    name: "the node with the smaller sum of priorities",
    nodes: [small("a"), small("b")],
    pods: [
      pod("x").on("a").requests(HALF).priority(5),
      pod("y").on("a").requests(HALF).priority(4),
      pod("z").on("b").requests(HALF).priority(5),
      pod("w").on("b").requests(HALF).priority(3),
    ],
    pod: pod("p").requests({ cpu: "4" }).priority(10),
    expected: {
      message: "0/2 nodes are available: 2 Insufficient cpu.",
      nominated: "b",
      victims: ["w", "z"],
    },
  },
  {
    name: "the node with fewer victims, even of negative priority",
    nodes: [small("a"), small("b")],
    pods: [
      pod("x").on("a").requests(HALF).priority(-5),
      pod("y").on("a").requests(HALF).priority(-5),
      pod("z").on("b").requests({ cpu: "4" }).priority(-5),
    ],
    pod: pod("p").requests({ cpu: "4" }),
    expected: { message: "0/2 nodes are available: 2 Insufficient cpu.", nominated: "b", victims: ["z"] },
  },
  {
    name: "the node whose victim started last",
    nodes: [small("a"), small("b")],
    pods: [
      pod("x").on("a").requests({ cpu: "4" }).startedAt(TEST_EPOCH_MS).phase("Running"),
      pod("y")
        .on("b")
        .requests({ cpu: "4" })
        .startedAt(TEST_EPOCH_MS + 60_000)
        .phase("Running"),
    ],
    pod: pod("p").requests({ cpu: "4" }).priority(10),
    expected: { message: "0/2 nodes are available: 2 Insufficient cpu.", nominated: "b", victims: ["y"] },
  },
  {
    name: "a budget protects its pods while another node will do",
    nodes: [small("a"), small("b")],
    objects: [budget("guard", "guarded", 0)],
    pods: [
      pod("x").on("a").requests({ cpu: "4" }).labels({ app: "guarded" }),
      pod("y").on("b").requests({ cpu: "4" }).priority(9),
    ],
    pod: pod("p").requests({ cpu: "4" }).priority(10),
    expected: { message: "0/2 nodes are available: 2 Insufficient cpu.", nominated: "b", victims: ["y"] },
  },
  {
    name: "a budget protects nobody in another namespace",
    nodes: [small("a"), small("b")],
    objects: [budget("guard", "guarded", 0)],
    pods: [
      pod("x").on("a").inNamespace("elsewhere").labels({ app: "guarded" }).requests({ cpu: "3" }),
      pod("y").on("b").labels({ app: "other" }).requests({ cpu: "3" }).priority(1),
    ],
    pod: pod("p").requests(HALF).priority(10),
    expected: { message: "0/2 nodes are available: 2 Insufficient cpu.", nominated: "a", victims: ["x"] },
  },
  {
    name: "a budget is overdrawn when nothing else helps",
    nodes: [small("a")],
    objects: [budget("guard", "guarded", 0)],
    pods: [pod("x").on("a").requests({ cpu: "4" }).labels({ app: "guarded" })],
    pod: pod("p").requests({ cpu: "4" }).priority(10),
    expected: { message: "0/1 nodes are available: 1 Insufficient cpu.", nominated: "a", victims: ["x"] },
  },
  {
    name: "on one node those without a budget go first",
    nodes: [small("a")],
    objects: [budget("guard", "guarded", 0)],
    pods: [
      pod("x").on("a").requests(HALF).labels({ app: "guarded" }).priority(1),
      pod("y").on("a").requests(HALF).labels({ app: "free" }).priority(5),
    ],
    pod: pod("p").requests(HALF).priority(10),
    expected: { message: "0/1 nodes are available: 1 Insufficient cpu.", nominated: "a", victims: ["y"] },
  },
  {
    name: "a budget with room for one disruption is used once",
    nodes: [small("a")],
    objects: [budget("guard", "guarded", 1)],
    pods: [
      pod("x").on("a").requests(HALF).labels({ app: "guarded" }).priority(2),
      pod("y").on("a").requests(HALF).labels({ app: "guarded" }).priority(1),
    ],
    pod: pod("p").requests(HALF).priority(10),
    expected: { message: "0/1 nodes are available: 1 Insufficient cpu.", nominated: "a", victims: ["x"] },
  },
  {
    name: "nodes beyond help are counted apart from nodes without victims",
    nodes: [small("a"), small("b").taint("x"), small("c").capacity({ cpu: "1" })],
    pods: [pod("x").on("a").requests({ cpu: "3" }).priority(20)],
    pod: pod("p").requests({ cpu: "2" }).priority(10),
    expected: {
      message:
        "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "an emptied node that still will not do says why",
    nodes: [small("a")],
    pods: [pod("x").on("a").requests({ cpu: "1" }), pod("y").on("a").requests({ cpu: "3" }).priority(20)],
    pod: pod("p").requests({ cpu: "2" }).priority(10),
    expected: {
      message:
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Insufficient cpu.",
    },
  },
  {
    name: "anti-affinity can be preempted",
    nodes: [small("a"), small("b").cordoned()],
    pods: [pod("x").on("a").labels({ app: "w" })],
    pod: pod("p").labels({ app: "w" }).apartFrom({ app: "w" }).priority(10),
    expected: {
      message:
        "0/2 nodes are available: 1 node(s) didn't match pod anti-affinity rules, 1 node(s) were unschedulable.",
      nominated: "a",
      victims: ["x"],
    },
  },
  {
    name: "uneven spread can be preempted",
    nodes: [small("a"), small("b").taint("x")],
    pods: [pod("w-0").on("a").labels({ app: "w" }), pod("w-1").on("a").labels({ app: "w" })],
    pod: pod("p").labels({ app: "w" }).spread("kubernetes.io/hostname", { app: "w" }).priority(10),
    expected: {
      message:
        "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) had untolerated taint(s).",
      nominated: "a",
      victims: ["w-0", "w-1"],
    },
  },
  {
    name: "a host port can be preempted",
    nodes: [small("a")],
    pods: [pod("x").on("a").hostPort(80), pod("y").on("a")],
    pod: pod("p").hostPort(80).priority(10),
    expected: {
      message: "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
      nominated: "a",
      victims: ["x"],
    },
  },
  {
    name: "missing affinity cannot be helped by anybody's leaving",
    nodes: [small("a")],
    pods: [pod("x").on("a")],
    pod: pod("p").near({ app: "db" }).priority(10),
    expected: {
      message:
        "0/1 nodes are available: 1 node(s) didn't match pod affinity rules. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    },
  },
]);
