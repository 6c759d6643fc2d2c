import type { Client } from "../../../src/client/client.ts";
import type { Kind } from "../../../src/kube/kind.ts";
import { events, namespaces, pods } from "../../../src/kube/kinds.ts";
import { StatusError } from "../../../src/kube/status-error.ts";
import type { KubeObject } from "../../../src/kube/types/index.ts";
import { Album, SHOWN } from "./picture.ts";
import { ignore, now, podMetrics, sleep } from "./real-nodes.ts";
import type { Stage, Story } from "./stage.ts";

type Usage = Parameters<Stage["use"]>[1];

/** Tells a story on a real control plane, in a namespace of its own, and gives its pictures. Takes as long as it says. */
export async function tellOnReal(story: Story, client: Client): Promise<readonly string[]> {
  const namespace = `story-${story.name.toLowerCase().replace(/\W+/g, "-")}`
    .slice(0, 55)
    .concat(`-${process.pid}`);
  const album = new Album(namespace);
  const meter = new Meter(client, namespace);
  await client.create(namespaces, undefined, { metadata: { name: namespace } });
  await sleep(1_500);

  const request = async (answer: Promise<unknown>) => {
    try {
      await answer;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      album.refused(error.message);
    }
  };
  const firstPod = async (app: string, phase?: string) => {
    const { items } = await client.list(pods, { namespace, labelSelector: `app=${app}` });
    return items.find(({ status }) => phase === undefined || status.phase === phase)?.metadata.name ?? "";
  };
  const stage: Stage = {
    create: (kind, body) => request(client.create(kind, namespace, body)),
    change: (kind, name, body) => request(client.patch(kind, namespace, name, "merge", body)),
    delete: (kind, name, propagationPolicy) =>
      request(client.delete(kind, namespace, name, propagationPolicy && { propagationPolicy })),
    deleteNamespace: () => request(client.delete(namespaces, undefined, namespace)),
    evict: async (app) => {
      const name = await firstPod(app, "Running");
      const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
      await request(client.subresource("create", pods, namespace, name, "eviction", eviction));
    },
    deletePod: async (app) => request(client.delete(pods, namespace, await firstPod(app))),
    use: async (app, usage) => meter.set(app, usage),
    elapse: (seconds) => sleep(seconds * 1_000),
    nextMinute: () => sleep(60_000 - (Date.now() % 60_000)),
    show: async (title) => {
      const all = new Map<Kind, readonly KubeObject[]>();
      for (const kind of SHOWN) all.set(kind, (await client.list(kind, { namespace })).items);
      album.show(title, all, await client.get(namespaces, undefined, namespace).catch(() => undefined));
    },
  };
  try {
    await story.tell(stage);
    album.tellEvents((await client.list(events, { namespace })).items);
  } finally {
    meter.stop();
    await ignore("NotFound", client.delete(namespaces, undefined, namespace));
  }
  return album.lines;
}

/** Writes what pods use, again and again, as long as the story has said something of it. */
class Meter {
  readonly #client: Client;
  readonly #namespace: string;
  readonly #usage = new Map<string, NonNullable<Usage>>();
  readonly #written = new Set<string>();
  #isRunning = false;

  constructor(client: Client, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  set(app: string, usage: Usage): void {
    if (usage === undefined) this.#usage.delete(app);
    else this.#usage.set(app, usage);
    if (!this.#isRunning) void this.#run();
  }

  stop(): void {
    this.#isRunning = false;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isRunning) {
      await this.#measure();
      await sleep(500);
    }
  }

  async #measure(): Promise<void> {
    const namespace = this.#namespace;
    const { items } = await this.#client.list(pods, { namespace });
    const stale = new Set(this.#written);
    const measured = items.map(async ({ metadata, spec, status }) => {
      const usage = this.#usage.get(metadata.labels?.app ?? "");
      if (usage === undefined || status.phase !== "Running") return;
      stale.delete(metadata.name);
      const amounts = { cpu: `${usage.cpuMillicores}m`, memory: String(usage.memoryBytes) };
      const reading = {
        timestamp: now(),
        window: "15s",
        containers: spec.containers.map(({ name }) => ({ name, usage: amounts })),
      };
      const { name, labels } = metadata;
      if (this.#written.has(name)) {
        await this.#client.patch(podMetrics, namespace, name, "merge", reading);
        return;
      }
      this.#written.add(name);
      const identity = { apiVersion: "metrics.k8s.io/v1beta1", kind: podMetrics.kind };
      await this.#client.create(podMetrics, namespace, {
        ...identity,
        metadata: { name, labels },
        ...reading,
      });
    });
    await Promise.all(measured);
    for (const name of stale) {
      this.#written.delete(name);
      await this.#client.delete(podMetrics, namespace, name);
    }
  }
}
