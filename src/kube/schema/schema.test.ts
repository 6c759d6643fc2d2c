import { describe, expect, test } from "vitest";
import { deployments, KINDS, pods, services } from "../kinds.ts";
import { definitions, isAtomic, type Schema, schemaOf } from "./schema.ts";

function at(schema: Schema | undefined, path: string): Schema | undefined {
  return path
    .split(".")
    .reduce<Schema | undefined>(
      (place, step) => (step === "[]" ? place?.element : place?.fields.get(step)),
      schema,
    );
}

test("every built-in kind has a schema", () => {
  const without = KINDS.filter((kind) => schemaOf(kind) === undefined);
  expect(without.map(({ kind }) => kind)).toEqual([]);
});

describe("places tell how they are merged", () => {
  test.each([
    {
      place: "containers",
      of: pods,
      path: "spec.containers",
      traits: { listType: "map", listMapKeys: ["name"], patchStrategy: "merge", patchMergeKey: "name" },
    },
    {
      place: "ports of a Service",
      of: services,
      path: "spec.ports",
      traits: { listType: "map", listMapKeys: ["port", "protocol"], patchMergeKey: "port" },
    },
    {
      place: "volumes",
      of: pods,
      path: "spec.volumes",
      traits: { listType: "map", patchStrategy: "merge,retainKeys" },
    },
    {
      place: "a selector",
      of: deployments,
      path: "spec.selector",
      traits: { type: "object", mapType: "atomic" },
    },
    {
      place: "a strategy",
      of: deployments,
      path: "spec.strategy",
      traits: { patchStrategy: "retainKeys" },
    },
    {
      place: "finalizers",
      of: pods,
      path: "metadata.finalizers",
      traits: { listType: "set", patchStrategy: "merge" },
    },
    { place: "arguments", of: pods, path: "spec.containers.[].args", traits: { listType: "atomic" } },
  ])("$place", ({ of, path, traits }) => {
    expect(at(schemaOf(of), path)).toMatchObject(traits);
  });
});

test("types that contain themselves can be walked as deep as an object goes", () => {
  const crd = { group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition" };
  const root = at(schemaOf(crd), "spec.versions.[].schema.openAPIV3Schema");
  expect(at(root, "not.not.items")).toBeDefined();
});

test("lists are atomic unless they say otherwise, and so are plain values", () => {
  const spec = at(schemaOf(pods), "spec.containers.[]");
  const atomic = (field: string) => {
    const place = spec?.fields.get(field);
    return place !== undefined && isAtomic(place);
  };
  expect(["args", "image", "ports", "resources"].map(atomic)).toEqual([true, true, false, false]);
});

test("places of lists and maps say what they hold", () => {
  const odd: string[] = [];
  for (const { name, schema } of definitions()) {
    for (const [field, place] of schema.fields) {
      const holdsMore = place.type === "list" || place.type === "map";
      if (holdsMore !== (place.element !== undefined)) odd.push(`${name}.${field}`);
    }
  }
  expect(odd).toEqual([]);
});
