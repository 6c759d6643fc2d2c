import { describe, expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { node } from "../../../../test/support/nodes.ts";
import { container, type PodBuilder, pod } from "../../../../test/support/pods.ts";
import { serviceDraft, servicePort } from "../../../../test/support/services.ts";
import { withEndpoints } from "../../../kube/endpoint-slices.ts";
import { endpointSlices, nodes, pods, services } from "../../../kube/kinds.ts";
import type { EndpointSlice, Pod, Service } from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import { endpointSlice } from "./endpointslice.ts";

const web = container("main", { ports: [{ name: "web", containerPort: 8080, protocol: "TCP" }] });

/** A pod behind the Service "shop". */
function shop(name: string, ip: string, nodeName: string, ready = true): PodBuilder {
  return pod(name)
    .labels({ app: "shop" })
    .containers(web)
    .on(nodeName)
    .running(ready)
    .withStatus({ podIP: ip, podIPs: [{ ip }] });
}

function start(service: Draft<Service> | undefined, ...all: readonly PodBuilder[]) {
  const lab = testLab();
  for (const [name, zone] of [
    ["a", "z1"],
    ["b", "z2"],
  ] as const)
    put(lab.api, nodes, node(name).zone(zone));
  for (const builder of all) put(lab.api, pods, builder);
  endpointSlice(lab.context).start();
  if (service !== undefined) lab.api.create(services, service);
  lab.engine.runFor(100);
  const slices = () => lab.api.list(endpointSlices, { namespace: "default" });
  return {
    ...lab,
    slices,
    only: () => slices()[0] as EndpointSlice,
    addresses: () =>
      slices()
        .map(withEndpoints)
        .flatMap(({ endpoints }) => endpoints.flatMap(({ addresses }) => addresses)),
    /** Changes the status of a pod. */
    setReady(name: string, ready: boolean) {
      const found = lab.api.get(pods, "default", name) as Pod;
      const conditions = [
        {
          type: "Ready",
          status: ready ? "True" : "False",
          lastTransitionTime: `2026-01-01T0${lab.engine.tasksRun % 10}:00:00Z`,
        },
      ] as const;
      lab.api.updateStatus(pods, { ...found, status: { ...found.status, conditions } });
    },
  };
}

describe("a Service's slice", () => {
  test("belongs to it and carries its labels and the moment of the change", () => {
    const draft = serviceDraft("shop", { ports: [servicePort(80, { targetPort: "web" })] }, { team: "a" });
    const { only, api } = start(draft, shop("p1", "10.1.0.1", "a"));
    const service = api.get(services, "default", "shop") as Service;
    expect(only().metadata).toMatchObject({
      generateName: "shop-",
      labels: {
        team: "a",
        "kubernetes.io/service-name": "shop",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
      },
      annotations: { "endpoints.kubernetes.io/last-change-trigger-time": service.metadata.creationTimestamp },
      ownerReferences: [
        {
          apiVersion: "v1",
          kind: "Service",
          name: "shop",
          uid: service.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
    expect(only().metadata.name).toMatch(/^shop-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test("tells of every pod where it is and how it is, as the real controller does", () => {
    const { only } = start(
      serviceDraft("shop", { ports: [servicePort(80)] }),
      shop("p1", "10.1.0.1", "a"),
      shop("p2", "10.1.0.2", "b", false),
    );
    const [first, second] = only().endpoints;
    expect(first).toEqual({
      addresses: ["10.1.0.1"],
      conditions: { ready: true, serving: true, terminating: false },
      targetRef: { kind: "Pod", namespace: "default", name: "p1", uid: expect.any(String) },
      nodeName: "a",
      zone: "z1",
    });
    expect(second?.conditions).toEqual({ ready: false, serving: false, terminating: false });
    expect(only().ports).toEqual([{ name: "", protocol: "TCP", port: 80 }]);
  });

  test("is there, empty, when nobody is behind the Service", () => {
    const { only } = start(serviceDraft("shop"));
    expect(only().endpoints).toBeNull();
    expect(only().ports ?? []).toEqual([]);
  });

  test("is not there for Services that are not looked after", () => {
    expect(
      start({
        ...serviceDraft("shop"),
        spec: { ...serviceDraft("shop").spec, selector: undefined } as never,
      }).slices(),
    ).toEqual([]);
    const external = {
      type: "ExternalName",
      externalName: "example.com",
      selector: { app: "shop" },
    } as const;
    expect(start({ metadata: { name: "shop", namespace: "default" }, spec: external }).slices()).toEqual([]);
  });
});

describe("ports", () => {
  test("that differ between pods make slices of their own, in the order of the real controller", () => {
    const draft = serviceDraft("shop", {
      ports: [
        servicePort(80, { name: "http", targetPort: "web" }),
        servicePort(81, { name: "metrics", targetPort: "metrics" }),
        servicePort(82, { name: "num", targetPort: 7000, appProtocol: "kubernetes.io/h2c" }),
        servicePort(53, { name: "udp", targetPort: 5353, protocol: "UDP" }),
      ],
    });
    const other = container("main", {
      ports: [
        { name: "web", containerPort: 9999, protocol: "TCP" },
        { name: "metrics", containerPort: 9100, protocol: "TCP" },
      ],
    });
    const { slices } = start(
      draft,
      shop("p1", "10.1.0.1", "a"),
      shop("p3", "10.1.0.3", "b").containers(other),
    );
    const listed = slices().map(({ ports = [] }) =>
      ports.map(({ name, port }) => `${name}:${port}`).join(" "),
    );
    // Recorded from kube-controller-manager 1.34.4.
    expect(listed.sort()).toEqual([
      "http:8080 num:7000 udp:5353",
      "num:7000 metrics:9100 udp:5353 http:9999",
    ]);
  });

  test("may be those of a sidecar", () => {
    const sidecar = { ...web, name: "proxy", restartPolicy: "Always" } as const;
    const behind = shop("p1", "10.1.0.1", "a").containers(container("main")).initContainers(sidecar);
    const { only } = start(serviceDraft("shop", { ports: [servicePort(80, { targetPort: "web" })] }), behind);
    expect(only().ports?.[0]?.port).toBe(8080);
  });

  test("may be absent from a headless Service", () => {
    const { only } = start(
      serviceDraft("shop", { clusterIP: "None", ports: [] }, { team: "a" }),
      shop("p1", "10.1.0.1", "a").withSpec({ hostname: "h1", subdomain: "shop" }),
    );
    expect(only().metadata.labels?.["service.kubernetes.io/headless"]).toBe("");
    expect(only().endpoints[0]?.hostname).toBe("h1");
  });
});

describe("a pod", () => {
  test("on its way out serves without being ready, and leaves with its object", () => {
    const { api, engine, only, addresses } = start(serviceDraft("shop"), shop("p1", "10.1.0.1", "a"));
    api.delete(pods, "default", "p1");
    engine.runFor(100);
    expect(only().endpoints[0]?.conditions).toEqual({ ready: false, serving: true, terminating: true });
    api.delete(pods, "default", "p1", { gracePeriodSeconds: 0 });
    engine.runFor(100);
    expect(addresses()).toEqual([]);
  });

  test("counts as ready before it is, where a Service publishes everything", () => {
    const { only } = start(
      serviceDraft("shop", { publishNotReadyAddresses: true }),
      shop("p1", "10.1.0.1", "a", false),
    );
    expect(only().endpoints[0]?.conditions).toEqual({ ready: true, serving: false, terminating: false });
  });

  test("without an address, or ended, is no endpoint", () => {
    const { addresses } = start(
      serviceDraft("shop"),
      shop("p1", "10.1.0.1", "a").withStatus({ podIP: "", podIPs: [] }).phase("Pending"),
      shop("p2", "10.1.0.2", "a").phase("Succeeded"),
    );
    expect(addresses()).toEqual([]);
  });

  test("that becomes ready is written within milliseconds, with the moment it became so", () => {
    const { engine, only, setReady } = start(serviceDraft("shop"), shop("p1", "10.1.0.1", "a", false));
    setReady("p1", true);
    engine.runFor(6);
    expect(only().endpoints[0]?.conditions.ready).toBe(true);
    expect(only().metadata.annotations?.["endpoints.kubernetes.io/last-change-trigger-time"]).toMatch(
      /^2026-01-01T0\d:00:00Z$/,
    );
  });

  test("that gets other labels changes sides", () => {
    const { api, engine, addresses } = start(serviceDraft("shop"), shop("p1", "10.1.0.1", "a"));
    const found = api.get(pods, "default", "p1") as Pod;
    api.update(pods, { ...found, metadata: { ...found.metadata, labels: { app: "else" } } });
    engine.runFor(100);
    expect(addresses()).toEqual([]);
  });

  test("whose node does not exist is left out, with an event each time it is tried", () => {
    const { addresses, engine, takeEvents } = start(
      serviceDraft("shop"),
      shop("p1", "10.1.0.1", "gone"),
      shop("p2", "10.1.0.2", "a"),
      shop("p3", "10.1.0.3", "gone"),
    );
    expect(addresses()).toEqual(["10.1.0.2"]);
    engine.runFor(1_200);
    const text =
      "Warning FailedToUpdateEndpointSlices Service default/shop: Error updating Endpoint Slices for Service default/shop: " +
      "[skipping Pod p1 for Service default/shop: Node gone Not Found, skipping Pod p3 for Service default/shop: Node gone Not Found]";
    expect(takeEvents()).toEqual([text, text]);
  });
});

describe("traffic that should stay close", () => {
  test.each([
    { wish: "PreferClose", hints: { forZones: [{ name: "z1" }] } },
    { wish: "PreferSameZone", hints: { forZones: [{ name: "z1" }] } },
    { wish: "PreferSameNode", hints: { forZones: [{ name: "z1" }], forNodes: [{ name: "a" }] } },
  ])("$wish", ({ wish, hints }) => {
    const { only } = start(serviceDraft("shop", { trafficDistribution: wish }), shop("p1", "10.1.0.1", "a"));
    expect(only().endpoints[0]?.hints).toEqual(hints);
  });

  test("gives hints to ready endpoints only, and takes them back with the wish", () => {
    const draft = serviceDraft("shop", { trafficDistribution: "PreferClose" });
    const { api, engine, only } = start(
      draft,
      shop("p1", "10.1.0.1", "a"),
      shop("p2", "10.1.0.2", "b", false),
    );
    expect(only().endpoints.map(({ hints }) => hints?.forZones?.[0]?.name)).toEqual(["z1", undefined]);
    const service = api.get(services, "default", "shop") as Service;
    const { trafficDistribution: _wish, ...spec } = service.spec;
    api.update(services, { ...service, spec });
    engine.runFor(100);
    expect(only().endpoints.map(({ hints }) => hints)).toEqual([undefined, undefined]);
  });
});

describe("writes", () => {
  test("are not made when nothing has changed", () => {
    const { api, engine, only } = start(serviceDraft("shop"), shop("p1", "10.1.0.1", "a"));
    const { resourceVersion } = only().metadata;
    const found = api.get(pods, "default", "p1") as Pod;
    api.update(pods, { ...found, metadata: { ...found.metadata, annotations: { note: "n" } } });
    const service = api.get(services, "default", "shop") as Service;
    api.update(services, { ...service, metadata: { ...service.metadata, annotations: { note: "n" } } });
    engine.runFor(10_000);
    expect(only().metadata.resourceVersion).toBe(resourceVersion);
  });

  test("put right what somebody else has changed, after a second", () => {
    const { api, engine, only, addresses } = start(serviceDraft("shop"), shop("p1", "10.1.0.1", "a"));
    api.update(endpointSlices, { ...only(), endpoints: [] });
    engine.runFor(900);
    expect(addresses()).toEqual([]);
    engine.runFor(200);
    expect(addresses()).toEqual(["10.1.0.1"]);
    const { name } = only().metadata;
    api.delete(endpointSlices, "default", name);
    engine.runFor(1_100);
    expect(addresses()).toEqual(["10.1.0.1"]);
  });

  test("reuse the empty slice for the first endpoint", () => {
    const { api, engine, only } = start(serviceDraft("shop"));
    const { name } = only().metadata;
    put(api, pods, shop("p1", "10.1.0.1", "a"));
    engine.runFor(100);
    expect(only().metadata.name).toBe(name);
    expect(only().endpoints).toHaveLength(1);
  });
});
