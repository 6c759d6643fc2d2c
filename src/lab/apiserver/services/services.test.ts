import { describe, expect, test } from "vitest";
import { testApi } from "../../../../test/support/api.ts";
import type { Kind } from "../../../kube/kind.ts";
import { findKind, services } from "../../../kube/kinds.ts";
import type { Service } from "../../../kube/types/index.ts";
import { IpPool } from "./ip-pool.ts";

type Spec = Partial<Service["spec"]>;

const IP_ADDRESSES = findKind("networking.k8s.io/v1", "IPAddress") as Kind;
const port = { port: 80, protocol: "TCP", targetPort: 80 } as const;

function start() {
  const { api } = testApi();
  const create = (name: string, spec: Spec) =>
    api.create(services, { metadata: { name, namespace: "default" }, spec: { ports: [port], ...spec } });
  const patch = (name: string, spec: object) => api.patch(services, "default", name, "merge", { spec });
  return { api, create, patch };
}

describe("cluster IPs", () => {
  test("come from the dynamic part of the range, and no two Services share one", () => {
    const { create } = start();
    const addresses = Array.from({ length: 50 }, (_, i) => create(`s${i}`, {}).spec.clusterIP as string);
    expect(new Set(addresses).size).toBe(50);
    for (const address of addresses) expect(address).toMatch(/^10\.96\.(?!0\.)\d+\.\d+$/);
  });

  test("are the ones asked for where they are free, and free again when their Service is gone", () => {
    const { api, create } = start();
    expect(create("a", { clusterIP: "10.96.7.7" }).spec.clusterIPs).toEqual(["10.96.7.7"]);
    api.delete(services, "default", "a");
    expect(create("b", { clusterIP: "10.96.7.7" }).spec.clusterIP).toBe("10.96.7.7");
  });

  // Recorded from kube-apiserver 1.34.4.
  test.each([
    { clusterIP: "10.96.0.1", why: "failed to allocate IP 10.96.0.1: provided IP is already allocated" },
    {
      clusterIP: "10.97.0.1",
      why: "failed to allocate IP 10.97.0.1: the provided network does not match the current range",
    },
    {
      clusterIP: "10.96.0.0",
      why: "failed to allocate IP 10.96.0.0: the provided network does not match the current range",
    },
    {
      clusterIP: "10.96.255.255",
      why: "failed to allocate IP 10.96.255.255: the provided network does not match the current range",
    },
  ])("are refused: $clusterIP", ({ clusterIP, why }) => {
    expect(() => start().create("a", { clusterIP })).toThrow(
      `Service "a" is invalid: spec.clusterIPs: Invalid value: ["${clusterIP}"]: ${why}`,
    );
  });

  test.each([
    {
      name: "a headless Service",
      spec: { clusterIP: "None", selector: { a: "b" } },
      families: ["IPv4"],
      policy: "SingleStack",
    },
    {
      name: "a headless one without a selector",
      spec: { clusterIP: "None" },
      families: ["IPv4", "IPv6"],
      policy: "RequireDualStack",
    },
    {
      name: "one that would like both families",
      spec: { ipFamilyPolicy: "PreferDualStack" },
      families: ["IPv4"],
      policy: "PreferDualStack",
    },
  ])("$name has families as on a cluster with IPv4 only", ({ spec, families, policy }) => {
    const made = start().create("a", spec);
    expect([made.spec.ipFamilies, made.spec.ipFamilyPolicy]).toEqual([families, policy]);
  });

  test.each([
    {
      name: "both families",
      spec: { ipFamilyPolicy: "RequireDualStack" },
      why: 'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    },
    {
      name: "the other family",
      spec: { ipFamilies: ["IPv6"] },
      why: 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    },
    {
      name: "an address of the other family",
      spec: { clusterIP: "fd00::1" },
      why: 'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster',
    },
  ])("$name cannot be had", ({ spec, why }) => {
    expect(() => start().create("a", spec)).toThrow(`Service "a" is invalid: ${why}`);
  });

  test("are shown as IPAddress objects for as long as they are held", () => {
    const { api, create } = start();
    create("a", { clusterIP: "10.96.7.7" });
    expect(api.get(IP_ADDRESSES, undefined, "10.96.7.7")).toMatchObject({
      spec: { parentRef: { resource: "services", namespace: "default", name: "a" } },
    });
    api.delete(services, "default", "a");
    expect(api.get(IP_ADDRESSES, undefined, "10.96.7.7")).toBeUndefined();
  });
});

describe("node ports", () => {
  const nodePorts = ({ spec }: Service) => spec.ports?.map(({ nodePort }) => nodePort);

  test("of a new Service are shared by the protocols of one port", () => {
    const udp = { ...port, name: "b", protocol: "UDP" } as const;
    const made = start().create("a", { type: "NodePort", ports: [{ ...port, name: "a" }, udp] });
    const [first, second] = nodePorts(made) ?? [];
    expect(first).toBe(second);
    expect(first).toBeGreaterThanOrEqual(30_086);
    expect(first).toBeLessThanOrEqual(32_767);
  });

  test.each([
    { name: "taken by another Service", nodePort: 30_500, why: "provided port is already allocated" },
    {
      name: "outside the range",
      nodePort: 80,
      why: "provided port is not in the valid range. The range of valid ports is 30000-32767",
    },
  ])("are refused when $name", ({ nodePort, why }) => {
    const { create } = start();
    create("other", { type: "NodePort", ports: [{ ...port, nodePort: 30_500 }] });
    expect(() => create("a", { type: "NodePort", ports: [{ ...port, nodePort }] })).toThrow(
      `Service "a" is invalid: spec.ports[0].nodePort: Invalid value: ${nodePort}: ${why}`,
    );
  });

  test("stay through updates that leave them out, by the name of the port", () => {
    const { create, patch } = start();
    const made = create("a", { type: "NodePort", ports: [{ ...port, name: "web" }] });
    const changed = patch("a", {
      ports: [
        { name: "more", port: 81 },
        { name: "web", port: 80 },
      ],
    });
    expect(nodePorts(changed)?.[1]).toBe(nodePorts(made)?.[0]);
    expect(nodePorts(changed)?.[0]).not.toBe(nodePorts(made)?.[0]);
  });

  test("go with the type that needed them, and so does everything else of it", () => {
    const { create, patch } = start();
    create("a", { type: "LoadBalancer", externalTrafficPolicy: "Local" });
    const { spec } = patch("a", { type: "ClusterIP" });
    expect(spec.ports).toEqual([port]);
    for (const field of [
      "healthCheckNodePort",
      "externalTrafficPolicy",
      "allocateLoadBalancerNodePorts",
    ] as const) {
      expect(spec[field]).toBeUndefined();
    }
    const external = patch("a", { type: "ExternalName", externalName: "example.com" }).spec;
    expect([external.clusterIP, external.clusterIPs, external.ipFamilies]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("are not taken for a balancer that does not want them, but one is for its health checks", () => {
    const { create } = start();
    const made = create("a", {
      type: "LoadBalancer",
      allocateLoadBalancerNodePorts: false,
      externalTrafficPolicy: "Local",
    });
    expect(nodePorts(made)).toEqual([undefined]);
    expect(made.spec.healthCheckNodePort).toBeGreaterThan(30_000);
    expect(() =>
      create("b", {
        type: "LoadBalancer",
        externalTrafficPolicy: "Local",
        healthCheckNodePort: made.spec.healthCheckNodePort as number,
      }),
    ).toThrow(
      /^Internal error occurred: failed to allocate requested HealthCheck NodePort \d+: provided port is already allocated$/,
    );
  });
});

test("a full pool falls back on its static part, and then has nothing left", () => {
  const { engine } = testApi();
  const random = engine.random("test");
  const pool = new IpPool("10.0.0.0/27");
  const picked = Array.from({ length: 30 }, () => {
    const address = pool.pick(random);
    if (address !== undefined) pool.take(address, "x");
    return address;
  });
  expect(new Set(picked).size).toBe(30);
  expect(picked.slice(0, 14).every((address) => Number(address?.split(".")[3]) > 16)).toBe(true);
  expect(pool.pick(random)).toBeUndefined();
});
