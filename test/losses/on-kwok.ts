/** Losses of nodes that KWOK plays: real controllers and a real scheduler, and no seconds that would mean anything. */
import { setTimeout as sleep } from "node:timers/promises";
import { createHttpClient, type HttpClient } from "../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { leases, nodes, pods } from "../../src/kube/kinds.ts";
import type { Node } from "../../src/kube/types/index.ts";
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts";
import { addFakeNodes, failFakeNode, healFakeNode } from "../cluster/kwok.ts";
import { waitFor } from "../cluster/processes.ts";
import { create, prove, type Run, settled } from "./clusters.ts";
import { differences } from "./compare.ts";
import { isReady, serves } from "./ready.ts";
import { watchReady } from "./watch-ready.ts";
import { NAMESPACE, randomWorkloads } from "./workloads.ts";

const NODES = 6;
const ROOM = { cpu: "4", memory: "16Gi", pods: "110" };
/** From the last heartbeat until pods are evicted it takes 70 s at the most. */
const WATCH = { leastMs: 80_000, quietMs: 20_000, limitMs: 240_000 };

/** So many losses, one after another, on one control plane. */
export async function losesOnKwok(seed: number, losses: number): Promise<readonly Run[]> {
  const plane = await startControlPlane({ with: ["controller-manager", "scheduler"] });
  const client = createHttpClient(loadKubeconfig({ path: plane.kubeconfig }), { agent: "losses" });
  try {
    // What runs in the plane's folder ends with it.
    const { folder, kubeconfig } = plane;
    await addFakeNodes(client, NODES, { folder, kubeconfig, room: ROOM });
    await waitFor("Nodes", 60, async () => (await client.list(nodes)).items.every(isReady));
    await create(client, randomWorkloads(seed));
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
  const losses = await prove(plane.kubeconfig, "nodes");
  const loss = losses.find(({ lost }) => lost.join() === node);
  if (loss === undefined) throw new Error(`Nothing was proved of ${node}`);
  const onNode = await readyOn(client, node);
  await failFakeNode(client, node);
  // Nothing is noticed of it for longer than the first look takes.
  const seen = await watchReady(client, WATCH, sleep);
  await checkNoticed(client, node);
  const found = differences(loss, seen, { onNode, daemons: daemonsOf(seed) });
  const text = found.length === 0 ? "as proved" : JSON.stringify(found);
  console.log(`seed ${seed}, ${node}: ${loss.verdict}, ${text}`);
  await healFakeNode(client, node);
  await waitFor("The node's return", 60, async () =>
    isReady((await client.get(nodes, undefined, node)) as Node),
  );
  return {
    loss: `seed ${seed}, ${loss.id}`,
    verdict: loss.verdict,
    workloads: seen.size,
    differences: found,
  };
}

/** @throws when the control plane takes the node for ready: then nothing was lost, and nothing that was seen says anything */
async function checkNoticed(client: HttpClient, node: string): Promise<void> {
  if (!isReady((await client.get(nodes, undefined, node)) as Node)) return;
  const { spec } = await client.get(leases, "kube-node-lease", node);
  throw new Error(
    `${node} is ready still, though KWOK was to leave it alone: its lease says ${JSON.stringify(spec)}`,
  );
}

/** By workload, how many ready pods are on the node. */
async function readyOn(client: HttpClient, node: string): Promise<ReadonlyMap<string, number>> {
  const { items } = await client.list(pods, { namespace: NAMESPACE });
  const counts = new Map<string, number>();
  for (const pod of items) {
    const { app = "" } = pod.metadata.labels ?? {};
    if (pod.spec.nodeName === node && serves(pod)) counts.set(app, (counts.get(app) ?? 0) + 1);
  }
  return counts;
}

/** Names of workloads that have a pod on every node. */
function daemonsOf(seed: number): ReadonlySet<string> {
  const daemons = randomWorkloads(seed).filter(({ kind }) => kind === "DaemonSet");
  return new Set(daemons.map(({ metadata }) => (metadata as { name: string }).name));
}
