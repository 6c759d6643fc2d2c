import { describe, expect, test } from "vitest";
import type { Kind } from "../kind.ts";
import { deployments, KINDS, pods } from "../kinds.ts";
import {
  openApiPathOf,
  renderOpenApiV2,
  renderOpenApiV3,
  renderOpenApiV3Index,
  type ServedKind,
} from "./openapi.ts";

const served = KINDS.map((kind): ServedKind => ({ kind }));
const shops: ServedKind = {
  kind: {
    group: "shop.example.com",
    version: "v1",
    kind: "Shop",
    plural: "shops",
    singular: "shop",
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
    subresources: {},
  } satisfies Kind,
  schema: {
    type: "object",
    properties: { spec: { type: "object", properties: { size: { type: "integer" } } } },
  },
};

type Node = Readonly<Record<string, unknown>>;

/** Every value of one key, wherever it stands. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => [
    ...(name === key ? [item] : []),
    ...valuesOf(key, item),
  ]);
}

/** The types that a document refers to; a JSON schema itself has a field of that name, too. */
function refsOf(document: unknown, prefix: string): string[] {
  const refs = valuesOf("$ref", document).filter((ref) => typeof ref === "string");
  return [...new Set(refs)].map((ref) => ref.replace(prefix, ""));
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce((inside, step) => (inside as Node | undefined)?.[step], value);
}

function byDocument(): [path: string, kinds: ServedKind[]][] {
  const documents = new Map<string, ServedKind[]>();
  for (const row of [...served, shops]) {
    const path = openApiPathOf(row.kind);
    documents.set(path, [...(documents.get(path) ?? []), row]);
  }
  return [...documents];
}

describe("every type that a document refers to is in it", () => {
  test.each(byDocument())("%s", (_path, kinds) => {
    const document = renderOpenApiV3(kinds);
    const types = at(document, "components", "schemas") as Node;
    expect(refsOf(document, "#/components/schemas/").filter((name) => !(name in types))).toEqual([]);
  });

  test("version 2", () => {
    const document = renderOpenApiV2([...served, shops]);
    const types = at(document, "definitions") as Node;
    expect(refsOf(document, "#/definitions/").filter((name) => !(name in types))).toEqual([]);
  });
});

test("every kind is found by its group, version and kind, as kubectl looks for it", () => {
  const name = ({ group, version, kind }: Pick<Kind, "group" | "version" | "kind">) =>
    `${group}/${version}/${kind}`;
  const types = at(renderOpenApiV2([...served, shops]), "definitions");
  const found = valuesOf("x-kubernetes-group-version-kind", types).flat() as Kind[];
  expect(found.map(name)).toEqual(expect.arrayContaining([...served, shops].map(({ kind }) => name(kind))));
});

test("fields carry their merge rules", () => {
  const { properties } = at(
    renderOpenApiV3([{ kind: pods }]),
    "components",
    "schemas",
    "io.k8s.api.core.v1.PodSpec",
  ) as { properties: Node };
  expect(properties.containers).toMatchObject({
    type: "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    "x-kubernetes-patch-strategy": "merge",
    "x-kubernetes-patch-merge-key": "name",
  });
});

describe("a patch is described so that kubectl dares to send it", () => {
  const path = "/apis/apps/v1/namespaces/{namespace}/deployments/{name}";

  test.each([
    { version: 2, document: renderOpenApiV2([{ kind: deployments }]) },
    { version: 3, document: renderOpenApiV3([{ kind: deployments }]) },
  ])("in version $version", ({ document }) => {
    const patch = at(document, "paths", path, "patch");
    const parameters = valuesOf("name", at(patch, "parameters"));
    expect(parameters).toEqual(expect.arrayContaining(["dryRun", "fieldValidation"]));
    expect(at(patch, "x-kubernetes-group-version-kind")).toEqual({
      group: "apps",
      kind: "Deployment",
      version: "v1",
    });
  });
});

test("a custom kind brings its schema, and gets the fields that all objects have", () => {
  const type = at(renderOpenApiV3([shops]), "components", "schemas", "com.example.shop.v1.Shop");
  expect(at(type, "properties", "spec", "properties", "size")).toEqual({ type: "integer" });
  expect(Object.keys(at(type, "properties") as Node)).toEqual(
    expect.arrayContaining(["apiVersion", "kind", "metadata"]),
  );
});

test("a document's address tells the hash of its text", () => {
  const index = renderOpenApiV3Index(new Map([["apis/apps/v1", "AB12"]]));
  expect(at(index, "paths", "apis/apps/v1", "serverRelativeURL")).toBe("/openapi/v3/apis/apps/v1?hash=AB12");
});
