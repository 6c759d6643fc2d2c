/** Every verdict on every kind of loss, on two clusters that have something for each; or why there can be no such verdict. */
import { describe, expect, test } from "vitest";
import { schemaProblems } from "../../test/support/prove/result-schema.ts";
import { parseManifests } from "../view/manifests.ts";
import { compareResults } from "./comparison.ts";
import { proveHtml } from "./forms/html.ts";
import { proveJson } from "./forms/json.ts";
import { proveJunit } from "./forms/junit.ts";
import { proveMarkdown } from "./forms/markdown.ts";
import { proveSarif } from "./forms/sarif.ts";
import { proveText } from "./forms/text.ts";
import type { LossChoice } from "./losses/losses.ts";
import { ModelBuilder } from "./model/builder.ts";
import { placingFor } from "./placing.ts";
import { prove } from "./prove.ts";
import { LOSS_KINDS, type LossKind, VERDICTS, type Verdict } from "./result.ts";
import { DEFAULT_NODES } from "./stage/assumed-nodes.ts";
import { stageManifests } from "./stage/stage.ts";

const LOSSES: readonly LossChoice[] = [
  ...(
    ["nodes", "zones", "volume-zones", "pairs", "control-plane", "drains", "rollouts", "pods"] as const
  ).map((kind) => ({ kind })),
  { kind: "racks", label: "rack" },
];

const ENDED =
  "whoever goes has ended before another begins, so that no data is lost and nobody writes beside it";
/** What cannot be, and why. */
const IMPOSSIBLE: Partial<Record<LossKind, Partial<Record<Verdict, string>>>> = {
  pod: { "data-at-risk": ENDED },
  drain: { "data-at-risk": ENDED },
  rollout: { "data-at-risk": ENDED },
};

const node = (name: string, i: number, spec = "") => `
apiVersion: v1
kind: Node
metadata:
  name: ${name}
  labels:
    kubernetes.io/hostname: ${name}
    rack: r${i % 3}
    topology.kubernetes.io/zone: z${i % 3}
    disk: v${i % 3}
    ${i < 3 ? 'node-role.kubernetes.io/control-plane: ""' : "worker: yes"}
spec: { ${spec} }
status: { allocatable: { cpu: "4", memory: 16Gi, pods: "110" } }
`;

const workload = (
  name: string,
  replicas: number,
  {
    kind = "Deployment",
    image = "nginx",
    cpu = "10m",
    spec = "",
    strategy = "",
  }: { kind?: string; image?: string; cpu?: string; spec?: string; strategy?: string } = {},
) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name} }
spec:
  ${kind === "DaemonSet" ? "" : `replicas: ${replicas}`}
  ${strategy}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers: [{ name: main, image: "${image}", resources: { requests: { cpu: ${cpu} } } }]
      ${spec}
`;

const mounting = (claim: string) =>
  `volumes: [{ name: data, persistentVolumeClaim: { claimName: ${claim} } }]`;
const volume = (name: string, mode: string, source: string) => `
apiVersion: v1
kind: PersistentVolume
metadata: { name: ${name} }
spec:
  capacity: { storage: 1Gi }
  accessModes: [${mode}]
  storageClassName: ""
  claimRef: { name: ${name}, namespace: default }
  ${source}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name} }
spec: { accessModes: [${mode}], volumeName: ${name}, storageClassName: "", resources: { requests: { storage: 1Gi } } }
`;

const APART = `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: apart } } }] } }`;

const NAMES = ["a", "b", "c", "d", "e", "f"];
const CLUSTER = [
  ...NAMES.map((name, i) => node(name, i)),
  // One that takes nobody new, and one that nobody is on.
  node("g", 3, "unschedulable: true"),
  node("h", 4, "taints: [{ key: spare, effect: NoSchedule }]"),
  workload("plain", 6),
  workload("one", 1),
  workload("recreated", 1, { strategy: "strategy: { type: Recreate }" }),
  workload("agent", 0, { kind: "DaemonSet" }),
  // One on every node: none is left for the one that is lost.
  workload("apart", 6, { spec: APART }),
  workload("shared", 6, { image: "postgres:16", spec: mounting("shared") }),
  volume("shared", "ReadWriteMany", "nfs: { server: files, path: / }"),
  workload("zonal", 1, { spec: mounting("zonal") }),
  volume(
    "zonal",
    "ReadWriteOnce",
    "csi: { driver: disk.example, volumeHandle: one }\n  nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: disk, operator: In, values: [v0] }] }] } }",
  ),
  ...NAMES.map(
    (name) => `
