/**
 * Verdicts and seconds against whole-lab runs: the same manifests in a lab with every controller, nodes powered off, and what
 * happens to the pods measured. What the judge says it takes has to contain what it took.
 */
import { describe, expect, test } from "vitest";
import { labCluster, type Measured, measureLoss } from "../../test/support/prove/lab-loss.ts";
import { RandomStream } from "../base/random.ts";
import { factsOf } from "./judge/facts.ts";
import { Judge } from "./judge/judge.ts";
import type { Loss } from "./losses/loss.ts";
import { placingFor } from "./placing.ts";
import type { SecondsOrNever, Verdict, WorkloadVerdict } from "./result.ts";

const WATCH_SECONDS = 700;

const TRIES = [false, true].flatMap((isShuffled) =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => ({ seed, isShuffled })),
);

interface WorkloadText {
  readonly kind?: "Deployment" | "StatefulSet";
  readonly replicas?: number;
  readonly cpu?: string;
  readonly tolerate?: number;
  /** Of the pod's spec, indented by six. */
  readonly spec?: string;
  /** Of the container. */
  readonly container?: string;
  readonly claim?: string;
}

/** Probed once a second, so that ready means serving; behind a Service of its name. */
function workload(
  name: string,
  { kind = "Deployment", replicas = 1, cpu, tolerate, spec = "", container = "", claim }: WorkloadText,
): string {
  const tolerations =
    tolerate === undefined
      ? ""
      : `
      tolerations:
        - { key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: ${tolerate} }
        - { key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: ${tolerate} }`;
  const volumes =
    claim === undefined
      ? ""
      : `
      volumes: [{ name: data, persistentVolumeClaim: { claimName: ${claim} } }]`;
  return `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: default }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }${kind === "StatefulSet" ? `\n  serviceName: ${name}` : ""}
  template:
    metadata: { labels: { app: ${name} } }
    spec:${spec}${tolerations}${volumes}
      containers:
        - name: main
          image: registry.example/app:1
          readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 }
          ports: [{ containerPort: 80 }]${cpu === undefined ? "" : `\n          resources: { requests: { cpu: ${cpu} } }`}${container}
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: default }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
---`;
}

function claim(name: string, storageClass: string): string {
  return `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name}, namespace: default }
spec: { accessModes: [ReadWriteOnce], storageClassName: ${storageClass}, resources: { requests: { storage: 1Gi } } }
---`;
}

const SPREAD = (key: string, app: string) => `
      topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: ${key}, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: ${app} } } }`;
const APART = (app: string) => `
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: ${app} } } }`;

interface Case {
  readonly name: string;
  readonly nodes: number;
  readonly zones?: number;
  readonly manifests: string;
  /** How many of the nodes that `web` stands on are lost, or which. */
  readonly lose: number | readonly string[];
  readonly verdict: Verdict;
  readonly also?: Verdict;
}

