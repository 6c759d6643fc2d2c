import { expect, test } from "vitest";
import { definitionHeads } from "./definition-heads.ts";
import { parseManifests } from "./manifests.ts";

const HEAD = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n";
const METADATA = "metadata:\n  name: things.example.com\n";

test.each([
  {
    name: "a body in the middle",
    text: `${HEAD}spec:\n  group: example.com\n${METADATA}`,
    left: `${HEAD}${METADATA}`,
  },
  {
    name: "a body at the end without a line's end",
    text: `${HEAD}${METADATA}spec:\n  a: 1`,
    left: `${HEAD}${METADATA}`,
  },
  {
    name: "empty lines in a text",
    text: `${HEAD}spec:\n  a: |\n    x\n\n    y\n${METADATA}`,
    left: `${HEAD}${METADATA}`,
  },
  {
    name: "comments between lines",
    text: `${HEAD}spec:\n  a: 1\n# b\n  b: 2\n${METADATA}`,
    left: `${HEAD}${METADATA}`,
  },
  {
    name: "a list in the column of its key",
    text: `${HEAD}spec:\n- a: 1\n- b: 1\n${METADATA}`,
    left: `${HEAD}${METADATA}`,
  },
  {
    name: "spec and status on one line",
    text: `${HEAD}spec: {}\nstatus: {}\n${METADATA}`,
    left: `${HEAD}${METADATA}`,
  },
  {
    name: "the documents around it",
    text: `kind: Pod\nspec:\n  a: 1\n---\n${HEAD}${METADATA}spec:\n  a: 1\n---\nkind: Pod\nspec:\n  a: 1\n`,
    left: `kind: Pod\nspec:\n  a: 1\n---\n${HEAD}${METADATA}---\nkind: Pod\nspec:\n  a: 1\n`,
  },
  {
    name: "nothing of a definition within a list",
    text: `apiVersion: v1\nkind: List\nitems:\n- kind: CustomResourceDefinition\n  spec:\n    a: 1\n`,
    left: `apiVersion: v1\nkind: List\nitems:\n- kind: CustomResourceDefinition\n  spec:\n    a: 1\n`,
  },
  {
    name: "nothing of what only speaks of one",
    text: `kind: ConfigMap\ndata:\n  a: |\n    kind: CustomResourceDefinition\nspec:\n  a: 1\n`,
    left: `kind: ConfigMap\ndata:\n  a: |\n    kind: CustomResourceDefinition\nspec:\n  a: 1\n`,
  },
])("takes out $name", ({ text, left }) => {
  expect(definitionHeads(text)).toBe(left);
});

test("a reader that wants heads gets every object, each where it stands", () => {
  const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n";
  const text = `${HEAD}${METADATA}spec:\n  group: example.com\n---\n${pod}`;
  const [whole, heads] = [{}, { definitionHeads: true }].map((options) =>
    parseManifests(text, "x.yaml", { line: 1, document: 1 }, options),
  ) as [ReturnType<typeof parseManifests>, ReturnType<typeof parseManifests>];
  expect(heads.map(({ object, place }) => [object.metadata.name, place])).toEqual(
    whole.map(({ object, place }) => [object.metadata.name, place]),
  );
  expect([whole[0]?.object.spec, heads[0]?.object.spec]).toEqual([{ group: "example.com" }, undefined]);
  expect(heads[0]?.lineOf("spec.group")).toBe(6);
});

test("what is broken in a definition is told to whoever reads it whole", () => {
  const text = `${HEAD}${METADATA}spec:\n  a: [\n`;
  expect(() => parseManifests(text, "x.yaml")).toThrow(/is not valid YAML/);
});
