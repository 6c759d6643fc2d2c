/** Losses of real nodes with real pods on them, by the clock. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HttpClient } from "../../src/client/http/http-client.ts";
import { nodes, pods } from "../../src/kube/kinds.ts";
import type { Pod } from "../../src/kube/types/index.ts";
import type { LossResult } from "../../src/prove/result.ts";
import { addProgram, clientOf, failNode, healNode } from "../cluster/bed.ts";
import { withBed } from "../cluster/own-bed.ts";
import { waitFor } from "../cluster/processes.ts";
import { type Bed, kubeconfigFile } from "../cluster/state.ts";
import { WEB_IMAGE, WEB_SOURCE } from "../drills/application.ts";
import { BED_PROFILE, bedWorkloads } from "./bed-workloads.ts";
import { create, prove, type Run, settled } from "./clusters.ts";
import { isReady } from "./ready.ts";
import { secondsOff } from "./seconds.ts";
import { type Lost, type Measured, measure } from "./stop-watch.ts";
import { NAMESPACE } from "./workloads.ts";

const NODES = 3;
const NODE_WATCH = { leastMs: 85_000, quietMs: 20_000, limitMs: 240_000 };
const POD_WATCH = { leastMs: 10_000, quietMs: 5_000, limitMs: 60_000 };
/** The workloads of which one pod is deleted. */
const PODS_OF = ["single", "pair", "ordered"];

/** Each node of a bed loses its power, one after another; then some pods are deleted. */
export async function losesOnBed(): Promise<readonly Run[]> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-losses-"));
  const profile = join(folder, "profile.json");
  writeFileSync(profile, JSON.stringify(BED_PROFILE));
  try {
    return await withBed({ nodes: NODES }, async (bed) => {
      const client = clientOf(bed);
      try {
        addProgram(bed, { name: WEB_IMAGE, source: WEB_SOURCE });
        await create(client, bedWorkloads());
        const runs: Run[] = [];
        for (const app of PODS_OF) runs.push(await losePod(bed, client, app, profile));
        for (const node of bed.nodes) runs.push(await loseNode(bed, client, node, profile));
        return runs;
      } finally {
        client.close();
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function losePod(bed: Bed, client: HttpClient, app: string, profile: string): Promise<Run> {
  await settled(client);
  const { items } = await client.list(pods, { namespace: NAMESPACE });
  const one = items.find(({ metadata }) => metadata.labels?.app === app) as Pod;
  const { name, uid } = one.metadata;
  const loss = lossOf(await prove(kubeconfigFile(bed), "pods", profile), name);
  const seen = watch(client, loss, { podUid: uid }, POD_WATCH);
  await client.delete(pods, NAMESPACE, name);
  return told(loss, await seen);
}

async function loseNode(bed: Bed, client: HttpClient, node: string, profile: string): Promise<Run> {
  await settled(client);
  const loss = lossOf(await prove(kubeconfigFile(bed), "nodes", profile), node);
  const seen = watch(client, loss, { node }, NODE_WATCH);
  await failNode(bed, node, "power-off");
  const run = told(loss, await seen);
  await healNode(bed, node);
  await waitFor("The node's return", 120, async () => (await client.list(nodes)).items.every(isReady));
  return run;
}

function watch(
  client: HttpClient,
  { workloads }: LossResult,
  lost: Lost,
  times: typeof NODE_WATCH,
): Promise<ReadonlyMap<string, Measured>> {
  const watched = workloads.map(({ name, ready: { before, enough } }) => ({ name, before, enough }));
  return measure(client, lost, watched, times);
}

function told(loss: LossResult, measured: ReadonlyMap<string, Measured>): Run {
  const found = secondsOff(loss, measured);
  const { id, verdict, workloads } = loss;
  const lines = workloads.map(({ name, verdict: own, downSeconds, deadEndpointsSeconds }) => {
    const seen = measured.get(name);
    return `  ${name}: ${own} ${JSON.stringify(downSeconds)}, endpoints ${JSON.stringify(deadEndpointsSeconds)}; seen ${JSON.stringify(seen)}`;
  });
  const text =
    found.length === 0 ? "as proved" : `not as proved: ${found.map(({ workload }) => workload).join(", ")}`;
  console.log(`${id}: ${verdict}, ${text}\n${lines.join("\n")}`);
  return { loss: id, verdict, workloads: workloads.length, differences: found };
}

function lossOf(losses: readonly LossResult[], name: string): LossResult {
  const loss = losses.find(({ lost }) => lost.some((one) => one === name || one.endsWith(`/${name}`)));
  if (loss === undefined) throw new Error(`Nothing was proved of ${name}`);
  return loss;
}
