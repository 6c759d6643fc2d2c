import { describe, expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { container, type PodBuilder, pod } from "../../../../test/support/pods.ts";
import { serviceDraft, servicePort } from "../../../../test/support/services.ts";
import { endpoints, pods, services } from "../../../kube/kinds.ts";
import type { Endpoints, Service } from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import { endpointsOfServices } from "./endpoints.ts";
import { repackSubsets, type Subset, truncateSubsets } from "./subsets.ts";

const web = container("main", { ports: [{ name: "web", containerPort: 8080, protocol: "TCP" }] });

function shop(name: string, ip: string, ready = true): PodBuilder {
  return pod(name)
    .labels({ app: "shop" })
    .containers(web)
    .on("a")
    .running(ready)
    .withStatus({ podIPs: [{ ip }] });
}

function start(service: Draft<Service>, ...all: readonly PodBuilder[]) {
  const lab = testLab();
  for (const builder of all) put(lab.api, pods, builder);
  endpointsOfServices(lab.context).start();
  lab.api.create(services, service);
  lab.engine.runFor(100);
  const find = () => lab.api.get(endpoints, "default", "shop");
  return { ...lab, find, get: () => find() as Endpoints };
}

/** "ready 10.1.0.1 | not ready 10.1.0.2 | web:8080". */
function summary({ addresses = [], notReadyAddresses = [], ports = [] }: Subset): string {
  const parts = [
    ["ready", ...addresses.map(({ ip }) => ip)],
    ["not ready", ...notReadyAddresses.map(({ ip }) => ip)],
    ["ports", ...ports.map(({ name = "", port }) => `${name}:${port}`)],
  ];
  return parts
    .filter(({ length }) => length > 1)
    .map((part) => part.join(" "))
    .join(" | ");
}

describe("the Endpoints of a Service", () => {
  test("carry its name, its labels, who looks after them and when they changed", () => {
    const { api, get } = start(serviceDraft("shop", {}, { team: "a" }), shop("p1", "10.1.0.1"));
    const service = api.get(services, "default", "shop");
    expect(get().metadata).toMatchObject({
      name: "shop",
      labels: { team: "a", "endpoints.kubernetes.io/managed-by": "endpoint-controller" },
      annotations: {
        "endpoints.kubernetes.io/last-change-trigger-time": service?.metadata.creationTimestamp,
      },
    });
    expect(get().subsets?.[0]?.addresses).toEqual([
      {
        ip: "10.1.0.1",
        nodeName: "a",
        targetRef: { kind: "Pod", namespace: "default", name: "p1", uid: expect.any(String) },
      },
    ]);
    expect(get().subsets?.[0]?.ports).toEqual([{ port: 80, protocol: "TCP" }]);
  });

  test("tell ready from not ready, and leave out who is on the way out", () => {
    const { api, engine, get } = start(
      serviceDraft("shop"),
      shop("p1", "10.1.0.1"),
      shop("p2", "10.1.0.2", false),
    );
    expect(get().subsets?.map(summary)).toEqual(["ready 10.1.0.1 | not ready 10.1.0.2 | ports :80"]);
    api.delete(pods, "default", "p1");
    engine.runFor(100);
    expect(get().subsets?.map(summary)).toEqual(["not ready 10.1.0.2 | ports :80"]);
    expect(get().metadata.annotations ?? {}).toEqual({});
  });

  test("name all pods of a Service that publishes everything", () => {
    const { api, engine, get } = start(
      serviceDraft("shop", { publishNotReadyAddresses: true }),
      shop("p1", "10.1.0.1"),
      shop("p2", "10.1.0.2", false),
    );
    api.delete(pods, "default", "p1");
    engine.runFor(100);
    expect(get().subsets?.map(summary)).toEqual(["ready 10.1.0.1 10.1.0.2 | ports :80"]);
  });

  test("need no ports when the Service is headless", () => {
    const { get } = start(serviceDraft("shop", { clusterIP: "None", ports: [] }), shop("p1", "10.1.0.1"));
    expect(get().subsets?.map(summary)).toEqual(["ready 10.1.0.1"]);
    expect(get().metadata.labels?.["service.kubernetes.io/headless"]).toBe("");
  });

  test("are grouped by the ports that pods have", () => {
    const other = container("main", {
      ports: [
        { name: "web", containerPort: 9999, protocol: "TCP" },
        { name: "metrics", containerPort: 9100, protocol: "TCP" },
      ],
    });
    const draft = serviceDraft("shop", {
      ports: [
        servicePort(80, { name: "http", targetPort: "web" }),
        servicePort(81, { name: "metrics", targetPort: "metrics" }),
        servicePort(82, { name: "num", targetPort: 7000, appProtocol: "kubernetes.io/h2c" }),
        servicePort(53, { name: "udp", targetPort: 5353, protocol: "UDP" }),
      ],
    });
    const { get } = start(
      draft,
      shop("p1", "10.1.0.1"),
      shop("p2", "10.1.0.2", false),
      shop("p3", "10.1.0.3").containers(other),
    );
    // Recorded from kube-controller-manager 1.34.4, but for the order of subsets, which hangs on uids.
    expect(get().subsets?.map(summary).sort()).toEqual([
      "ready 10.1.0.1 10.1.0.3 | not ready 10.1.0.2 | ports num:7000 udp:5353",
      "ready 10.1.0.1 | not ready 10.1.0.2 | ports http:8080",
      "ready 10.1.0.3 | ports http:9999 metrics:9100",
    ]);
  });

  test("go with the Service", () => {
    const { api, engine, find } = start(serviceDraft("shop"));
    expect(find()?.subsets).toBeUndefined();
    api.delete(services, "default", "shop");
    engine.runFor(100);
    expect(find()).toBeUndefined();
  });

  test("are written again when somebody deletes them, and not when nothing has changed", () => {
    const { api, engine, find } = start(serviceDraft("shop"), shop("p1", "10.1.0.1"));
    api.delete(endpoints, "default", "shop");
    engine.runFor(100);
    const { resourceVersion } = find()?.metadata ?? {};
    expect(resourceVersion).toBeDefined();
    const service = api.get(services, "default", "shop") as Service;
    api.update(services, { ...service, metadata: { ...service.metadata, annotations: { note: "n" } } });
    engine.runFor(100);
    expect(find()?.metadata.resourceVersion).toBe(resourceVersion);
  });
});

describe("subsets", () => {
  test("merge what is the same, and not ready wins over ready", () => {
    const port = { name: "a", port: 1, protocol: "TCP" };
    const merged = repackSubsets([
      { addresses: [{ ip: "10.0.0.2" }], ports: [port] },
      { addresses: [{ ip: "10.0.0.1" }], ports: [port] },
      {
        addresses: [{ ip: "10.0.0.1" }],
        notReadyAddresses: [{ ip: "10.0.0.2" }],
        ports: [{ ...port, name: "b" }],
      },
      { notReadyAddresses: [{ ip: "10.0.0.1" }], ports: [{ ...port, name: "b" }] },
    ]);
    expect(merged.map(summary).sort()).toEqual([
      "not ready 10.0.0.1 10.0.0.2 | ports b:1",
      "ready 10.0.0.1 10.0.0.2 | ports a:1",
    ]);
  });

  test.each([
    { name: "fits", ready: [600, 400], notReady: [0, 0], kept: undefined },
    { name: "ready ones share the room", ready: [900, 600], notReady: [10, 0], kept: ["600+0", "400+0"] },
    {
      name: "those not ready take what is left",
      ready: [500, 300],
      notReady: [300, 100],
      kept: ["500+150", "300+50"],
    },
  ])("are cut down to a thousand addresses: $name", ({ ready, notReady, kept }) => {
    const list = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ ip: `10.0.${i >> 8}.${i & 255}` }));
    const subsets = ready.map((count, at) => ({
      addresses: list(count),
      notReadyAddresses: list(notReady[at] ?? 0),
    }));
    const cut = truncateSubsets(subsets)?.map(
      ({ addresses = [], notReadyAddresses = [] }) => `${addresses.length}+${notReadyAddresses.length}`,
    );
    expect(cut).toEqual(kept);
  });
});
