// Our scheduler alone, and the exact engine that proofs ask in its place, against the real kube-scheduler 1.34 through its API: pods
// placed per second.
//
// This is no race on equal terms. The real one hears of pods by a watch and writes each placement, and an Event about it, to an API
// server that keeps it in etcd, all on this machine; ours is given objects in memory and hands back the name of a node. What the
// ratio says is how much faster the question "where would these pods go?" is answered here than by trying it.
//
// The real one may send 5,000 requests a second, and starts when all pods are there; its time runs from the first pod with a node to
// the last. Both look for nodes as they do by default. The nodes are objects without kubelets. Needs Go the first time: it builds the
// programs that `npm run programs` names.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tsImport } from "tsx/esm/api";
import { RandomStream } from "../dist/base/random.js";
import { createHttpClient } from "../dist/client/http/http-client.js";
import { loadKubeconfig } from "../dist/client/http/kubeconfig.js";
import { namespaces, nodes, pods, services } from "../dist/kube/kinds.js";
import { ExactAnswer } from "../dist/prove/engine/exact-answer.js";
import { LiteralAnswer } from "../dist/prove/literal/literal-answer.js";
import { ModelBuilder } from "../dist/prove/model/builder.js";
import { digestOf } from "../dist/prove/outcome.js";
import { SchedulingAlgorithm } from "../dist/scheduler/algorithm.js";
import { snapshotOf } from "../dist/scheduler/feed.js";
import { report } from "./support.mjs";

const { startControlPlane } = await tsImport("../test/cluster/control-plane.ts", import.meta.url);
const { startProcess, stopProcesses } = await tsImport("../test/cluster/processes.ts", import.meta.url);
const { program, ProgramMissing } = await tsImport("../test/programs/build.ts", import.meta.url);

try {
  for (const name of ["etcd", "kube-apiserver", "kube-scheduler"]) await program(name);
} catch (error) {
  if (!(error instanceof ProgramMissing)) throw error;
  console.error(error.message);
  process.exit(3);
}

const RUNS = 5;
const SIZES = [
  { nodeCount: 100, podCount: 2_000 },
  { nodeCount: 1_000, podCount: 2_000 },
];
const APPS = 20;
const ZONES = 3;
const REQUESTS_PER_SECOND = 5_000;
const WRITERS = 32;
const CPU = ["50m", "100m", "250m", "500m"];

function node(i) {
  const name = `n${i}`;
  const labels = { "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": `z${i % ZONES}` };
  const room = { cpu: "32", memory: "128Gi", pods: "110" };
  return { metadata: { name, labels }, status: { allocatable: room, capacity: room } };
}

/** One of an application's pods, which its Service spreads by default. */
function pod(i) {
  const requests = { cpu: CPU[i % CPU.length], memory: "128Mi" };
  const containers = [{ name: "main", image: "registry.example/app:1", resources: { requests } }];
  return {
    metadata: { name: `p${i}`, namespace: "default", labels: { app: `app-${i % APPS}` } },
    spec: { containers },
  };
}

function service(i) {
  const metadata = { name: `app-${i}`, namespace: "default" };
  return { metadata, spec: { selector: { app: `app-${i}` }, ports: [{ port: 80 }] } };
}

