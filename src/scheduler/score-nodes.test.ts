import { node } from "../../test/support/nodes.ts";
import { pod, timeAt } from "../../test/support/pods.ts";
import { describeScores } from "../../test/support/scheduling.ts";
import type { KubeObject } from "../kube/types/index.ts";

const ZONE = "topology.kubernetes.io/zone";
const HOSTNAME = "kubernetes.io/hostname";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
const MB = 1024 * 1024;

const meta = (name: string) => ({
  name,
  namespace: "default",
  uid: `uid-${name}`,
  resourceVersion: "1",
  creationTimestamp: timeAt(0),
});
const service = (name: string, selector: Record<string, string>): KubeObject =>
  ({
    apiVersion: "v1",
    kind: "Service",
    metadata: meta(name),
    spec: { selector, ports: [{ port: 80 }] },
  }) as KubeObject;
const replicaSet = (name: string, labels: Record<string, string>): KubeObject =>
  ({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: meta(name),
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } },
    },
  }) as KubeObject;

const images = (...entries: readonly (readonly [string, number])[]) =>
  entries.map(([name, sizeMb]) => ({ names: [name], sizeBytes: sizeMb * MB }));

describeScores("scores", [
  {
    name: "an idle pod on idle nodes",
    nodes: [node("a"), node("b")],
    pod: pod("p"),
    expected: {
      b: { TaintToleration: 300, NodeResourcesFit: 97, ImageLocality: 0 },
      a: { TaintToleration: 300, NodeResourcesFit: 97, ImageLocality: 0 },
    },
  },
  {
    name: "least allocated and balanced, by requests",
    nodes: [
      node("a"),
      node("b").capacity({ cpu: "8", memory: "32Gi" }),
      node("c").capacity({ cpu: "3", memory: "7Gi" }),
    ],
    pods: [
      pod("x").on("a").requests({ cpu: "1", memory: "1Gi" }),
      pod("y").on("b").requests({ cpu: "6", memory: "3Gi" }),
      pod("z").on("c").requests({ cpu: "100m", memory: "5Gi" }),
    ],
    pod: pod("p").requests({ cpu: "700m", memory: "900Mi" }),
    expected: {
      b: {
        TaintToleration: 300,
        NodeResourcesFit: 51,
        NodeResourcesBalancedAllocation: 64,
        ImageLocality: 0,
      },
      c: {
        TaintToleration: 300,
        NodeResourcesFit: 44,
        NodeResourcesBalancedAllocation: 71,
        ImageLocality: 0,
      },
      a: {
        TaintToleration: 300,
        NodeResourcesFit: 66,
        NodeResourcesBalancedAllocation: 90,
        ImageLocality: 0,
      },
    },
  },
  {
    name: "pods without requests count for a little when nodes are rated",
    nodes: [node("a"), node("b")],
    pods: [pod("x").on("a"), pod("y").on("a"), pod("z").on("b").requests({ cpu: "50m" })],
    pod: pod("p").requests({ cpu: "100m" }),
    expected: {
      b: {
        TaintToleration: 300,
        NodeResourcesFit: 95,
        NodeResourcesBalancedAllocation: 98,
        ImageLocality: 0,
      },
      a: {
        TaintToleration: 300,
        NodeResourcesFit: 92,
        NodeResourcesBalancedAllocation: 98,
        ImageLocality: 0,
      },
    },
  },
  {
    name: "a pod that fills a node",
    nodes: [node("a").capacity({ cpu: "1", memory: "1Gi" }), node("b")],
    pod: pod("p").requests({ cpu: "1", memory: "512Mi" }),
    expected: {
      b: {
        TaintToleration: 300,
        NodeResourcesFit: 84,
        NodeResourcesBalancedAllocation: 90,
        ImageLocality: 0,
      },
      a: {
        TaintToleration: 300,
        NodeResourcesFit: 25,
        NodeResourcesBalancedAllocation: 75,
        ImageLocality: 0,
      },
    },
  },
  {
    name: "memory alone",
    nodes: [node("a").capacity({ memory: "4Gi" }), node("b").capacity({ memory: "6Gi" })],
    pods: [pod("x").on("b").requests({ cpu: "3" })],
    pod: pod("p").requests({ memory: "1Gi" }),
    expected: {
      b: {
        TaintToleration: 300,
        NodeResourcesFit: 51,
        NodeResourcesBalancedAllocation: 70,
        ImageLocality: 0,
      },
      a: {
        TaintToleration: 300,
        NodeResourcesFit: 86,
        NodeResourcesBalancedAllocation: 87,
        ImageLocality: 0,
      },
    },
  },
  {
    name: "pod-level requests",
    nodes: [node("a"), node("b")],
    pods: [
      pod("x")
        .on("a")
        .withSpec({ resources: { requests: { cpu: "1", memory: "1Gi" } } }),
    ],
    pod: pod("p").withSpec({ resources: { requests: { cpu: "2", memory: "2Gi" } } }),
    expected: {
      b: {
        TaintToleration: 300,
        NodeResourcesFit: 97,
        NodeResourcesBalancedAllocation: 87,
        ImageLocality: 0,
      },
      a: {
        TaintToleration: 300,
        NodeResourcesFit: 78,
        NodeResourcesBalancedAllocation: 81,
        ImageLocality: 0,
      },
    },
  },
  {
    name: "taints of effect PreferNoSchedule, by their number",
    nodes: [
      node("a"),
      node("b").taint("x", "PreferNoSchedule"),
      node("c").taint("x", "PreferNoSchedule").taint("y", "PreferNoSchedule").taint("z", "PreferNoSchedule"),
    ],
    pod: pod("p").tolerates({ key: "z", operator: "Exists" }),
    expected: {
      b: { TaintToleration: 150, NodeResourcesFit: 97, ImageLocality: 0 },
      c: { TaintToleration: 0, NodeResourcesFit: 97, ImageLocality: 0 },
      a: { TaintToleration: 300, NodeResourcesFit: 97, ImageLocality: 0 },
    },
  },
  {
    name: "preferred node affinity, by weight",
    nodes: [node("a").labels({ disk: "ssd" }), node("b").labels({ disk: "ssd", gpu: "1" }), node("c")],
    pod: pod("p").affinity({
      nodeAffinity: {
        [PREFERRED]: [
          {
            weight: 30,
            preference: { matchExpressions: [{ key: "disk", operator: "In", values: ["ssd"] }] },
          },
          { weight: 41, preference: { matchExpressions: [{ key: "gpu", operator: "Exists" }] } },
          {
            weight: 7,
            preference: { matchFields: [{ key: "metadata.name", operator: "In", values: ["c"] }] },
          },
        ],
      },
    }),
    expected: {
      b: { TaintToleration: 300, NodeAffinity: 200, NodeResourcesFit: 97, ImageLocality: 0 },
      a: { TaintToleration: 300, NodeAffinity: 84, NodeResourcesFit: 97, ImageLocality: 0 },
      c: { TaintToleration: 300, NodeAffinity: 18, NodeResourcesFit: 97, ImageLocality: 0 },
    },
  },
  {
    name: "spread by hostname, anyway",
    nodes: [node("a"), node("b"), node("c")],
    pods: [
      pod("w-0").on("a").labels({ app: "w" }),
      pod("w-1").on("a").labels({ app: "w" }),
      pod("w-2").on("b").labels({ app: "w" }),
    ],
    pod: pod("p")
      .labels({ app: "w" })
      .spread(HOSTNAME, { app: "w" }, { whenUnsatisfiable: "ScheduleAnyway" }),
    expected: {
      b: { TaintToleration: 300, NodeResourcesFit: 95, PodTopologySpread: 66, ImageLocality: 0 },
      c: { TaintToleration: 300, NodeResourcesFit: 97, PodTopologySpread: 200, ImageLocality: 0 },
      a: { TaintToleration: 300, NodeResourcesFit: 92, PodTopologySpread: 0, ImageLocality: 0 },
    },
  },
  {
    name: "spread by zone and hostname, with a node that has no zone",
    nodes: [node("a").zone("z1"), node("b").zone("z1"), node("c").zone("z2"), node("d")],
    pods: [
      pod("w-0").on("a").labels({ app: "w" }),
      pod("w-1").on("b").labels({ app: "w" }),
      pod("w-2").on("c").labels({ app: "w" }),
      pod("w-3").on("d").labels({ app: "w" }),
    ],
    pod: pod("p")
      .labels({ app: "w" })
      .spread(ZONE, { app: "w" }, { whenUnsatisfiable: "ScheduleAnyway", maxSkew: 2 })
      .spread(HOSTNAME, { app: "w" }, { whenUnsatisfiable: "ScheduleAnyway" }),
    expected: {
      c: { TaintToleration: 300, NodeResourcesFit: 95, PodTopologySpread: 200, ImageLocality: 0 },
      b: { TaintToleration: 300, NodeResourcesFit: 95, PodTopologySpread: 160, ImageLocality: 0 },
      d: { TaintToleration: 300, NodeResourcesFit: 95, PodTopologySpread: 0, ImageLocality: 0 },
      a: { TaintToleration: 300, NodeResourcesFit: 95, PodTopologySpread: 160, ImageLocality: 0 },
    },
  },
  {
    name: "the default spread of a Service's pods",
    nodes: [node("a").zone("z1"), node("b").zone("z1"), node("c").zone("z2")],
    objects: [service("web", { app: "web" })],
    pods: [
      pod("w-0").on("a").labels({ app: "web" }),
      pod("w-1").on("b").labels({ app: "web" }),
      pod("w-2").on("b").labels({ app: "web" }),
      pod("o-0").on("c").labels({ app: "other" }),
    ],
    pod: pod("p").labels({ app: "web" }),
    expected: {
      c: { TaintToleration: 300, NodeResourcesFit: 95, PodTopologySpread: 200, ImageLocality: 0 },
      b: { TaintToleration: 300, NodeResourcesFit: 92, PodTopologySpread: 92, ImageLocality: 0 },
      a: { TaintToleration: 300, NodeResourcesFit: 95, PodTopologySpread: 106, ImageLocality: 0 },
    },
  },
  {
    name: "the default spread of a ReplicaSet's pods, without zones",
    nodes: [node("a"), node("b"), node("c")],
    objects: [replicaSet("rs", { app: "web", hash: "1" }), service("web", { app: "web" })],
    pods: [
      pod("w-0").on("a").labels({ app: "web", hash: "1" }),
      pod("w-1").on("b").labels({ app: "web", hash: "0" }),
      pod("w-2").on("b").labels({ app: "web", hash: "0" }),
    ],
    pod: pod("p").labels({ app: "web", hash: "1" }).ownedBy(replicaSet("rs", {})),
    expected: {
      c: { TaintToleration: 300, NodeResourcesFit: 97, PodTopologySpread: 200, ImageLocality: 0 },
      b: { TaintToleration: 300, NodeResourcesFit: 92, PodTopologySpread: 200, ImageLocality: 0 },
      a: { TaintToleration: 300, NodeResourcesFit: 95, PodTopologySpread: 100, ImageLocality: 0 },
    },
  },
  {
    name: "wishes for and against company, of both sides",
    nodes: [node("a").zone("z1"), node("b").zone("z1"), node("c").zone("z2")],
    pods: [
      pod("db-0").on("a").labels({ app: "db" }),
      pod("noisy-0").on("b").labels({ app: "noisy" }),
      pod("fan-0").on("c").labels({ app: "fan" }).near({ app: "p" }, ZONE),
      pod("foe-0")
        .on("b")
        .affinity({
          podAntiAffinity: {
            [PREFERRED]: [
              {
                weight: 12,
                podAffinityTerm: { labelSelector: { matchLabels: { app: "p" } }, topologyKey: HOSTNAME },
              },
            ],
          },
        }),
    ],
    pod: pod("p")
      .labels({ app: "p" })
      .affinity({
        podAffinity: {
          [PREFERRED]: [
            {
              weight: 50,
              podAffinityTerm: { labelSelector: { matchLabels: { app: "db" } }, topologyKey: ZONE },
            },
          ],
        },
        podAntiAffinity: {
          [PREFERRED]: [
            {
              weight: 20,
              podAffinityTerm: { labelSelector: { matchLabels: { app: "noisy" } }, topologyKey: HOSTNAME },
            },
          ],
        },
      }),
    expected: {
      c: { TaintToleration: 300, NodeResourcesFit: 95, InterPodAffinity: 0, ImageLocality: 0 },
      b: { TaintToleration: 300, NodeResourcesFit: 92, InterPodAffinity: 68, ImageLocality: 0 },
      a: { TaintToleration: 300, NodeResourcesFit: 95, InterPodAffinity: 200, ImageLocality: 0 },
    },
  },
  {
    name: "company that only the others wish for",
    nodes: [node("a"), node("b")],
    pods: [pod("fan").near({ app: "p" }).on("a")],
    pod: pod("p").labels({ app: "p" }),
    expected: {
      a: { TaintToleration: 300, NodeResourcesFit: 95, InterPodAffinity: 200, ImageLocality: 0 },
      b: { TaintToleration: 300, NodeResourcesFit: 97, InterPodAffinity: 0, ImageLocality: 0 },
    },
  },
  {
    name: "images that a node has already, by size and by how many nodes share them",
    nodes: [
      node("a").images(...images(["registry.example/app:1", 400], ["registry.example/side:latest", 90])),
      node("b").images(...images(["registry.example/side:latest", 90])),
      node("c"),
    ],
    pod: pod("p").image("registry.example/app:1"),
    expected: {
      c: { TaintToleration: 300, NodeResourcesFit: 97, ImageLocality: 0 },
      b: { TaintToleration: 300, NodeResourcesFit: 97, ImageLocality: 0 },
      a: { TaintToleration: 300, NodeResourcesFit: 97, ImageLocality: 11 },
    },
  },
  {
    name: "an image without a tag is the latest",
    nodes: [node("a").images(...images(["registry.example/side:latest", 300])), node("b")],
    pod: pod("p").image("registry.example/side"),
    expected: {
      b: { TaintToleration: 300, NodeResourcesFit: 97, ImageLocality: 0 },
      a: { TaintToleration: 300, NodeResourcesFit: 97, ImageLocality: 12 },
    },
  },
]);
