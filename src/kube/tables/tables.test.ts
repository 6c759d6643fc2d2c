import { describe, expect, test } from "vitest";
import { configMaps, pods } from "../kinds.ts";
import type { KubeObject } from "../types/meta.ts";
import { customPrinter } from "./custom.ts";
import { parseJsonPath } from "./json-path.ts";
import { renderTable, tableFor } from "./tables.ts";

const nowMs = Date.UTC(2026, 0, 2);
const configMap: KubeObject & { data: object } = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "cart", uid: "u", resourceVersion: "7", creationTimestamp: "2026-01-01T00:00:00Z" },
  data: { a: "1" },
};

describe("what of an object a row carries along", () => {
  test.each([
    {
      includeObject: undefined,
      object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: configMap.metadata },
    },
    { includeObject: "Object" as const, object: configMap },
    { includeObject: "None" as const, object: null },
  ])("$includeObject", ({ includeObject, object }) => {
    const table = tableFor(configMaps, [configMap], {
      nowMs,
      includeObject,
      metadata: { resourceVersion: "9" },
    });
    expect(table).toMatchObject({
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata: { resourceVersion: "9" },
      rows: [{ cells: ["cart", 1, "24h"], object }],
    });
  });
});

test("a kind without a printer shows its name and when it was made", () => {
  const { columnDefinitions, rows } = renderTable({ group: "example.com", kind: "Shop" }, [configMap], nowMs);
  expect(columnDefinitions.map(({ name }) => name)).toEqual(["Name", "Created At"]);
  expect(rows).toEqual([{ cells: ["cart", "2026-01-01T00:00:00Z"] }]);
});

test("a pod that was created without a status can be listed", () => {
  const pod = {
    ...configMap,
    kind: "Pod",
    spec: { containers: [{ name: "c" }] },
    status: { phase: "Pending" },
  };
  expect(renderTable(pods, [pod], nowMs).rows[0]?.cells.slice(0, 4)).toEqual(["cart", "0/1", "Pending", "0"]);
});

describe("custom columns", () => {
  const shop: KubeObject & Record<string, unknown> = {
    ...configMap,
    spec: {
      replicas: 3,
      ratio: 0.5,
      open: true,
      tags: ["a", "b"],
      owner: { name: "x" },
      since: "2026-01-01T23:00:00Z",
    },
    status: {
      conditions: [
        { type: "Ready", status: "True" },
        { type: "Sold", status: "False" },
      ],
    },
  };
  test.each([
    { name: "a whole number", type: "integer", jsonPath: ".spec.replicas", cell: 3 },
    { name: "a fraction cut to a whole number", type: "integer", jsonPath: ".spec.ratio", cell: 0 },
    { name: "a number", type: "number", jsonPath: ".spec.ratio", cell: 0.5 },
    { name: "a truth", type: "boolean", jsonPath: ".spec.open", cell: true },
    { name: "a date", type: "date", jsonPath: ".spec.since", cell: "60m" },
    { name: "a date that is none", type: "date", jsonPath: ".spec.owner.name", cell: "<invalid>" },
    { name: "a text", type: "string", jsonPath: ".spec.owner.name", cell: "x" },
    { name: "a number as text", type: "string", jsonPath: ".spec.replicas", cell: "3" },
    { name: "a list as text", type: "string", jsonPath: ".spec.tags", cell: "[a b]" },
    { name: "an object as text", type: "string", jsonPath: ".spec.owner", cell: "map[name:x]" },
    { name: "a text where a number was promised", type: "integer", jsonPath: ".spec.owner.name", cell: null },
    { name: "nothing", type: "string", jsonPath: ".spec.missing.deeper", cell: null },
    {
      name: "the status of a condition",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Sold")].status',
      cell: "False",
    },
    { name: "the first of several", type: "string", jsonPath: ".spec.tags[*]", cell: "a" },
    { name: "the last item", type: "string", jsonPath: ".spec.tags[-1]", cell: "b" },
  ])("$name", ({ type, jsonPath, cell }) => {
    expect(customPrinter([{ name: "Column", type, jsonPath }]).cells(shop, nowMs)).toEqual(["cart", cell]);
  });

  test("without any, the age is shown", () => {
    const { columnDefinitions, rows } = renderTable({ group: "example.com", kind: "Shop" }, [shop], nowMs, {
      customColumns: [],
    });
    expect(columnDefinitions.map(({ name, type }) => [name, type])).toEqual([
      ["Name", "string"],
      ["Age", "date"],
    ]);
    expect(rows[0]?.cells).toEqual(["cart", "24h"]);
  });

  test("a column that cannot be read ends the list", () => {
    const columns = [".spec.replicas", ".spec[", ".spec.ratio"].map((jsonPath) => ({
      name: jsonPath,
      type: "number",
      jsonPath,
    }));
    expect(customPrinter(columns).columns.map(({ name }) => name)).toEqual(["Name", ".spec.replicas"]);
  });
});

test.each([
  { path: ".a.b", found: [1] },
  { path: "a.b", found: [1] },
  { path: ".a['b']", found: [1] },
  { path: '.c["d.e"]', found: [2] },
  { path: ".c.d\\.e", found: [2] },
  { path: ".list[0].n", found: [1] },
  { path: ".list[1:].n", found: [2, 3] },
  { path: ".list[*].n", found: [1, 2, 3] },
  { path: ".list[?(@.n>1)].n", found: [2, 3] },
  { path: ".list[?(@.n!=2)].n", found: [1, 3] },
  { path: ".list[?(@.x)].n", found: [3] },
  { path: "..n", found: [1, 2, 3] },
  { path: ".none[0]", found: [] },
  { path: ".", found: [expect.anything()] },
])("$path finds $found", ({ path, found }) => {
  const object = { a: { b: 1 }, c: { "d.e": 2 }, list: [{ n: 1 }, { n: 2 }, { n: 3, x: true }] };
  const answer = parseJsonPath(path);
  expect(answer.ok && answer.value.find(object)).toEqual(found);
});

test.each(["{.a}", ".a[", ".a[?(@.b==]"])("%s is no path", (path) => {
  expect(parseJsonPath(path).ok).toBe(false);
});