const CASES: readonly Case[] = [
  { name: "the only replica", nodes: 3, manifests: workload("web", {}), lose: 1, verdict: "outage" },
  {
    name: "the only replica, let go sooner",
    nodes: 3,
    manifests: workload("web", { tolerate: 30 }),
    lose: 1,
    verdict: "outage",
  },
  {
    name: "one of two replicas",
    nodes: 3,
    manifests: workload("web", { replicas: 2, tolerate: 30 }),
    lose: 1,
    verdict: "degraded",
  },
  {
    name: "both replicas with their nodes",
    nodes: 4,
    manifests: workload("web", { replicas: 2, tolerate: 20 }),
    lose: 2,
    verdict: "outage",
  },
  {
    name: "a slow probe",
    nodes: 3,
    manifests: workload("web", {
      tolerate: 10,
      container:
        "\n          startupProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 8, periodSeconds: 4 }",
    }),
    lose: 1,
    verdict: "outage",
  },
  {
    name: "an init container in front",
    nodes: 3,
    manifests: workload("web", {
      tolerate: 10,
      spec: "\n      initContainers: [{ name: first, image: registry.example/init:1 }]",
    }),
    lose: 1,
    verdict: "outage",
  },
  {
    name: "a budget that wants both",
    nodes: 3,
    manifests: `${workload("web", { replicas: 2, tolerate: 30 })}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: default }
spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
`,
    lose: 1,
    verdict: "outage",
  },
  {
    name: "a StatefulSet's pod",
    nodes: 3,
    manifests: workload("web", { kind: "StatefulSet", replicas: 2, tolerate: 30 }),
    lose: 1,
    verdict: "stuck",
  },
  {
    name: "a StatefulSet's only pod",
    nodes: 3,
    manifests: workload("web", { kind: "StatefulSet", tolerate: 30 }),
    lose: 1,
    verdict: "outage",
  },
  {
    name: "a volume that follows nobody",
    nodes: 3,
    manifests: claim("data", "longhorn") + workload("web", { tolerate: 30, claim: "data" }),
    lose: 1,
    verdict: "outage",
  },
  {
    name: "a volume on the node's own disk",
    nodes: 3,
    manifests: claim("data", "local-path") + workload("web", { tolerate: 30, claim: "data" }),
    lose: 1,
    verdict: "outage",
    also: "data-at-risk",
  },
  {
    name: "no room elsewhere",
    nodes: 3,
    manifests: workload("web", { replicas: 3, cpu: "3", tolerate: 30 }),
    lose: 1,
    verdict: "stuck",
  },
  {
    name: "as many replicas as nodes, kept apart",
    nodes: 3,
    manifests: workload("web", { replicas: 3, tolerate: 30, spec: APART("web") }),
    lose: 1,
    verdict: "stuck",
  },
  {
    name: "a hard spread over zones, one of which is lost",
    nodes: 4,
    zones: 2,
    manifests: workload("web", {
      replicas: 4,
      tolerate: 30,
      spec: SPREAD("topology.kubernetes.io/zone", "web"),
    }),
    lose: ["node-1", "node-3"],
    verdict: "stuck",
  },
  {
    name: "a zone of three nodes",
    nodes: 6,
    zones: 2,
    manifests: workload("web", { replicas: 6, tolerate: 20 }),
    lose: ["node-1", "node-3", "node-5"],
    verdict: "degraded",
  },
  {
    name: "most of a small zone",
    nodes: 5,
    manifests: workload("web", { replicas: 5, tolerate: 20 }),
    lose: ["node-1", "node-2", "node-3"],
    verdict: "stuck",
  },
  {
    name: "pods that stay for ever",
    nodes: 3,
    manifests: workload("web", { replicas: 2, spec: "\n      tolerations: [{ operator: Exists }]" }),
    lose: 1,
    verdict: "stuck",
  },
  {
    name: "a more important pod takes the room",
    nodes: 2,
    manifests: `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: high }
value: 1000
---${workload("web", { cpu: "3", tolerate: 30, spec: "\n      priorityClassName: high" })}${workload("low", { cpu: "3", tolerate: 30 })}`,
    lose: 1,
    verdict: "outage",
  },
];

