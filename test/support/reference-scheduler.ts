/**
 * A real kube-scheduler as the judge of placement cases. It needs a control plane of its own, without controllers and with the
 * admission plugins ServiceAccount, Priority and TaintNodesByCondition off: nothing else may touch its nodes and pods.
 *
 * HOLDFAST_REFERENCE_SERVER  its URL; HOLDFAST_REFERENCE_TOKEN  a bearer token that may do everything;
 * HOLDFAST_REFERENCE_LOG     the scheduler's log at verbosity 10, where scores are read from.
 */
import { readFileSync, statSync } from "node:fs";
import { isConditionTrue } from "../../src/kube/conditions.ts";
import { KINDS } from "../../src/kube/kinds.ts";
import type { KubeObject, Pod } from "../../src/kube/types/index.ts";
import type { Cluster, Placement, Scores } from "./scheduling.ts";

/** Where the judge is, when there is one. */
export const REFERENCE = process.env.HOLDFAST_REFERENCE_SERVER;
const TOKEN = process.env.HOLDFAST_REFERENCE_TOKEN ?? "";
const LOG = process.env.HOLDFAST_REFERENCE_LOG;

/** Builds the cluster, lets the pod in, reports what became of it and cleans up. */
export async function referencePlacement(
  given: Cluster & { readonly pod: Pod },
): Promise<{ readonly placement: Placement; readonly scores: Scores }> {
  const { nodes, pods = [], objects = [], pod } = given;
  const all: KubeObject[] = [];
  const create = async (object: KubeObject) => {
    all.push(await put(object));
  };
  try {
    const named = objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
    const used = new Set([...objects, ...pods, pod].map(({ metadata }) => metadata.namespace));
    for (const name of used) {
      if (name === undefined || name === "default" || named.includes(name)) continue;
      await create(namespace(name));
    }
    for (const object of [...objects.filter(({ kind }) => kind === "Namespace"), ...nodes])
      await create(object);
    for (const object of objects) if (object.kind !== "Namespace") await create(object);
    for (const other of pods) await create(other);
    // The scheduler's informers are a little behind.
    await sleep(300);
    const logStart = LOG === undefined ? 0 : statSync(LOG).size;
    await create(pod);
    const settled = await settledPod(pod);
    await sleep(200);
    return { placement: await placementOf(settled, pods), scores: readScores(logStart, pod) };
  } finally {
    for (const object of all.reverse()) await remove(object);
    await sleep(100);
  }
}

async function placementOf(pod: Pod, others: readonly Pod[]): Promise<Placement> {
  if (pod.spec.nodeName) return { node: pod.spec.nodeName };
  const message = pod.status.conditions?.find(({ type }) => type === "PodScheduled")?.message ?? "";
  const fresh = (await request("GET", pathOf(pod))) as Pod;
  const { nominatedNodeName } = fresh.status;
  if (!nominatedNodeName) return { message };
  const victims: string[] = [];
  for (const other of others) {
    const now = (await request("GET", pathOf(other)).catch(() => undefined)) as Pod | undefined;
    if (now === undefined || isConditionTrue(now.status.conditions, "DisruptionTarget")) {
      victims.push(other.metadata.name);
    }
  }
  return { message, nominated: nominatedNodeName, victims: victims.sort() };
}

async function settledPod(pod: Pod): Promise<Pod> {
  for (let i = 0; i < 100; i++) {
    const now = (await request("GET", pathOf(pod))) as Pod;
    const condition = now.status.conditions?.find(({ type }) => type === "PodScheduled");
    if (now.spec.nodeName || condition?.message) return now;
    await sleep(50);
  }
  throw new Error(`The reference scheduler said nothing about pod ${pod.metadata.name}`);
}

function readScores(from: number, { metadata }: Pod): Scores {
  const scores: Record<string, Record<string, number>> = {};
  if (LOG === undefined) return scores;
  const lines = readFileSync(LOG).subarray(from).toString("utf8").split("\n");
  const key = `pod="${metadata.namespace}/${metadata.name}"`;
  for (const line of lines) {
    if (!line.includes('"Plugin scored node for pod"') || !line.includes(key)) continue;
    const [, plugin = "", node = "", score = ""] =
      /plugin="(\S+)" node="(\S+)" score=(-?\d+)/.exec(line) ?? [];
    scores[node] = { ...scores[node], [plugin]: Number(score) };
  }
  return scores;
}

async function put(object: KubeObject): Promise<KubeObject> {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _created, ...metadata } = object.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds: _grace, ...rest } = metadata;
  let answer = await request("POST", collectionOf(object), { ...object, metadata: rest });
  const { status } = object as KubeObject & { readonly status?: object };
  if (status !== undefined && Object.keys(status).length > 0) {
    answer = await request("PATCH", `${pathOf(object)}/status`, { status });
  }
  // Nobody runs it, so nobody reports its end: it stays on its way out.
  if (deletionTimestamp !== undefined) await request("DELETE", pathOf(object), { gracePeriodSeconds: 600 });
  return answer as KubeObject;
}

async function remove(object: KubeObject): Promise<void> {
  if (object.kind === "Namespace") return;
  await request("PATCH", pathOf(object), { metadata: { finalizers: null } }).catch(() => undefined);
  await request("DELETE", pathOf(object), { gracePeriodSeconds: 0 }).catch(() => undefined);
}

function collectionOf({ apiVersion, kind, metadata }: KubeObject): string {
  const row = KINDS.find(
    (other) => other.kind === kind && `${other.group}/${other.version}`.endsWith(apiVersion),
  );
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  return `${root}${scope}/${row?.plural}`;
}

function pathOf(object: KubeObject): string {
  return `${collectionOf(object)}/${object.metadata.name}`;
}

async function request(method: string, path: string, body?: object): Promise<object> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const answer = await fetch(`${REFERENCE}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": type },
    ...(body && { body: JSON.stringify(body) }),
  });
  const value = (await answer.json()) as { readonly reason?: string; readonly message?: string };
  if (answer.ok || (method === "POST" && value.reason === "AlreadyExists")) return value;
  throw new Error(`${method} ${path}: ${JSON.stringify(value.message)}`);
}

function namespace(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } as KubeObject["metadata"] };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
