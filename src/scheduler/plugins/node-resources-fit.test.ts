import { node } from "../../../test/support/nodes.ts";
import { container, pod } from "../../../test/support/pods.ts";
import { describePlacements } from "../../../test/support/scheduling.ts";

const sidecar = (name: string, cpu: string) =>
  container(name, { restartPolicy: "Always", resources: { requests: { cpu } } });
const init = (name: string, cpu: string) => container(name, { resources: { requests: { cpu } } });
const main = (name: string, cpu: string) => container(name, { resources: { requests: { cpu } } });

describePlacements("node resources", [
  {
    name: "a pod larger than every node is beyond the help of preemption",
    nodes: [node("a"), node("b"), node("c")],
    pod: pod("p").requests({ cpu: "5" }),
    expected: {
      message:
        "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "every resource that is short is counted",
    nodes: [
      node("a").capacity({ cpu: "1", memory: "1Gi" }),
      node("b").capacity({ cpu: "8" }),
      node("c").capacity({ memory: "32Gi" }),
    ],
    pod: pod("p").requests({ cpu: "5", memory: "16Gi", "ephemeral-storage": "10Gi" }),
    expected: {
      message:
        "0/3 nodes are available: 2 Insufficient cpu, 2 Insufficient memory. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "what pods on the node request is taken off, not what they use",
    nodes: [node("a"), node("b")],
    pods: [pod("x").on("a").requests({ cpu: "3500m" }), pod("y").on("b").requests({ memory: "8000Mi" })],
    pod: pod("p").requests({ cpu: "500m", memory: "256Mi" }),
    expected: { node: "a" },
  },
  {
    name: "a request that fits to the last millicore fits",
    nodes: [node("a").capacity({ cpu: "2" }), node("b").taint("x")],
    pods: [pod("x").on("a").requests({ cpu: "1501m" })],
    pod: pod("p").requests({ cpu: "499m" }),
    expected: { node: "a" },
  },
  {
    name: "a node holds no more pods than it says, whatever they request",
    nodes: [node("a").capacity({ pods: "1" }), node("b").capacity({ pods: "0" })],
    pods: [pod("x").on("a")],
    pod: pod("p"),
    expected: {
      message:
        "0/2 nodes are available: 2 Too many pods. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
    },
  },
  {
    name: "extended resources are counted by name",
    nodes: [node("a").capacity({ "example.com/gpu": "1" }), node("b")],
    pods: [pod("x").on("a").requests({ "example.com/gpu": "1" }).limits({ "example.com/gpu": "1" })],
    pod: pod("p").requests({ "example.com/gpu": "1" }).limits({ "example.com/gpu": "1" }),
    expected: {
      message:
        "0/2 nodes are available: 2 Insufficient example.com/gpu. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "ephemeral storage that a node does not report cannot be had",
    nodes: [node("a").withStatus({ allocatable: { cpu: "4", memory: "8Gi", pods: "10" } })],
    pod: pod("p").requests({ "ephemeral-storage": "1Gi" }),
    expected: {
      message:
        "0/1 nodes are available: 1 Insufficient ephemeral-storage. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "allocatable counts, not capacity",
    nodes: [node("a").allocatable({ cpu: "3" }), node("b").taint("x")],
    pod: pod("p").requests({ cpu: "3500m" }),
    expected: {
      message:
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    },
  },
  {
    name: "init containers count when they need more than the containers together",
    nodes: [node("a").capacity({ cpu: "2" }), node("b").capacity({ cpu: "3" })],
    pod: pod("p")
      .containers(main("m", "500m"), main("n", "500m"))
      .initContainers(init("i", "2500m"), init("j", "1")),
    expected: { node: "b" },
  },
  {
    name: "sidecars add to the containers and to the init containers after them",
    nodes: [node("a").capacity({ cpu: "2999m" }), node("b").capacity({ cpu: "3" })],
    pod: pod("p").containers(main("m", "1")).initContainers(sidecar("s", "500m"), init("i", "2500m")),
    expected: { node: "b" },
  },
  {
    name: "an init container before a sidecar runs without it",
    nodes: [node("a").capacity({ cpu: "2499m" }), node("b").capacity({ cpu: "2500m" })],
    pod: pod("p").containers(main("m", "1")).initContainers(init("i", "2500m"), sidecar("s", "500m")),
    expected: { node: "b" },
  },
  {
    name: "pod-level requests stand in for the sum of the containers",
    nodes: [node("a").capacity({ cpu: "2" }), node("b").capacity({ cpu: "3" })],
    pod: pod("p")
      .requests({ cpu: "1" })
      .withSpec({ resources: { requests: { cpu: "2500m" } } }),
    expected: { node: "b" },
  },
  {
    name: "pods that have ended hold nothing",
    nodes: [node("a"), node("b").taint("x")],
    pods: [
      pod("done").on("a").requests({ cpu: "4" }).phase("Succeeded"),
      pod("failed").on("a").requests({ memory: "8Gi" }).phase("Failed"),
    ],
    pod: pod("p").requests({ cpu: "4" }),
    expected: { node: "a" },
  },
]);
