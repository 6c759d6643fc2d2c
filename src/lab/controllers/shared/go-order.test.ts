import { expect, test } from "vitest";
import { portsKey, sortSlicePorts, sortSubsetPorts, sortSubsets } from "./go-order.ts";

const tcp = (name: string, port: number) => ({ name, protocol: "TCP", port });

// All recorded from kube-controller-manager 1.34.4.
test("ports of a slice come in the order of the real controller", () => {
  const ports = [
    tcp("http", 9999),
    tcp("metrics", 9100),
    { ...tcp("num", 7000), appProtocol: "kubernetes.io/h2c" },
    { name: "udp", protocol: "UDP", port: 5353 },
  ];
  expect(sortSlicePorts(ports).map(({ name }) => name)).toEqual(["num", "metrics", "udp", "http"]);
  expect(sortSlicePorts([tcp("a", 81), tcp("b", 80)]).map(({ name }) => name)).toEqual(["b", "a"]);
});

test("ports of a subset have an order of their own", () => {
  const names = (ports: Parameters<typeof sortSubsetPorts>[0]) =>
    sortSubsetPorts(ports).map(({ name }) => name);
  expect(names([tcp("http", 8080), tcp("alt", 9090)])).toEqual(["alt", "http"]);
  expect(names([tcp("metrics", 9100), tcp("http", 9999)])).toEqual(["http", "metrics"]);
});

test("the order of what is given does not matter", () => {
  const ports = [tcp("a", 1), tcp("b", 2), tcp("c", 3)];
  const subsets = ports.map((port, at) => ({ addresses: [{ ip: `10.0.0.${at}` }], ports: [port] }));
  expect(sortSlicePorts(ports.toReversed())).toEqual(sortSlicePorts(ports));
  expect(sortSubsets(subsets.toReversed())).toEqual(sortSubsets(subsets));
  expect(portsKey([tcp("a", 1)])).not.toBe(portsKey([tcp("a", 2)]));
});
