import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Endpoint, EndpointSlice, Service } from "../../../kube/types/index.ts";
import { endpointKey } from "./endpoint.ts";
import {
  ENDPOINTS_PER_SLICE_MAX,
  type PortGroup,
  planSlices,
  type SlicePlan,
  sliceLabels,
} from "./slice-plan.ts";

const metadata = { uid: "s", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" };
const service: Service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { ...metadata, name: "shop", namespace: "default" },
  spec: { type: "ClusterIP", clusterIP: "10.96.0.10" },
  status: {},
};
const ports = [{ name: "", protocol: "TCP", port: 80 }];
const owners = [{ apiVersion: "v1", kind: "Service", name: "shop", uid: "s", controller: true }];

function endpoint(name: string, ready = true): Endpoint {
  return {
    addresses: [`ip-${name}`],
    conditions: { ready, serving: ready, terminating: false },
    targetRef: { kind: "Pod", name, uid: name },
  };
}

function slice(name: string, endpoints: readonly Endpoint[]): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { ...metadata, uid: name, name, labels: sliceLabels(service), ownerReferences: owners },
    addressType: "IPv4",
    endpoints,
    ports,
  };
}

const group = (...endpoints: readonly Endpoint[]): PortGroup => ({
  ports,
  endpoints: new Map(endpoints.map((one) => [endpointKey(one), one])),
});
const many = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => endpoint(`p${from + i}`));

/** "create 100 5 | update x:3 | remove y | keep z". */
function summary({ create, update, remove, keep }: SlicePlan): string {
  const name = ({ metadata: meta }: EndpointSlice) => meta.name;
  return [
    ["create", ...create.map(({ endpoints }) => endpoints.length)],
    ["update", ...update.map((one) => `${name(one)}:${one.endpoints.length}`)],
    ["remove", ...remove.map(name)],
    ["keep", ...keep.map(name)],
  ]
    .filter((part) => part.length > 1)
    .map((part) => part.join(" "))
    .join(" | ");
}

describe("packing", () => {
  test.each<{ name: string; existing: EndpointSlice[]; wanted: Endpoint[]; plan: string }>([
    { name: "a first endpoint", existing: [], wanted: many(0, 1), plan: "create 1" },
    { name: "more than a slice holds", existing: [], wanted: many(0, 205), plan: "create 100 100 5" },
    { name: "nothing new", existing: [slice("x", many(0, 3))], wanted: many(0, 3), plan: "keep x" },
    {
      name: "an endpoint has changed",
      existing: [slice("x", many(0, 3)), slice("y", many(3, 5))],
      wanted: [endpoint("p0", false), ...many(1, 5)],
      plan: "update x:3 | keep y",
    },
    {
      name: "a changed slice is filled up before another is touched",
      existing: [slice("x", many(0, 3)), slice("y", many(3, 5))],
      wanted: [...many(1, 5), ...many(10, 12)],
      plan: "update x:4 | keep y",
    },
    {
      name: "otherwise the fullest that takes all of them",
      existing: [slice("x", many(0, 3)), slice("y", many(3, 93)), slice("z", many(93, 192))],
      wanted: many(0, 195),
      plan: "update y:93 | keep x z",
    },
    {
      name: "or a new one",
      existing: [slice("x", many(0, 95))],
      wanted: many(0, 105),
      plan: "create 10 | keep x",
    },
    {
      name: "a slice whose endpoints have all gone",
      existing: [slice("x", many(0, 2)), slice("y", many(2, 4))],
      wanted: many(2, 4),
      plan: "remove x | keep y",
    },
    {
      name: "the last one becomes the empty one",
      existing: [slice("x", many(0, 2))],
      wanted: [],
      plan: "update x:0",
    },
  ])("$name: $plan", ({ existing, wanted, plan }) => {
    expect(
      summary(planSlices(service, "IPv4", existing, wanted.length === 0 ? [] : [group(...wanted)])),
    ).toBe(plan);
  });

  test("slices of an earlier Service of the name are deleted, not reused", () => {
    const old = slice("x", many(0, 2));
    const foreign = { ...old, metadata: { ...old.metadata, ownerReferences: [] } };
    expect(summary(planSlices(service, "IPv4", [foreign], [group(...many(0, 2))]))).toBe(
      "create 2 | remove x",
    );
  });

  test("other labels of the Service reach its slices", () => {
    const labelled = { ...service, metadata: { ...service.metadata, labels: { team: "a" } } };
    const plan = planSlices(labelled, "IPv4", [slice("x", many(0, 1))], [group(...many(0, 1))]);
    expect(summary(plan)).toBe("update x:1");
    expect(plan.update[0]?.metadata.labels).toMatchObject({ team: "a" });
  });

  test("every endpoint has exactly one place, and no slice holds too many", () => {
    const names = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 350 });
    const pack = (before: readonly EndpointSlice[], wanted: readonly number[]) => {
      const groups = wanted.length === 0 ? [] : [group(...wanted.map((i) => endpoint(`p${i}`)))];
      const { create, update, keep } = planSlices(service, "IPv4", before, groups);
      return [
        ...keep,
        ...update,
        ...create.map(({ endpoints }, at) => slice(`new-${before.length}-${at}`, endpoints)),
      ];
    };
    fc.assert(
      fc.property(names, names, (first, second) => {
        const after = pack(pack([], first), second);
        const placed = after.flatMap(({ endpoints }) => endpoints.map(({ targetRef }) => targetRef?.name));
        expect(placed.sort()).toEqual(second.map((i) => `p${i}`).sort());
        for (const { endpoints } of after)
          expect(endpoints.length).toBeLessThanOrEqual(ENDPOINTS_PER_SLICE_MAX);
        expect(after.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});
