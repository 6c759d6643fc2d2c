import { node } from "../../../test/support/nodes.ts";
import { container, pod } from "../../../test/support/pods.ts";
import { describePlacements } from "../../../test/support/scheduling.ts";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";

function wants(nodeSelectorTerms: readonly object[]) {
  return { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms } } };
}

const PORT = { containerPort: 80, hostPort: 80, protocol: "TCP" } as const;
const NO_PORT =
  "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.";

describePlacements("filters that look at the node alone", [
  {
    name: "a cordoned node takes no new pods",
    nodes: [node("a").cordoned(), node("b").cordoned()],
    pod: pod("p"),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "the unschedulable flag alone keeps pods off, with its own reason",
    nodes: [node("a").withSpec({ unschedulable: true }), node("b").taint("dedicated", "NoSchedule", "db")],
    pod: pod("p"),
    expected: {
      message:
        "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "a pod that tolerates the cordon's taint goes to a cordoned node",
    nodes: [node("a").cordoned(), node("b").taint("dedicated", "NoSchedule", "db")],
    pod: pod("p").tolerates({
      key: "node.kubernetes.io/unschedulable",
      operator: "Exists",
      effect: "NoSchedule",
    }),
    expected: { node: "a" },
  },
  {
    name: "taints of effect NoSchedule and NoExecute keep pods off, PreferNoSchedule does not",
    nodes: [
      node("a").taint("x"),
      node("b").taint("y", "NoExecute"),
      node("c").taint("z", "PreferNoSchedule"),
    ],
    pod: pod("p"),
    expected: { node: "c" },
  },
  {
    name: "every untolerated taint is the same reason, whatever its key",
    nodes: [
      node("a").taint("x"),
      node("b").taint("node.kubernetes.io/not-ready", "NoSchedule"),
      node("c").taint("y"),
    ],
    pod: pod("p"),
    expected: {
      message:
        "0/3 nodes are available: 3 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "a toleration for some seconds is a toleration",
    nodes: [node("a").taint("x"), node("b").taint("node.kubernetes.io/unreachable", "NoExecute")],
    pod: pod("p"),
    expected: { node: "b" },
  },
  {
    name: "an equal value is tolerated, another is not",
    nodes: [
      node("a").taint("dedicated", "NoSchedule", "db"),
      node("b").taint("dedicated", "NoSchedule", "web"),
    ],
    pod: pod("p").tolerates({ key: "dedicated", operator: "Equal", value: "web", effect: "NoSchedule" }),
    expected: { node: "b" },
  },
  {
    name: "a toleration without key and effect puts up with everything",
    nodes: [node("a").taint("x").taint("y", "NoExecute")],
    pod: pod("p").tolerates({ operator: "Exists" }),
    expected: { node: "a" },
  },
  {
    name: "a nodeSelector that no node satisfies",
    nodes: [node("a"), node("b").labels({ disk: "hdd" })],
    pod: pod("p").nodeSelector({ disk: "ssd" }),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "nodeSelector and node affinity must both hold",
    nodes: [
      node("a").labels({ disk: "ssd" }),
      node("b").labels({ disk: "ssd", gpu: "1" }),
      node("c").labels({ gpu: "1" }),
    ],
    pod: pod("p")
      .nodeSelector({ disk: "ssd" })
      .affinity(wants([{ matchExpressions: [{ key: "gpu", operator: "Exists" }] }])),
    expected: { node: "b" },
  },
  {
    name: "terms are alternatives, expressions in a term are not",
    nodes: [
      node("a").labels({ x: "1" }),
      node("b").labels({ x: "1", y: "2" }).cordoned(),
      node("c").labels({ z: "3" }),
    ],
    pod: pod("p").affinity(
      wants([
        {
          matchExpressions: [
            { key: "x", operator: "In", values: ["1"] },
            { key: "y", operator: "Exists" },
          ],
        },
        {
          matchExpressions: [
            { key: "z", operator: "NotIn", values: ["1", "2"] },
            { key: "z", operator: "Exists" },
          ],
        },
      ]),
    ),
    expected: { node: "c" },
  },
  {
    name: "Gt and Lt compare whole numbers, and a label that is none fails",
    nodes: [
      node("a").labels({ cores: "8" }),
      node("b").labels({ cores: "many" }),
      node("c").labels({ cores: "16" }),
    ],
    pod: pod("p").affinity(wants([{ matchExpressions: [{ key: "cores", operator: "Gt", values: ["8"] }] }])),
    expected: { node: "c" },
  },
  {
    name: "a label that is absent satisfies NotIn and DoesNotExist",
    nodes: [node("a").labels({ tier: "edge" }), node("b")],
    pod: pod("p").affinity(
      wants([
        {
          matchExpressions: [
            { key: "tier", operator: "NotIn", values: ["edge"] },
            { key: "tier", operator: "DoesNotExist" },
          ],
        },
      ]),
    ),
    expected: { node: "b" },
  },
  {
    name: "a node named by field is the only one looked at",
    nodes: [node("a"), node("b"), node("c").taint("x")],
    pod: pod("p").affinity(
      wants([{ matchFields: [{ key: "metadata.name", operator: "In", values: ["c"] }] }]),
    ),
    expected: {
      message:
        "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "a node named by field that does not exist",
    nodes: [node("a"), node("b")],
    pod: pod("p").affinity(
      wants([{ matchFields: [{ key: "metadata.name", operator: "In", values: ["nowhere"] }] }]),
    ),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "two different names in one term can never hold",
    nodes: [node("a"), node("b")],
    pod: pod("p").affinity(
      wants([
        {
          matchFields: [
            { key: "metadata.name", operator: "In", values: ["a"] },
            { key: "metadata.name", operator: "In", values: ["b"] },
          ],
        },
      ]),
    ),
    expected: { message: "0/2 nodes are available: pod affinity terms conflict. not found" },
  },
  {
    name: "a host port is taken by protocol",
    nodes: [node("a"), node("b")],
    pods: [pod("tcp").on("a").hostPort(53), pod("udp").on("b").hostPort(53, { protocol: "UDP" })],
    pod: pod("p").hostPort(53),
    expected: { node: "b" },
  },
  {
    name: "a host port on one address leaves the others free",
    nodes: [node("a"), node("b")],
    pods: [
      pod("one").on("a").hostPort(80, { hostIP: "10.0.0.1" }),
      pod("other").on("b").hostPort(80, { hostIP: "10.0.0.2" }),
    ],
    pod: pod("p").hostPort(80, { hostIP: "10.0.0.1" }),
    expected: { node: "b" },
  },
  {
    name: "a host port on every address conflicts with one address",
    nodes: [node("a"), node("b")],
    pods: [pod("one").on("a").hostPort(80, { hostIP: "10.0.0.1" }), pod("all").on("b").hostPort(80)],
    pod: pod("p").hostPort(80),
    expected: {
      message:
        "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
    },
  },
  {
    name: "a host port taken on every address is taken on each",
    nodes: [node("a")],
    pods: [pod("all").on("a").hostPort(80)],
    pod: pod("p").hostPort(80, { hostIP: "10.0.0.1" }),
    expected: { message: NO_PORT },
  },
  {
    name: "a sidecar's host port is taken",
    nodes: [node("a")],
    pods: [
      pod("x")
        .on("a")
        .initContainers(container("proxy", { restartPolicy: "Always", ports: [PORT] })),
    ],
    pod: pod("p").hostPort(80),
    expected: { message: NO_PORT },
  },
  {
    name: "an init container's host port is not taken once it has ended",
    nodes: [node("a")],
    pods: [
      pod("x")
        .on("a")
        .initContainers(container("init", { ports: [PORT] })),
    ],
    pod: pod("p").hostPort(80),
    expected: { node: "a" },
  },
  {
    name: "node affinity counts beside a nodeSelector that holds",
    nodes: [node("a").labels({ disk: "ssd" })],
    pod: pod("p")
      .nodeSelector({ disk: "ssd" })
      .affinity(wants([{ matchExpressions: [{ key: "rack", operator: "Exists" }] }])),
    expected: {
      message:
        "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "reasons are counted and sorted as texts",
    nodes: [
      node("a").taint("x"),
      node("b").cordoned(),
      node("c").withSpec({ unschedulable: true }),
      node("d"),
      ...["e", "f", "g", "h", "i", "j", "k", "l", "m", "n"].map((name) => node(name).labels({ disk: "hdd" })),
    ],
    pods: [pod("busy").on("d").hostPort(80)],
    pod: pod("p")
      .hostPort(80)
      .affinity(wants([{ matchExpressions: [{ key: "disk", operator: "DoesNotExist" }] }])),
    expected: {
      message:
        "0/14 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, 1 node(s) had untolerated taint(s), 10 node(s) didn't match Pod's node affinity/selector, 2 node(s) were unschedulable. no new claims to deallocate, preemption: 0/14 nodes are available: 1 No preemption victims found for incoming pod, 13 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "without nodes there is nothing to say",
    nodes: [],
    pod: pod("p"),
    expected: { message: "no nodes available to schedule pods" },
  },
]);
