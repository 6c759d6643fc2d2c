import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../../kube/types/index.ts";
import { serviceTable } from "./service-table.ts";
import { type Side, usableBackends } from "./usable-backends.ts";

interface End {
  readonly ip: string;
  readonly node: string;
  readonly ready?: boolean;
  readonly serving?: boolean;
  readonly terminating?: boolean;
  readonly zones?: readonly string[];
  readonly nodes?: readonly string[];
}

const meta = (name: string) => ({
  name,
  namespace: "default",
  uid: name,
  resourceVersion: "1",
  creationTimestamp: "",
});

function table(spec: Partial<Service["spec"]>, ends: readonly End[]) {
  const service: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: meta("web"),
    spec: {
      type: "NodePort",
      ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: 8080, nodePort: 30080 }],
      ...spec,
    },
    status: {},
  };
  const slice: EndpointSlice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: meta("web-1"),
    addressType: "IPv4",
    ports: [{ name: "http", protocol: "TCP", port: 8080 }],
    endpoints: ends.map(({ ip, node, ready = true, serving = ready, terminating = false, zones, nodes }) => ({
      addresses: [ip],
      nodeName: node,
      conditions: { ready, serving, terminating },
      hints: {
        ...(zones !== undefined && { forZones: zones.map((name) => ({ name })) }),
        ...(nodes !== undefined && { forNodes: nodes.map((name) => ({ name })) }),
      },
    })),
  };
  return serviceTable(service, [slice]);
}

const HERE = { nodeName: "n1", zone: "z1" };
const local = { internalTrafficPolicy: "Local", externalTrafficPolicy: "Local" } as const;
const leaving = { ready: false, serving: true, terminating: true };

describe("a connection may go to", () => {
  test.each<{
    name: string;
    spec?: Partial<Service["spec"]>;
    side?: Side;
    ends: End[];
    expected: string[] | string;
  }>([
    {
      name: "every ready endpoint",
      ends: [
        { ip: "1", node: "n1" },
        { ip: "2", node: "n2" },
        { ip: "3", node: "n3", ready: false },
      ],
      expected: ["1", "2"],
    },
    {
      name: "none of the terminating ones while one is ready",
      ends: [
        { ip: "1", node: "n1" },
        { ip: "2", node: "n2", ...leaving },
      ],
      expected: ["1"],
    },
    {
      name: "the terminating ones that still serve when nothing else is left",
      ends: [
        { ip: "1", node: "n1", ...leaving },
        { ip: "2", node: "n2", ready: false, serving: false, terminating: true },
      ],
      expected: ["1"],
    },
    { name: "nothing when there is nothing", ends: [], expected: "none" },
    { name: "nothing that is not ready", ends: [{ ip: "1", node: "n1", ready: false }], expected: "none" },
    {
      name: "only this node's endpoints under policy Local",
      spec: local,
      side: "external",
      ends: [
        { ip: "1", node: "n1" },
        { ip: "2", node: "n2" },
      ],
      expected: ["1"],
    },
    {
      name: "nothing under policy Local when all are elsewhere, and nobody is told",
      spec: local,
      side: "external",
      ends: [{ ip: "2", node: "n2" }],
      expected: "not-here",
    },
    {
      name: "this node's terminating endpoint under policy Local rather than a ready one elsewhere",
      spec: local,
      side: "internal",
      ends: [
        { ip: "1", node: "n1", ...leaving },
        { ip: "2", node: "n2" },
      ],
      expected: ["1"],
    },
    {
      name: "every endpoint from inside when only the external policy is Local",
      spec: { externalTrafficPolicy: "Local" },
      side: "internal",
      ends: [{ ip: "2", node: "n2" }],
      expected: ["2"],
    },
    {
      name: "the endpoints hinted for this zone",
      ends: [
        { ip: "1", node: "n1", zones: ["z1"] },
        { ip: "2", node: "n2", zones: ["z2"] },
      ],
      expected: ["1"],
    },
    {
      name: "all of them when one has no hint",
      ends: [
        { ip: "1", node: "n1", zones: ["z1"] },
        { ip: "2", node: "n2" },
      ],
      expected: ["1", "2"],
    },
    {
      name: "all of them when no hint names this zone",
      ends: [
        { ip: "1", node: "n1", zones: ["z2"] },
        { ip: "2", node: "n2", zones: ["z2"] },
      ],
      expected: ["1", "2"],
    },
    {
      name: "this node's own before those of its zone",
      ends: [
        { ip: "1", node: "n1", zones: ["z1"], nodes: ["n1"] },
        { ip: "2", node: "n2", zones: ["z1"], nodes: ["n2"] },
      ],
      expected: ["1"],
    },
  ])("$name", ({ spec = {}, side = "internal", ends, expected }) => {
    const built = table(spec, ends);
    const [port] = built.ports;
    if (port === undefined) throw new Error("the table has no port");
    const usable = usableBackends(built, port, side, HERE);
    const seen = usable.kind === "backends" ? usable.backends.map(({ ip }) => ip) : usable.kind;
    expect(seen).toEqual(expected);
  });
});
