import { describe, expect, test } from "vitest";
import { deploymentDraft } from "../../test/support/workloads.ts";
import { deployments, leases, nodes, pods, services } from "../kube/kinds.ts";
import { createLab } from "./lab.ts";
import type { Replaceable } from "./options.ts";

const SECONDS = 1_000;

function labWithout(...without: readonly Replaceable[]) {
  const lab = createLab({ nodes: 2, without });
  lab.engine.runFor(10 * SECONDS);
  lab.api.create(deployments, deploymentDraft("web"));
  lab.engine.runFor(60 * SECONDS);
  return lab;
}

describe("a lab whose parts others run", () => {
  test("has Ready nodes, but nobody acts on a Deployment", () => {
    const lab = labWithout("controllers", "scheduler");
    const conditions = lab.api.list(nodes).map(({ status }) => status.conditions?.at(-1));
    expect(conditions.map((condition) => [condition?.type, condition?.status])).toEqual([
      ["Ready", "True"],
      ["Ready", "True"],
    ]);
    expect(lab.api.list(pods)).toEqual([]);
  });

  test("leaves pods where they are without a scheduler, and makes them", () => {
    const made = labWithout("scheduler").api.list(pods);
    expect(made.length).toBeGreaterThan(0);
    expect(made.filter(({ spec }) => spec.nodeName !== undefined)).toEqual([]);
  });

  test("keeps what comes with add-ons: a balanced Service gets its address", () => {
    const lab = labWithout("controllers", "scheduler");
    const spec = { type: "LoadBalancer", ports: [{ port: 80 }] } as const;
    lab.api.create(services, { metadata: { name: "web", namespace: "default" }, spec });
    lab.engine.runFor(10 * SECONDS);
    const addresses = lab.api.get(services, "default", "web")?.status.loadBalancer?.ingress;
    expect(addresses).toMatchObject([{ ip: "10.77.255.200" }]);
  });

  test("is told of every renewal of a Lease, until the node is lost", () => {
    const lab = createLab({ nodes: 2, without: ["controllers"] });
    lab.engine.runFor(5 * SECONDS);
    const renewed: string[] = [];
    lab.api.onChange(leases, ({ object }) =>
      renewed.push(`${object.metadata.name} ${object.spec.renewTime}`),
    );
    lab.engine.runFor(60 * SECONDS);
    const of = (name: string) => renewed.filter((line) => line.startsWith(name));
    expect(of("node-1")).toHaveLength(6);
    lab.failures.fail("node-1", "power-off");
    renewed.length = 0;
    lab.engine.runFor(60 * SECONDS);
    expect([of("node-1").length, of("node-2").length]).toEqual([0, 6]);
  });
});

test("runs the pods that a node has in its own files, whatever becomes of their image in the API", () => {
  const proxy = {
    metadata: { name: "proxy", namespace: "kube-system" },
    spec: { hostNetwork: true, containers: [{ name: "proxy", image: "haproxy:3" }] },
  };
  const lab = createLab({ seed: 1, nodes: 2, staticPods: { "node-2": [proxy] } });
  const find = () => lab.api.get(pods, "kube-system", "proxy-node-2");
  const isReady = () =>
    find()?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  expect(lab.engine.runWhile(() => !isReady(), lab.engine.now() + 60_000)).toBe(true);
  expect(find()?.spec.nodeName).toBe("node-2");
  const { uid } = find()?.metadata ?? {};
  lab.api.delete(pods, "kube-system", "proxy-node-2");
  expect(
    lab.engine.runWhile(() => !isReady() || find()?.metadata.uid === uid, lab.engine.now() + 60_000),
  ).toBe(true);
  expect(find()?.status.containerStatuses?.[0]?.restartCount).toBe(0);
});