describe("the judge says what the lab shows:", () => {
  test.each(CASES)("$name", async ({ nodes, zones, manifests, lose, verdict, also }) => {
    const seen = await judgeAndMeasure({ seed: 7, nodes, ...(zones && { zones }), manifests, lose });
    const web = seen.find(({ said }) => said.name === "web");
    expect(web?.said.verdict).toBe(verdict);
    if (also !== undefined) expect(web?.said.also?.map((one) => one.verdict)).toContain(also);
    for (const one of seen) expectWithin(one);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "the only replica comes back in time, whatever the moment of the loss (seed %i)",
  async (seed) => {
    const seen = await judgeAndMeasure({
      seed,
      nodes: 3,
      manifests: workload("web", { tolerate: 5 }),
      lose: 1,
    });
    for (const one of seen) expectWithin(one);
  },
);

/**
 * A cluster, some workloads and a set of nodes, all drawn from the seed. Several nodes of a zone leave one after another, and a
 * spread that is hard sees those that have not left yet; the judge looks at the end of it. So with several nodes there is none.
 */
function drawn(seed: number) {
  const random = new RandomStream(seed, "against-the-lab");
  const nodes = 3 + random.below(4);
  const zones = random.pick([1, 2, 3]);
  const drawnNodes = Array.from({ length: nodes }, (_, index) => `node-${index + 1}`).filter(
    () => random.below(3) === 0,
  );
  const lose = drawnNodes.length === 0 ? ["node-1"] : drawnNodes.slice(0, nodes - 1);
  const drawWorkload = (name: string) => {
    const replicas = 1 + random.below(4);
    const kind = random.pick(["Deployment", "Deployment", "Deployment", "StatefulSet"] as const);
    const spreads = [SPREAD("kubernetes.io/hostname", name), SPREAD("topology.kubernetes.io/zone", name)];
    const spec = random.pick(["", "", APART(name), ...(lose.length === 1 ? spreads : [])]);
    const budget =
      random.below(3) > 0
        ? ""
        : `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ${name}, namespace: default }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: ${name} } } }
---`;
    const cpu = random.pick(["100m", "1", "2"]);
    return workload(name, { kind, replicas, tolerate: 5 + random.below(40), spec, cpu }) + budget;
  };
  return { seed, nodes, zones, manifests: ["web", "api", "job"].map(drawWorkload).join(""), lose };
}

const SWEEP = Array.from({ length: Number(process.env.HOLDFAST_CASES) || 30 }, (_, index) => index + 1);

test.each(process.env.HOLDFAST_SEED ? [Number(process.env.HOLDFAST_SEED)] : SWEEP)(
  "a drawn cluster that loses a drawn set of nodes (HOLDFAST_SEED=%i replays it)",
  async (seed) => {
    const { manifests, lose, ...rest } = drawn(seed);
    const seen = await judgeAndMeasure({ ...rest, manifests, lose });
    for (const one of seen) expectWithin(one);
  },
);

interface Seen {
  readonly said: WorkloadVerdict;
  readonly measured: Measured;
}

async function judgeAndMeasure({
  seed,
  nodes,
  zones,
  manifests,
  lose,
}: {
  seed: number;
  nodes: number;
  zones?: number;
  manifests: string;
  lose: Case["lose"];
}): Promise<readonly Seen[]> {
  const cluster = await labCluster({ seed, nodes, ...(zones && { zones }), manifests });
  const { model } = cluster;
  const names = model.nodes.map(({ metadata }) => metadata.name);
  const standing = [
    ...new Set([...model.nodeOf].filter((_, pod) => model.workloadOf(pod).name === "web")),
  ].sort();
  const lost = typeof lose === "number" ? standing.slice(0, lose) : lose.map((name) => names.indexOf(name));
  const loss: Loss = { id: "the loss", kind: "nodes", nodes: lost };
  const judge = new Judge({ facts: factsOf(model), placing: placingFor(model), tries: TRIES });
  const said = judge.judge(loss).workloads.map((one) => one.verdict);
  const watched = said.map(({ name, ready }) => ({ name, enough: ready.enough }));
  const measured = measureLoss(
    cluster,
    lost.map((node) => names[node] as string),
    watched,
    WATCH_SECONDS,
  );
  return said.map((one) => ({ said: one, measured: measured.get(one.name) as Measured }));
}

function expectWithin({ said, measured }: Seen): void {
  const { name, verdict, downSeconds, deadEndpointsSeconds } = said;
  if (verdict === "outage") expectIn(`outage of ${name}`, measured.below, downSeconds);
  else expect(measured.below, `${name} is never below what is enough`).toBe(0);
  if (verdict === "degraded") expectIn(`${name} degraded`, measured.degraded, downSeconds);
  if (verdict === "stuck" && downSeconds?.min === null)
    expect(measured.degraded, `${name} comes back`).toBeNull();
  if (deadEndpointsSeconds !== undefined)
    expectIn(`requests to lost pods of ${name}`, measured.deadEndpoints, deadEndpointsSeconds);
}

/** How coarse the stop-watch is. */
const SLACK = 0.2;

function expectIn(what: string, took: number | null, said: SecondsOrNever | undefined): void {
  const told = `${what}: took ${took} s, said ${JSON.stringify(said)}`;
  expect(said, told).toBeDefined();
  if (took === null) expect(said?.max, told).toBeNull();
  else {
    expect(said?.min === null ? -1 : took, told).toBeGreaterThanOrEqual((said?.min ?? 0) - SLACK);
    expect(took, told).toBeLessThanOrEqual((said?.max ?? Number.POSITIVE_INFINITY) + SLACK);
  }
}
