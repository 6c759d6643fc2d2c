/** The bed itself: that what it says of nodes is real, and that nothing of it stays behind. Takes root, Go and about two minutes. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HttpClient } from "../../src/client/http/http-client.ts";
import { deployments, nodes, pods, services } from "../../src/kube/kinds.ts";
import { dns } from "./add-ons/dns.ts";
import { missingForMonitoring, monitoring, prometheusUrl } from "./add-ons/monitoring.ts";
import { addProgram, bringUp, clientOf, failNode, healNode, missingForBed, takeDown } from "./bed.ts";
import { run } from "./network.ts";
import { CLUSTER_DNS } from "./node.ts";
import { waitFor } from "./processes.ts";
import { type Bed, BedError, findBed, memberOf, rangeOf } from "./state.ts";
import { traces } from "./traces.ts";

const PORT = 30_080;
const IMAGE = "docker.io/bed/hello:1";
/** Answers every connection with the name of its pod. */
const HELLO = readFileSync(join(import.meta.dirname, "hello.c"), "utf8");

const missing = missingForBed() ?? missingForMonitoring();

describe.skipIf(missing !== undefined)(`a bed${missing === undefined ? "" : ` (${missing})`}`, () => {
  const name = `test-${process.pid}`;
  let bed: Bed;
  let client: HttpClient;

  beforeAll(async () => {
    bed = await bringUp({ name, nodes: 2, kwok: 5, addOns: [dns, monitoring] });
    client = clientOf(bed);
    addProgram(bed, { name: IMAGE, source: HELLO });
  });
  afterAll(async () => {
    client?.close();
    const left = findBed(name);
    if (left !== undefined) await takeDown(left);
  });

  const isReady = async (node: string) => {
    const found = await client.get(nodes, undefined, node);
    return found?.status.conditions?.find(({ type }) => type === "Ready")?.status === "True";
  };

  test("has real nodes, and others beside them that only look like it", async () => {
    await waitFor("The fake nodes", 30, async () => {
      const { items } = await client.list(nodes, { labelSelector: "type=kwok" });
      return items.every(({ status }) =>
        status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
      );
    });
    const { items } = await client.list(nodes);
    expect(items).toHaveLength(7);
    expect(items.find(({ metadata }) => metadata.name === "node-1")?.status.nodeInfo?.kubeletVersion).toBe(
      "v1.34.4",
    );
  });

  test("runs an image of ours, and answers at every node's port", async () => {
    await client.create(deployments, "default", deployment());
    await client.create(services, "default", {
      metadata: { name: "hello" },
      spec: {
        type: "NodePort",
        selector: { app: "hello" },
        ports: [{ port: 80, targetPort: 8080, nodePort: PORT }],
      },
    });
    for (const node of bed.nodes) {
      await waitFor(
        `An answer from ${node}`,
        60,
        async () => (await ask(node))?.startsWith("hello-") ?? false,
      );
    }
  });

  test("knows the cluster's names, at the address that pods are told", () => {
    const resolve = `
      const resolver = new (require("node:dns").promises.Resolver)();
      resolver.setServers([process.argv[1]]);
      resolver.resolve4("kubernetes.default.svc.cluster.local").then((found) => console.log(found[0]));`;
    const { namespace } = memberOf(bed, "node-2");
    const found = run(namespace, process.execPath, "-e", resolve, CLUSTER_DNS(bed));
    expect(found.trim()).toBe(`${rangeOf(bed)}.240.1`);
  });

  test("is watched: every program of it, and the pods that ask for it", async () => {
    const jobs = async () => {
      const answer = await fetch(`${prometheusUrl(bed)}/api/v1/query?query=sum(up)by(job)`);
      const { data } = (await answer.json()) as Query;
      return Object.fromEntries(data.result.map(({ metric, value }) => [metric.job, value[1]]));
    };
    const one = Object.fromEntries(
      ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"].map((job) => [job, "1"]),
    );
    const two = Object.fromEntries(["kubelet", "containers", "kube-proxy", "pods"].map((job) => [job, "2"]));
    await expect.poll(jobs, { timeout: 60_000, interval: 1_000 }).toEqual({ ...one, ...two });
  });

  test("does not answer from a node that has lost its power, and does again once it is back", async () => {
    await failNode(bed, "node-2", "power-off");
    expect(await ask("node-2")).toBeUndefined();
    await waitFor("The loss of node-2", 70, async () => !(await isReady("node-2")));
    await healNode(bed, "node-2");
    await waitFor("The return of node-2", 60, () => isReady("node-2"));
    await waitFor("An answer from node-2", 60, async () => (await ask("node-2")) !== undefined);
  });

  test("goes on serving on a node whose kubelet hangs", async () => {
    await failNode(bed, "node-1", "kubelet-hang");
    expect(await ask("node-1")).toMatch(/^hello-/);
    await healNode(bed, "node-1");
    await waitFor("node-1", 60, () => isReady("node-1"));
  });

  test("refuses a second bed of its name", async () => {
    await expect(bringUp({ name })).rejects.toThrow(BedError);
  });

  test("leaves nothing behind", async () => {
    expect((await client.list(pods)).items.length).toBeGreaterThan(0);
    await takeDown(bed);
    expect(traces(bed)).toEqual([]);
  });

  test("leaves nothing behind where the test that started it is killed", async () => {
    const script = join(import.meta.dirname, "hang.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said = await new Promise<string>((resolve) =>
      child.stdout.once("data", (text) => resolve(String(text))),
    );
    const orphan = findBed(said.trim());
    if (orphan === undefined) throw new Error(`There is no bed ${said}`);
    child.kill("SIGKILL");
    await waitFor("The end of the bed", 60, () => findBed(orphan.name) === undefined);
    expect(traces(orphan)).toEqual([]);
  });

  function ask(node: string): Promise<string | undefined> {
    const { ip } = memberOf(bed, node);
    return new Promise((resolve) => {
      get({ host: ip, port: PORT, agent: false, timeout: 1_000 }, (answer) => {
        let text = "";
        answer.on("data", (chunk) => {
          text += chunk;
        });
        answer.on("end", () => resolve(text));
        answer.on("error", () => resolve(undefined));
      })
        .on("timeout", function (this: { destroy(): void }) {
          this.destroy();
        })
        .on("error", () => resolve(undefined));
    });
  }
});

function deployment() {
  const labels = { app: "hello" };
  return {
    metadata: { name: "hello" },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { "kubernetes.io/os": "linux" },
          containers: [{ name: "hello", image: IMAGE, imagePullPolicy: "IfNotPresent" }],
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "DoNotSchedule",
              labelSelector: { matchLabels: labels },
            },
          ],
        },
      },
    },
  };
}

/** What Prometheus answers, as far as it is read. */
interface Query {
  readonly data: {
    readonly result: readonly {
      readonly metric: { readonly job: string };
      readonly value: [number, string];
    }[];
  };
}
