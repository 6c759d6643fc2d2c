import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { damagedObject, strangeJson } from "../../../test/support/damaged-objects.ts";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { deepFreeze } from "../../base/deep.ts";
import type { Kind } from "../kind.ts";
import { configMaps, KINDS, pods } from "../kinds.ts";
import { checkFields } from "../schema/check-fields.ts";
import { completeObject, completeTyped } from "./complete.ts";

const pod = deepFreeze(
  completeObject(pods, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "cart" },
    spec: { containers: [{ name: "main", image: "cart:1" }], nodeSelector: { disk: "ssd" } },
  }),
);

test("only the parts that lack something are copied", () => {
  const changed = { ...pod, status: { phase: "Running", podIPs: [] } };
  const complete = completeObject(pods, changed);
  expect(complete.status).toEqual({ phase: "Running" });
  expect(complete.spec).toBe(pod.spec);
  expect(complete.metadata).toBe(pod.metadata);
});

test("what is stored already is not looked at", () => {
  const labels = { colour: null };
  const [metadata, other] = [
    { name: "cart", labels },
    { name: "cart", labels },
  ];
  expect(completeTyped(pods, { ...pod, metadata }, { ...pod, metadata }).object.metadata).toBe(metadata);
  expect(completeTyped(pods, { ...pod, metadata: other }, { ...pod, metadata }).object.metadata).toEqual({
    name: "cart",
    labels: { colour: "" },
  });
});

test("objects get the kind that they were sent as", () => {
  expect(completeObject(configMaps, { metadata: { name: "c" } })).toEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c" },
  });
});

describe("what says nothing is dropped", () => {
  test.each([
    { name: "unknown fields", given: { colour: "red" } },
    { name: "nulls", given: { nodeName: null, volumes: null, dnsConfig: null } },
    { name: "empty texts and lists", given: { nodeName: "", volumes: [], hostNetwork: false } },
    { name: "empty maps", given: { nodeSelector: {} } },
  ])("$name", ({ given }) => {
    const spec = { containers: [{ name: "main", image: "cart:1" }] };
    const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "cart" } };
    expect(completeObject(pods, { ...object, spec: { ...spec, ...given } })).toEqual(
      completeObject(pods, { ...object, spec }),
    );
  });
});

test("a null among others is a zero, as in Go", () => {
  const given = { metadata: { name: "cart", labels: { app: null } }, spec: { tolerations: [null] } };
  expect(completeObject(pods, given)).toMatchObject({
    metadata: { labels: { app: "" } },
    spec: { tolerations: [{}] },
  });
});

test("of a custom object only the metadata is completed", () => {
  const shops = { group: "example.com", version: "v1", kind: "Shop" };
  const given = { metadata: { name: "s", labels: {}, colour: "red" }, spec: { empty: {}, nothing: null } };
  expect(completeObject(shops, given)).toEqual({
    apiVersion: "example.com/v1",
    kind: "Shop",
    metadata: { name: "s" },
    spec: { empty: {}, nothing: null },
  });
});

describe("whatever is sent, what was made of it is complete", () => {
  function expectComplete(kind: Kind, object: unknown): void {
    const complete = completeObject(kind, object);
    // What cannot be decoded goes no further: it may come out as anything.
    if (checkFields(kind, object).error === undefined) expect(completeObject(kind, complete)).toBe(complete);
  }

  test("an object with damages", () => {
    assertProperty(fc.property(damagedObject(), ({ kind, damaged }) => expectComplete(kind, damaged)));
  });

  test("any JSON", () => {
    assertProperty(fc.property(fc.constantFrom(...KINDS), strangeJson(), expectComplete));
  });
});
