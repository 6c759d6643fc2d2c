/**
 * Nodes on a real control plane that has none, with a kubelet for their pods that does what pods ask of it. Everything that
 * a story needs beside the control plane itself: heartbeats, pods' lives, measurements.
 */
import type { Body, Client } from "../../../src/client/client.ts";
import type { Kind } from "../../../src/kube/kind.ts";
import { customResourceDefinitions, leases, nodes, pods } from "../../../src/kube/kinds.ts";
import { isStatus } from "../../../src/kube/status-error.ts";
import type { Pod } from "../../../src/kube/types/index.ts";
import { behaviourOf, NODE_MARK, NODES } from "./stage.ts";

const LEASES = "kube-node-lease";
const HEARTBEAT_MS = 8_000;
const ALLOCATABLE = { cpu: "16", memory: "64Gi", pods: "110" };

/** What metrics-server would answer, as custom objects that a story writes itself. */
export const podMetrics = {
  group: "metrics.k8s.io",
  version: "v1beta1",
  kind: "PodMetrics",
  plural: "pods",
  namespaced: true,
} as Kind;

const METRICS_CRD = "pods.metrics.k8s.io";

/** Brings the nodes up; the function that it gives takes them away. */
export async function startNodes(client: Client): Promise<() => Promise<void>> {
  await ignore("AlreadyExists", client.create(customResourceDefinitions, undefined, metricsDefinition()));
  for (const name of NODES) {
    await ignore("AlreadyExists", client.create(nodes, undefined, nodeBody(name)));
    await ignore("AlreadyExists", client.create(leases, LEASES, leaseBody(name)));
  }
  const beat = () => Promise.all(NODES.map((name) => heartbeat(client, name)));
  await beat();
  const beating = setInterval(() => void beat(), HEARTBEAT_MS);
  const kubelet = new RealKubelet(client);
  const watching = kubelet.run();
  await sleep(8_000);
  return async () => {
    clearInterval(beating);
    kubelet.stop();
    await watching;
    for (const name of NODES) {
      await client.delete(nodes, undefined, name);
      await client.delete(leases, LEASES, name);
    }
    await client.delete(customResourceDefinitions, undefined, METRICS_CRD);
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits for the answer, and lets one refusal pass: what was to be has come about already. */
export async function ignore(reason: "AlreadyExists" | "NotFound", request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isStatus(error, reason)) throw error;
  }
}

class RealKubelet {
  readonly #client: Client;
  readonly #begun = new Set<string>();
  #notices: AsyncIterator<unknown> | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  async run(): Promise<void> {
    const notices = this.#client.watch(pods, {})[Symbol.asyncIterator]();
    this.#notices = notices;
    for (let next = await notices.next(); !next.done; next = await notices.next()) {
      const { type } = next.value;
      if (type !== "ADDED" && type !== "MODIFIED") continue;
      const pod = next.value.object as Pod;
      if (NODES.includes(pod.spec.nodeName ?? "")) void ignore("NotFound", this.#see(pod)).catch(() => {});
    }
  }

  stop(): void {
    void this.#notices?.return?.();
  }

  async #see(pod: Pod): Promise<void> {
    const { uid, namespace, name, deletionTimestamp } = pod.metadata;
    const { readyAfterMs, stopAfterMs, end } = behaviourOf(pod);
    if (deletionTimestamp !== undefined) {
      if (!this.#begin(`${uid} stop`)) return;
      await sleep(stopAfterMs);
      await this.#client.delete(pods, namespace, name, { gracePeriodSeconds: 0 });
      return;
    }
    if (pod.status.phase !== "Pending" || readyAfterMs === undefined || !this.#begin(`${uid} run`)) return;
    await sleep(readyAfterMs);
    await this.#write(pod, "Running", true, { running: { startedAt: now() } });
    if (end === undefined) return;
    await sleep(end.afterMs);
    const { exitCode } = end;
    const reason = exitCode === 0 ? "Completed" : "Error";
    const terminated = { exitCode, reason, finishedAt: now() };
    await this.#write(pod, exitCode === 0 ? "Succeeded" : "Failed", false, { terminated });
  }

  #begin(what: string): boolean {
    if (this.#begun.has(what)) return false;
    this.#begun.add(what);
    return true;
  }

  async #write({ metadata, spec }: Pod, phase: string, ready: boolean, state: Body): Promise<void> {
    const status = ready ? "True" : "False";
    const conditions = ["ContainersReady", "Ready"].map((type) => ({
      type,
      status,
      lastTransitionTime: now(),
    }));
    const containerStatuses = spec.containers.map(({ name, image }) => ({
      name,
      image,
      imageID: image,
      ready,
      started: ready,
      restartCount: 0,
      state,
      lastState: {},
    }));
    const body = { status: { phase, startTime: now(), conditions, containerStatuses } };
    const { namespace, name } = metadata;
    await this.#client.patch(pods, namespace, name, "strategic", body, { subresource: "status" });
  }
}

async function heartbeat(client: Client, name: string): Promise<void> {
  const ready = {
    type: "Ready",
    status: "True",
    reason: "KubeletReady",
    message: "",
    lastHeartbeatTime: now(),
  };
  const status = { capacity: ALLOCATABLE, allocatable: ALLOCATABLE, conditions: [ready] };
  const lease = { spec: { renewTime: microTime() } };
  await client.patch(nodes, undefined, name, "strategic", { status }, { subresource: "status" });
  await client.patch(leases, LEASES, name, "merge", lease);
}

function nodeBody(name: string): Body {
  return {
    metadata: { name, labels: { [NODE_MARK]: "", "kubernetes.io/hostname": name } },
    spec: { taints: [{ key: NODE_MARK, effect: "NoSchedule" }] },
  };
}

function leaseBody(name: string): Body {
  return {
    metadata: { name },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTime() },
  };
}

function metricsDefinition(): Body {
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return {
    metadata: { name: METRICS_CRD, annotations: { "api-approved.kubernetes.io": "unapproved, for a test" } },
    spec: {
      group: podMetrics.group,
      names: { plural: podMetrics.plural, kind: podMetrics.kind },
      scope: "Namespaced",
      versions: [
        { name: podMetrics.version, served: true, storage: true, schema: { openAPIV3Schema: anything } },
      ],
    },
  };
}

/** The clock, in whole seconds as objects carry it. */
export function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
