import { node } from "../../../../test/support/nodes.ts";
import { pod, TEST_EPOCH_MS } from "../../../../test/support/pods.ts";
import { describePlacements } from "../../../../test/support/scheduling.ts";
import type { LabelSelector, Namespace, PodAffinityTerm } from "../../../kube/types/index.ts";

const ZONE = "topology.kubernetes.io/zone";

/** Apart from pods of those labels on the same node, in the namespaces that are selected. */
function term(matchLabels: Record<string, string>, namespaceSelector: LabelSelector): PodAffinityTerm {
  return { labelSelector: { matchLabels }, topologyKey: "kubernetes.io/hostname", namespaceSelector };
}

function namespace(name: string, labels: Record<string, string>): Namespace {
  const metadata = { name, labels, uid: "", resourceVersion: "", creationTimestamp: "" };
  return { apiVersion: "v1", kind: "Namespace", metadata, spec: {}, status: {} };
}

describePlacements("inter-pod affinity", [
  {
    name: "a pod goes where its company is",
    nodes: [node("a").zone("z1"), node("b").zone("z2")],
    pods: [pod("db-0").on("b").labels({ app: "db" })],
    pod: pod("p").near({ app: "db" }, ZONE),
    expected: { node: "b" },
  },
  {
    name: "company that is nowhere",
    nodes: [node("a"), node("b")],
    pods: [pod("db-0").on("b").labels({ app: "db" }).inNamespace("elsewhere")],
    pod: pod("p").near({ app: "db" }),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't match pod affinity rules. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "the first of a group that wants to be together may start anywhere with the topology",
    nodes: [node("a"), node("b").zone("z1")],
    pod: pod("p").labels({ app: "db" }).near({ app: "db" }, ZONE),
    expected: { node: "b" },
  },
  {
    name: "required anti-affinity by hostname allows one replica per node",
    nodes: [node("a"), node("b")],
    pods: [
      pod("w-0").on("a").labels({ app: "w" }).apartFrom({ app: "w" }),
      pod("w-1").on("b").labels({ app: "w" }).apartFrom({ app: "w" }),
    ],
    pod: pod("w-2").labels({ app: "w" }).apartFrom({ app: "w" }),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
    },
  },
  {
    name: "anti-affinity by zone leaves the other zone",
    nodes: [node("a").zone("z1"), node("b").zone("z1"), node("c").zone("z2")],
    pods: [pod("w-0").on("a").labels({ app: "w" })],
    pod: pod("w-1").labels({ app: "w" }).apartFrom({ app: "w" }, ZONE),
    expected: { node: "c" },
  },
  {
    name: "a node without the topology key is apart from everybody",
    nodes: [node("a").zone("z1"), node("b")],
    pods: [pod("w-0").on("a").labels({ app: "w" }), pod("w-1").on("b").labels({ app: "w" })],
    pod: pod("w-2").labels({ app: "w" }).apartFrom({ app: "w" }, ZONE),
    expected: { node: "b" },
  },
  {
    name: "existing pods may forbid their node to others",
    nodes: [node("a"), node("b")],
    pods: [
      pod("loner-0").on("a").labels({ app: "loner" }).apartFrom({ app: "p" }),
      pod("loner-1").on("b").labels({ app: "loner" }).apartFrom({ app: "p" }),
    ],
    pod: pod("p").labels({ app: "p" }),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't satisfy existing pods anti-affinity rules. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
    },
  },
  {
    name: "terms name other namespaces",
    nodes: [node("a"), node("b")],
    pods: [pod("db-0").on("b").labels({ app: "db" }).inNamespace("data")],
    pod: pod("p").near({ app: "db" }, "kubernetes.io/hostname", { namespaces: ["data"] }),
    expected: { node: "b" },
  },
  {
    name: "terms select namespaces by their labels",
    nodes: [node("a"), node("b")],
    objects: [namespace("blue", { team: "blue" }), namespace("red", { team: "red" })],
    pods: [
      pod("db-0").on("a").labels({ app: "db" }).inNamespace("red"),
      pod("db-1").on("b").labels({ app: "db" }).inNamespace("blue"),
    ],
    pod: pod("p").near({ app: "db" }, "kubernetes.io/hostname", {
      namespaceSelector: { matchLabels: { team: "blue" } },
    }),
    expected: { node: "b" },
  },
  {
    name: "every term selects namespaces of its own",
    nodes: [node("a").zone("z1"), node("b").zone("z1")],
    objects: [namespace("blue", { team: "blue" }), namespace("red", { team: "red" })],
    pods: [
      pod("db-0").on("b").labels({ app: "db" }).inNamespace("blue"),
      pod("x").on("a").labels({ app: "w" }).inNamespace("red"),
    ],
    pod: pod("p")
      .near({ app: "db" }, ZONE, { namespaceSelector: { matchLabels: { team: "blue" } } })
      .affinity({
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            term({ app: "v" }, { matchLabels: { team: "blue" } }),
            term({ app: "w" }, { matchLabels: { team: "red" } }),
          ],
        },
      }),
    expected: { node: "b" },
  },
  {
    name: "a namespace selector that only says what must not be there means every namespace, as in 1.34",
    nodes: [node("a"), node("b")],
    objects: [namespace("red", { team: "red" })],
    pods: [pod("db-0").on("b").labels({ app: "db" }).inNamespace("red")],
    pod: pod("p").near({ app: "db" }, "kubernetes.io/hostname", {
      namespaceSelector: { matchExpressions: [{ key: "team", operator: "DoesNotExist" }] },
    }),
    expected: { node: "b" },
  },
  {
    name: "an empty namespace selector means every namespace",
    nodes: [node("a"), node("b")],
    pods: [pod("x").on("a").labels({ app: "w" }).inNamespace("data")],
    pod: pod("p").apartFrom({ app: "w" }, "kubernetes.io/hostname", { namespaceSelector: {} }),
    expected: { node: "b" },
  },
  {
    name: "one pod has to satisfy every affinity term",
    nodes: [node("a").zone("z1"), node("b").zone("z2")],
    pods: [pod("x").on("a").labels({ app: "db" }), pod("y").on("b").labels({ tier: "data" })],
    pod: pod("p").affinity({
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: { app: "db" } }, topologyKey: ZONE },
          { labelSelector: { matchLabels: { tier: "data" } }, topologyKey: ZONE },
        ],
      },
    }),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't match pod affinity rules. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "matchLabelKeys narrows the company to the pod's own revision",
    nodes: [node("a"), node("b")],
    pods: [
      pod("w-0").on("a").labels({ app: "w", rev: "1" }),
      pod("w-1").on("b").labels({ app: "w", rev: "2" }),
    ],
    pod: pod("w-2")
      .labels({ app: "w", rev: "2" })
      .apartFrom({ app: "w" }, "kubernetes.io/hostname", { matchLabelKeys: ["rev"] }),
    expected: { node: "a" },
  },
  {
    name: "mismatchLabelKeys keeps tenants apart and lets one's own in",
    nodes: [node("a"), node("b")],
    pods: [
      pod("w-0").on("a").labels({ app: "w", tenant: "x" }),
      pod("w-1").on("b").labels({ app: "w", tenant: "y" }),
    ],
    pod: pod("w-2")
      .labels({ app: "w", tenant: "x" })
      .apartFrom({ app: "w" }, "kubernetes.io/hostname", { mismatchLabelKeys: ["tenant"] }),
    expected: { node: "a" },
  },
  {
    name: "pods on their way out still count",
    nodes: [node("a"), node("b").taint("x")],
    pods: [
      pod("w-0")
        .on("a")
        .labels({ app: "w" })
        .deleting(TEST_EPOCH_MS + 30_000),
    ],
    pod: pod("w-1").labels({ app: "w" }).apartFrom({ app: "w" }),
    expected: {
      message:
        "0/2 nodes are available: 1 node(s) didn't match pod anti-affinity rules, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
    },
  },
]);