/** Creates so many objects, many at once; they come back as the server has them, in order. */
async function createAll(client, kind, namespace, count, make) {
  const made = new Array(count);
  let next = 0;
  const write = async () => {
    for (let i = next++; i < count; i = next++) made[i] = await client.create(kind, namespace, make(i));
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  return made;
}

/** Pods that the real scheduler places per second. */
async function realRate(plane, client, count) {
  const { metadata } = await client.list(pods, { namespace: "default" });
  const folder = mkdtempSync(join(tmpdir(), "holdfast-scheduler-bench-"));
  const config = join(folder, "scheduler.json");
  const limits = { qps: REQUESTS_PER_SECOND, burst: REQUESTS_PER_SECOND };
  const configuration = {
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    clientConnection: { kubeconfig: plane.kubeconfig, ...limits },
    leaderElection: { leaderElect: false },
  };
  writeFileSync(config, JSON.stringify(configuration));
  const command = [await program("kube-scheduler"), `--config=${config}`, "--secure-port=0"];
  startProcess({ folder, name: "scheduler", command });
  try {
    const placed = new Set();
    let [first, last] = [0, 0];
    for await (const { object } of client.watch(pods, { resourceVersion: metadata.resourceVersion })) {
      if (!object.spec?.nodeName || placed.has(object.metadata.name)) continue;
      last = performance.now();
      if (placed.size === 0) first = last;
      placed.add(object.metadata.name);
      if (placed.size === count) break;
    }
    return (count - 1) / ((last - first) / 1_000);
  } finally {
    await stopProcesses(folder, ["scheduler"]);
    rmSync(folder, { recursive: true });
  }
}

/** Pods that ours places per second. */
function ourRate(objects, waiting, seed) {
  const snapshot = snapshotOf(objects);
  const algorithm = new SchedulingAlgorithm({ snapshot, random: new RandomStream(seed, "bench") });
  const start = performance.now();
  for (const one of waiting) {
    const outcome = algorithm.schedule(one);
    if (outcome.kind !== "scheduled") throw new Error(`${one.metadata.name} is ${outcome.kind}`);
    snapshot.setPod({ ...one, spec: { ...one.spec, nodeName: outcome.nodeName } });
  }
  return waiting.length / ((performance.now() - start) / 1_000);
}

/** The same of the exact engine, from objects to the last placement; it has to place them as our scheduler does. */
function exactRate(objects, waiting, seed) {
  const start = performance.now();
  const builder = new ModelBuilder();
  for (const object of [...objects, ...waiting]) builder.add(object);
  const model = builder.build();
  const outcome = new ExactAnswer(model, { seed }).outcomeOf([]);
  const rate = waiting.length / ((performance.now() - start) / 1_000);
  if (outcome.placements.length !== waiting.length)
    throw new Error(`${outcome.placements.length} of ${waiting.length} pods are placed`);
  if (digestOf(outcome) !== digestOf(new LiteralAnswer(model, { seed }).outcomeOf([])))
    throw new Error("The exact engine places pods elsewhere");
  return rate;
}

/** A client for a while: its connections do not outlast a computation that answers nobody. */
async function withClient(plane, use) {
  const client = createHttpClient(loadKubeconfig({ path: plane.kubeconfig }));
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

async function compare({ nodeCount, podCount }) {
  const plane = await startControlPlane({
    apiServer: [
      // What needs controllers, or would change the nodes.
      "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
      "--max-requests-inflight=0",
      "--max-mutating-requests-inflight=0",
      "--enable-priority-and-fairness=false",
    ],
  });
  try {
    const objects = await withClient(plane, async (client) => {
      const own = await createAll(client, nodes, undefined, nodeCount, node);
      const fronts = await createAll(client, services, "default", APPS, service);
      return [...(await client.list(namespaces)).items, ...fronts, ...own];
    });
    const rates = [];
    for (let run = 1; run <= RUNS; run++) {
      const { waiting, real } = await withClient(plane, async (client) => {
        const waiting = await createAll(client, pods, "default", podCount, pod);
        const real = await realRate(plane, client, podCount);
        await client.deleteCollection(pods, { namespace: "default" }, { gracePeriodSeconds: 0 });
        return { waiting, real };
      });
      rates.push({ real, ours: ourRate(objects, waiting, run), exact: exactRate(objects, waiting, run) });
    }
    const sizes = `${nodeCount.toLocaleString("en")} nodes, ${podCount.toLocaleString("en")} pods of ${APPS} applications, ${RUNS} runs`;
    for (const [who, what] of [
      ["ours", "our scheduler in memory"],
      ["exact", "the exact engine in memory"],
    ]) {
      const figures = rates.map((rate) => `${Math.round(rate[who])}/${Math.round(rate.real)}`).join(", ");
      report({
        what: `pods placed per second, ${what} / the real kube-scheduler through its API, which it also writes to`,
        ratios: rates.map((rate) => rate[who] / rate.real),
        bar: 20,
        better: "higher",
        sizes: `${sizes}, ${figures} a second`,
      });
    }
  } finally {
    await plane.close();
  }
}

for (const size of SIZES) await compare(size);
