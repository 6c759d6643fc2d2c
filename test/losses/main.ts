/**
 * Proves what real clusters would do when they lose a node, takes the node away, and holds what happens against the proof.
 *
 *   npm run losses                20 losses on four real control planes at once, whose nodes KWOK plays: about eight minutes
 *
 * --losses says how many, --clusters on how many control planes, --seed where the random workloads begin, --result writes a
 * file. The exit code is 1 where proof and cluster differ, 3 where no control plane can run.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createHttpClient, type HttpClient } from "../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { findKind, namespaces, nodes, pods, serviceAccounts } from "../../src/kube/kinds.ts";
import type { Node } from "../../src/kube/types/index.ts";
import type { LossResult, ProveResult } from "../../src/prove/result.ts";
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts";
import { addFakeNodes, failFakeNode, healFakeNode } from "../cluster/kwok.ts";
import { waitFor } from "../cluster/processes.ts";
import { ProgramMissing } from "../programs/build.ts";
import { type Difference, differences } from "./compare.ts";
import { watchReady } from "./watch-ready.ts";
import { NAMESPACE, randomWorkloads } from "./workloads.ts";

const NODES = 6;
const ROOM = { cpu: "4", memory: "16Gi", pods: "110" };
const HOLDFAST = resolve(import.meta.dirname, "../../dist/cli/main.js");
/** From the last heartbeat until pods are evicted it takes 70 s at the most. */
const WATCH = { leastMs: 80_000, quietMs: 20_000, limitMs: 240_000 };

interface Run {
  readonly seed: number;
  readonly node: string;
  readonly verdict: string;
  readonly workloads: number;
  readonly differences: readonly Difference[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      losses: { type: "string", default: "20" },
      clusters: { type: "string", default: "4" },
      seed: { type: "string", default: "1" },
      result: { type: "string" },
    },
  });
  const [losses, clusters, first] = [values.losses, values.clusters, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const shares = Array.from({ length: clusters }, (_, i) => Math.floor((losses + i) / clusters));
  const runs = (await Promise.all(shares.map((share, i) => onCluster(first + i, share)))).flat();
  const different = runs.filter(({ differences: found }) => found.length > 0);
  console.log(`${runs.length} losses, ${different.length} of them not as proved`);
  if (values.result !== undefined)
    writeFileSync(values.result, JSON.stringify({ losses: runs.length, runs }));
  if (different.length > 0) process.exitCode = 1;
}

/** So many losses, one after another, on one control plane. */
async function onCluster(seed: number, losses: number): Promise<readonly Run[]> {
  const plane = await startControlPlane({ with: ["controller-manager", "scheduler"] });
  const client = createHttpClient(loadKubeconfig({ path: plane.kubeconfig }), { agent: "losses" });
  try {
    const folder = join(plane.folder, "kwok");
    await addFakeNodes(client, NODES, { folder, kubeconfig: plane.kubeconfig, room: ROOM });
    await waitFor("Nodes", 60, async () => (await client.list(nodes)).items.every(isReady));
    await client.create(namespaces, undefined, { metadata: { name: NAMESPACE } });
    await waitFor("The namespace's account", 60, () => hasAccount(client));
    for (const manifest of randomWorkloads(seed)) await create(client, manifest);
    const runs: Run[] = [];
    for (let i = 0; i < losses; i++) runs.push(await lose(plane, client, seed, `kwok-${(i % NODES) + 1}`));
    return runs;
  } finally {
    client.close();
    await plane.close();
  }
}

async function lose(plane: ControlPlane, client: HttpClient, seed: number, node: string): Promise<Run> {
  await settled(client);
  const proved = prove(plane.kubeconfig);
  const loss = proved.losses.find(({ lost }) => lost.join() === node);
  await failFakeNode(client, node);
  // Nothing is noticed of it for longer than the first look takes.
  const seen = await watchReady(client, WATCH, sleep);
  const found = differences(loss, seen, daemonsOf(seed));
  const verdict = loss?.verdict ?? "safe";
  console.log(
    `seed ${seed}, ${node}: ${verdict}, ${found.length === 0 ? "as proved" : JSON.stringify(found)}`,
  );
  await healFakeNode(client, node);
  await waitFor("The node's return", 60, async () =>
    isReady((await client.get(nodes, undefined, node)) as Node),
  );
  return { seed, node, verdict, workloads: seen.size, differences: found };
}

function prove(kubeconfig: string): { readonly losses: readonly LossResult[] } {
  const flags = ["prove", "--kubeconfig", kubeconfig, "--losses", "nodes", "-n", NAMESPACE, "-o", "json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [HOLDFAST, ...flags], { encoding: "utf8" });
  // 1: it found something, as it should.
  if (status !== 0 && status !== 1) throw new Error(`prove ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as ProveResult;
}

/** Names of workloads that have a pod on every node. */
function daemonsOf(seed: number): ReadonlySet<string> {
  const daemons = randomWorkloads(seed).filter(({ kind }) => kind === "DaemonSet");
  return new Set(daemons.map(({ metadata }) => (metadata as { name: string }).name));
}

/** Until nothing has moved for five seconds. */
async function settled(client: HttpClient): Promise<void> {
  let last = "";
  let since = performance.now();
  await waitFor("Quiet", 120, async () => {
    const { items } = await client.list(pods, { namespace: NAMESPACE });
    const text = JSON.stringify(
      items.map(({ metadata, spec, status }) => [metadata.uid, spec.nodeName, status.phase]),
    );
    if (text !== last) since = performance.now();
    last = text;
    return performance.now() - since > 5_000;
  });
}

async function create(
  client: HttpClient,
  manifest: ReturnType<typeof randomWorkloads>[number],
): Promise<void> {
  const kind = findKind(manifest.apiVersion, manifest.kind);
  if (kind === undefined) throw new Error(`no kind ${manifest.kind}`);
  await client.create(kind, kind.namespaced ? NAMESPACE : undefined, manifest);
}

/** Before it is there no pod is let in. */
async function hasAccount(client: HttpClient): Promise<boolean> {
  return (await client.list(serviceAccounts, { namespace: NAMESPACE })).items.length > 0;
}

function isReady({ status }: Node): boolean {
  return status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ProgramMissing)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