apiVersion: v1
kind: Pod
metadata:
  name: game-${name}
  ownerReferences: [{ apiVersion: games.example/v1, kind: GameServer, name: game, uid: game, controller: true }]
spec: { nodeName: ${name}, containers: [{ name: main, image: game }] }
status: { phase: Running, conditions: [{ type: Ready, status: "True" }] }
`,
  ),
  `
apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: held, uid: held }
spec:
  replicas: 2
  selector: { matchLabels: { app: held } }
  template:
    metadata: { labels: { app: held } }
    spec: { nodeSelector: { kubernetes.io/hostname: g }, containers: [{ name: main, image: nginx }] }
`,
  ...["held-1", "held-2"].map(
    (name) => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  labels: { app: held }
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: held, uid: held, controller: true }]
spec: { nodeName: g, nodeSelector: { kubernetes.io/hostname: g }, containers: [{ name: main, image: nginx }] }
status: { phase: Running, conditions: [{ type: Ready, status: "True" }] }
`,
  ),
].join("\n---\n");

/** Two nodes that are full, and something that might add a third. */
const AUTOSCALED = [
  node("a", 3),
  node("b", 4),
  workload("tight", 2, {
    cpu: "3",
    strategy: "strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }",
  }),
  workload("cluster-autoscaler", 1),
].join("\n---\n");

function proved(text: string, nodesAtOnce: number) {
  const { objects, findings } = stageManifests(parseManifests(text, "cluster.yaml"), {
    nodes: DEFAULT_NODES,
    seed: 1,
  });
  expect(findings).toEqual([]);
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  const model = builder.build();
  const result = prove(model, placingFor(model), { losses: LOSSES, nodesAtOnce, all: true });
  return { model, result };
}

const CLUSTERS = [proved(CLUSTER, 3), proved(AUTOSCALED, 2)];

describe("a verdict", () => {
  const seen = new Set(
    CLUSTERS.flatMap(({ result }) =>
      result.losses.flatMap(({ kind, verdict, workloads }) =>
        [verdict, ...workloads.map((one) => one.verdict)].map((one) => `${one} ${kind}`),
      ),
    ),
  );

  test.each(LOSS_KINDS.flatMap((kind) => VERDICTS.map((verdict) => ({ kind, verdict }))))(
    "$verdict on the loss of: $kind",
    ({ kind, verdict }) => {
      const why = IMPOSSIBLE[kind]?.[verdict];
      expect({ seen: seen.has(`${verdict} ${kind}`), why }).toEqual({ seen: why === undefined, why });
    },
  );
});

test("what a drain does to pods of an owner that is not known is not guessed", () => {
  const drains = CLUSTERS[0]?.result.losses.filter(({ kind }) => kind === "drain") ?? [];
  const games = drains.flatMap(({ workloads }) => workloads.filter(({ kind }) => kind === "GameServer"));
  expect(new Set(games.map(({ verdict, cause }) => `${verdict}: ${cause}`))).toEqual(
    new Set(["unknown: what GameServer does about a lost pod is not modelled"]),
  );
});

describe.each(CLUSTERS)("a result with everything in it", ({ model, result }) => {
  test("is what the schema says", () => {
    const comparison = compareResults({ ...result, losses: [] }, result);
    for (const compared of [undefined, comparison])
      expect(schemaProblems(JSON.parse([...proveJson(result, compared)].join("")))).toEqual([]);
  });

  test("tells in every form of what is not safe", () => {
    const bad = result.losses.filter(({ verdict }) => verdict !== "safe");
    const forms: Record<string, string> = {
      html: proveHtml(result, model),
      junit: proveJunit(result, VERDICTS),
    };
    for (const [form, text] of Object.entries(forms)) {
      const missing = bad.filter(({ id }) => !text.includes(id)).map(({ id }) => id);
      expect({ form, missing }).toEqual({ form, missing: [] });
    }
    const told = [
      proveSarif(result, () => ({ file: "web.yaml", line: 3 })),
      proveText(result, { colours: false, columns: 80 }),
      proveMarkdown(result),
    ];
    const broken = result.workloads.filter(({ verdict }) => verdict !== "safe");
    for (const text of told) for (const { name } of broken) expect(text).toContain(name);
  });
});
