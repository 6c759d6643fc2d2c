import { node } from "../../../../test/support/nodes.ts";
import { pod, TEST_EPOCH_MS } from "../../../../test/support/pods.ts";
import { describePlacements } from "../../../../test/support/scheduling.ts";

const ZONE = "topology.kubernetes.io/zone";
const HOSTNAME = "kubernetes.io/hostname";
const APP = { app: "w" };

/** "w-0 a" puts pod w-0 on node a. */
const spreadOver = (...nodeNames: readonly string[]) =>
  nodeNames.map((name, i) => pod(`w-${i}`).on(name).labels(APP));

describePlacements("topology spread constraints", [
  {
    name: "the emptier zone is the only one left",
    nodes: [node("a").zone("z1"), node("b").zone("z2")],
    pods: spreadOver("a"),
    pod: pod("p").labels(APP).spread(ZONE, APP),
    expected: { node: "b" },
  },
  {
    name: "a larger skew lets more in",
    nodes: [node("a").zone("z1"), node("b").zone("z2").taint("x")],
    pods: spreadOver("a"),
    pod: pod("p").labels(APP).spread(ZONE, APP, { maxSkew: 2 }),
    expected: { node: "a" },
  },
  {
    name: "a tainted node's empty domain still counts by default",
    nodes: [node("a").zone("z1"), node("b").zone("z2").taint("x")],
    pods: spreadOver("a"),
    pod: pod("p").labels(APP).spread(ZONE, APP),
    expected: {
      message:
        "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "nodeTaintsPolicy Honor leaves tainted nodes out of the domains",
    nodes: [node("a").zone("z1"), node("b").zone("z2").taint("x")],
    pods: spreadOver("a"),
    pod: pod("p").labels(APP).spread(ZONE, APP, { nodeTaintsPolicy: "Honor" }),
    expected: { node: "a" },
  },
  {
    name: "nodes that the pod's node selector leaves out make no domains",
    nodes: [node("a").zone("z1").labels({ disk: "ssd" }), node("b").zone("z2")],
    pods: spreadOver("a"),
    pod: pod("p").labels(APP).nodeSelector({ disk: "ssd" }).spread(ZONE, APP),
    expected: { node: "a" },
  },
  {
    name: "nodeAffinityPolicy Ignore counts them",
    nodes: [node("a").zone("z1").labels({ disk: "ssd" }), node("b").zone("z2")],
    pods: spreadOver("a"),
    pod: pod("p")
      .labels(APP)
      .nodeSelector({ disk: "ssd" })
      .spread(ZONE, APP, { nodeAffinityPolicy: "Ignore" }),
    expected: {
      message:
        "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) didn't match pod topology spread constraints. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "a node without the key cannot take the pod",
    nodes: [node("a"), node("b")],
    pod: pod("p").labels(APP).spread(ZONE, APP),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints (missing required label). no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "fewer domains than minDomains make the fewest nought",
    nodes: [node("a").zone("z1"), node("b").zone("z2")],
    pods: spreadOver("a", "b"),
    pod: pod("p").labels(APP).spread(ZONE, APP, { minDomains: 3 }),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
    },
  },
  {
    name: "a pod that its own selector leaves out does not add to the skew",
    nodes: [node("a").zone("z1"), node("b").zone("z2").taint("x")],
    pods: spreadOver("a"),
    pod: pod("p").spread(ZONE, APP),
    expected: { node: "a" },
  },
  {
    name: "matchLabelKeys counts the pod's own revision only",
    nodes: [node("a"), node("b")],
    pods: [
      pod("w-0")
        .on("a")
        .labels({ ...APP, rev: "1" }),
      pod("w-1")
        .on("a")
        .labels({ ...APP, rev: "1" }),
      pod("w-2")
        .on("b")
        .labels({ ...APP, rev: "2" }),
    ],
    pod: pod("p")
      .labels({ ...APP, rev: "2" })
      .spread(HOSTNAME, APP, { matchLabelKeys: ["rev"] }),
    expected: { node: "a" },
  },
  {
    name: "every constraint has to hold",
    nodes: [node("a").zone("z1"), node("b").zone("z1"), node("c").zone("z2")],
    pods: spreadOver("a", "c", "c"),
    pod: pod("p").labels(APP).spread(ZONE, APP).spread(HOSTNAME, APP),
    expected: { node: "b" },
  },
  {
    name: "pods on their way out and pods of other namespaces do not count",
    nodes: [node("a").zone("z1"), node("b").zone("z2").taint("x")],
    pods: [
      pod("w-0")
        .on("a")
        .labels(APP)
        .deleting(TEST_EPOCH_MS + 30_000),
      pod("w-1").on("a").labels(APP).inNamespace("elsewhere"),
    ],
    pod: pod("p").labels(APP).spread(ZONE, APP),
    expected: { node: "a" },
  },
  {
    name: "ScheduleAnyway never keeps a pod off",
    nodes: [node("a").zone("z1"), node("b").zone("z2").taint("x")],
    pods: spreadOver("a", "a", "a"),
    pod: pod("p").labels(APP).spread(ZONE, APP, { whenUnsatisfiable: "ScheduleAnyway" }),
    expected: { node: "a" },
  },
]);
