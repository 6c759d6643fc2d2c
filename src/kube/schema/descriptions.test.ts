import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KINDS } from "../kinds.ts";
import { fieldDescription, typeDescription } from "./descriptions.ts";
import { definitions } from "./schema.ts";

const TOLD = Object.keys(
  JSON.parse(readFileSync(new URL("./descriptions.data.json", import.meta.url), "utf8")) as object,
);

test("every description is of a type or field that there is", () => {
  const places = new Set(["*.apiVersion", "*.kind", "*.metadata", "*.spec", "*.status", "*.items"]);
  for (const { name, schema } of definitions()) {
    const short = name.split(".").slice(-3).join(".");
    places.add(short);
    for (const field of schema.fields.keys()) places.add(`${short}.${field}`);
  }
  expect(TOLD.filter((place) => !places.has(place))).toEqual([]);
});

test("every kind of a stable version has one", () => {
  const isServed = (group: string, version: string, kind: string) =>
    KINDS.some((row) => row.group === group && row.version === version && row.kind === kind);
  const without = [...definitions()].filter(
    ({ name, kind }) =>
      kind !== undefined &&
      isServed(kind.group, kind.version, kind.kind) &&
      typeDescription(name) === undefined,
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});

test("a field is told by its type", () => {
  expect(fieldDescription("io.k8s.api.core.v1.PodSpec", "containers")).toMatch(/^What runs in the Pod/);
  expect(fieldDescription("io.k8s.api.core.v1.PodSpec", "nope")).toBeUndefined();
});
