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
import type { Change, Cluster, Placement, Scores } from "./scheduling.ts";

/** Where the judge is, when there is one. */
export const REFERENCE = process.env.HOLDFAST_REFERENCE_SERVER;
const TOKEN = process.env.HOLDFAST_REFERENCE_TOKEN ?? "";
const LOG = process.env.HOLDFAST_REFERENCE_LOG;

/** Builds the cluster, lets the pod in, reports what became of it and cleans up. */
export async function referencePlacement(
  given: Cluster & { readonly pod: Pod },
): Promise<{ readonly placement: Placement; readonly scores: Scores }> {
  return withCluster(given, async () => {
    const logStart = logSize();
    await put(given.pod);
    const settled = await settledPod(given.pod);
    await sleep(200);
    return {
      placement: await placementOf(settled, given.pods ?? []),
      scores: readScores(logSince(logStart), given.pod),
    };
  });
}

/** Whether the scheduler tries the pod, for which it found no node, again once the change has happened. */
export async function referenceRetries(
  given: Cluster & { readonly pod: Pod; readonly change: Change },
): Promise<boolean> {
  const { create, update, delete: gone } = given.change;
  return withCluster({ ...given, extra: create === undefined ? [] : [create] }, async () => {
    await put(given.pod);
    await settledPod(given.pod);
    // Long enough for its back-off to be over.
    await sleep(1_500);
    const logStart = logSize();
    if (create !== undefined) await put(create);
    if (update !== undefined) await replace(update);
    if (gone !== undefined) await remove(gone);
    await sleep(700);
    return logSince(logStart).some((line) =>
      line.includes(`"Attempting to schedule pod" pod="${keyOf(given.pod)}"`),
    );
  });
}

/** Runs `work` in the cluster, and leaves nothing behind. */
async function withCluster<T>(
  given: Cluster & { readonly pod: Pod; readonly extra?: readonly KubeObject[] },
  work: () => Promise<T>,
): Promise<T> {
  const { nodes, pods = [], objects = [], pod, extra = [] } = given;
  const isNamespace = ({ kind }: KubeObject) => kind === "Namespace";
  const named = new Set(["default", ...objects.filter(isNamespace).map(({ metadata }) => metadata.name)]);
  const used = new Set([...objects, ...pods, pod].flatMap(({ metadata }) => metadata.namespace ?? []));
  const unnamed = [...used].filter((name) => !named.has(name)).map(namespace);
  const others = objects.filter((object) => !isNamespace(object));
  const all = [...unnamed, ...objects.filter(isNamespace), ...nodes, ...others, ...pods];
  try {
    for (const object of all) await put(object);
    // The scheduler's informers are a little behind.
    await sleep(300);
    return await work();
  } finally {
    for (const object of [pod, ...extra, ...all.toReversed()]) await remove(object);
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

function logSize(): number {
  return LOG === undefined ? 0 : statSync(LOG).size;
}

function logSince(start: number): readonly string[] {
  return LOG === undefined ? [] : readFileSync(LOG).subarray(start).toString("utf8").split("\n");
}

function keyOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function readScores(lines: readonly string[], pod: Pod): Scores {
  const scores: Record<string, Record<string, number>> = {};
  const key = `pod="${keyOf(pod)}"`;
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

/** What to send so that the stored object becomes like the other. Of a pod that exists only a little can change. */
export function updatedObject(current: KubeObject, wanted: KubeObject): KubeObject {
  const { labels, annotations } = wanted.metadata;
  const { labels: _labels, annotations: _annotations, ...kept } = current.metadata;
  const metadata = { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) };
  if (wanted.kind !== "Pod") return { ...wanted, metadata };
  const { spec } = current as Pod;
  const { tolerations } = (wanted as Pod).spec;
  return { ...current, metadata, spec: { ...spec, ...(tolerations && { tolerations }) } } as KubeObject;
}

async function replace(object: KubeObject): Promise<void> {
  const current = (await request("GET", pathOf(object))) as KubeObject;
  const updated = (await request("PUT", pathOf(object), updatedObject(current, object))) as KubeObject;
  const { status } = object as KubeObject & { readonly status?: object };
  if (status !== undefined) await request("PUT", `${pathOf(object)}/status`, { ...updated, status });
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
