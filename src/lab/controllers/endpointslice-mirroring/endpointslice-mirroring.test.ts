import { describe, expect, test } from "vitest";
import { testLab } from "../../../../test/support/lab-context.ts";
import { serviceDraft } from "../../../../test/support/services.ts";
import { endpointSlices, endpoints, services } from "../../../kube/kinds.ts";
import type { Endpoints, Service } from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import { endpointSliceMirroring } from "./endpointslice-mirroring.ts";

function manual(): Draft<Service> {
  const { spec, ...draft } = serviceDraft("manual", {}, { a: "b" });
  const { selector: _selector, ...rest } = spec ?? {};
  return { ...draft, spec: rest };
}

const byHand: Draft<Endpoints> = {
  metadata: { name: "manual", namespace: "default", labels: { k: "v" }, annotations: { note: "n" } },
  subsets: [
    {
      addresses: [{ ip: "192.0.2.1" }, { ip: "192.0.2.2", hostname: "two", nodeName: "a" }],
      notReadyAddresses: [{ ip: "2001:db8::1" }],
      ports: [
        { name: "b", port: 80, protocol: "TCP" },
        { name: "a", port: 81, protocol: "TCP" },
      ],
    },
  ],
};

function start(service: Draft<Service>, object: Draft<Endpoints>) {
  const lab = testLab();
  endpointSliceMirroring(lab.context).start();
  lab.api.create(services, service);
  lab.api.create(endpoints, object);
  lab.engine.runFor(100);
  return {
    ...lab,
    slices: () => lab.api.list(endpointSlices, { namespace: "default" }),
    change(change: (object: Endpoints) => Endpoints) {
      lab.api.update(endpoints, change(lab.api.get(endpoints, "default", "manual") as Endpoints));
      lab.engine.runFor(100);
    },
  };
}

describe("Endpoints written by hand", () => {
  test("get a slice for each address family", () => {
    const { slices, api } = start(manual(), byHand);
    const owner = api.get(endpoints, "default", "manual");
    const found = slices().map(({ addressType, endpoints: list, ports, metadata }) => ({
      addressType,
      endpoints: list,
      ports,
      labels: metadata.labels,
      annotations: metadata.annotations,
      owner: metadata.ownerReferences?.[0]?.uid,
    }));
    // Recorded from kube-controller-manager 1.34.4.
    const shared = {
      ports: [
        { name: "b", protocol: "TCP", port: 80 },
        { name: "a", protocol: "TCP", port: 81 },
      ],
      labels: {
        k: "v",
        "kubernetes.io/service-name": "manual",
        "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
      },
      annotations: { note: "n" },
      owner: owner?.metadata.uid,
    };
    expect(found.sort((a, b) => (a.addressType < b.addressType ? -1 : 1))).toEqual([
      {
        ...shared,
        addressType: "IPv4",
        endpoints: [
          { addresses: ["192.0.2.1"], conditions: { ready: true } },
          { addresses: ["192.0.2.2"], conditions: { ready: true }, hostname: "two", nodeName: "a" },
        ],
      },
      {
        ...shared,
        addressType: "IPv6",
        endpoints: [{ addresses: ["2001:db8::1"], conditions: { ready: false } }],
      },
    ]);
  });

  test("keep their slice when they change, and lose it when they go", () => {
    const { api, engine, slices, change } = start(manual(), byHand);
    const name = slices().find(({ addressType }) => addressType === "IPv4")?.metadata.name;
    change((object) => ({
      ...object,
      subsets: [{ addresses: [{ ip: "192.0.2.9" }], ports: [{ port: 80, protocol: "TCP" }] }],
    }));
    expect(slices().map(({ metadata, endpoints: list }) => [metadata.name, list[0]?.addresses[0]])).toEqual([
      [name, "192.0.2.9"],
    ]);
    api.delete(endpoints, "default", "manual");
    engine.runFor(100);
    expect(slices()).toEqual([]);
  });

  test("pass on labels, and are not rewritten for nothing", () => {
    const { slices, change } = start(manual(), byHand);
    const versions = () => slices().map(({ metadata }) => metadata.resourceVersion);
    const before = versions();
    change((object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        annotations: {
          ...object.metadata.annotations,
          "endpoints.kubernetes.io/last-change-trigger-time": "t",
        },
      },
    }));
    expect(versions()).toEqual(before);
    change((object) => ({ ...object, metadata: { ...object.metadata, labels: { k: "w" } } }));
    expect(slices().map(({ metadata }) => metadata.labels?.k)).toEqual(["w", "w"]);
  });

  test("with more addresses than a subset may have are cut off, with an event", () => {
    const addresses = Array.from({ length: 1_002 }, (_, i) => ({ ip: `10.0.${i >> 8}.${i & 255}` }));
    const { slices, takeEvents } = start(manual(), {
      ...byHand,
      subsets: [{ addresses, ports: [{ port: 80, protocol: "TCP" }] }],
    });
    expect(slices()[0]?.endpoints).toHaveLength(1_000);
    expect(takeEvents()).toEqual([
      "Warning TooManyAddressesToMirror Endpoints default/manual: A max of 1000 addresses can be mirrored to EndpointSlices " +
        "per Endpoints subset. 2 addresses were skipped",
    ]);
  });
});

describe("nothing is mirrored", () => {
  test("for a Service with a selector, and what was is taken back when it gets one", () => {
    expect(start(serviceDraft("manual"), byHand).slices()).toEqual([]);
    const { api, engine, slices } = start(manual(), byHand);
    const service = api.get(services, "default", "manual") as Service;
    api.update(services, { ...service, spec: { ...service.spec, selector: { app: "x" } } });
    engine.runFor(100);
    expect(slices()).toEqual([]);
  });

  test("without a Service, or where a label says so", () => {
    expect(start(serviceDraft("other"), byHand).slices()).toEqual([]);
    const labels = { "endpointslice.kubernetes.io/skip-mirror": "true" };
    expect(start(manual(), { ...byHand, metadata: { ...byHand.metadata, labels } }).slices()).toEqual([]);
  });
});
