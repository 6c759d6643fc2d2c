import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { inApplyOrder, parseManifests, readManifests, readSources } from "./manifests.ts";
import { parsePlaced } from "./placed-manifests.ts";

const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n";

describe("parseManifests", () => {
  test("reads several documents and passes over empty ones", () => {
    const manifests = parseManifests(
      `# note\n---\n${pod}---\n---\n${pod.replace("name: a", "name: b")}`,
      "x.yaml",
    );
    expect(manifests.map((m) => m.object.metadata.name)).toEqual(["a", "b"]);
  });

  test("unpacks Lists, and each item knows its line", () => {
    const text =
      "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: b\n";
    const [a, b] = parseManifests(text, "x.yaml");
    expect([a?.place.line, b?.place.line, b?.lineOf("metadata.name")]).toEqual([4, 7, 10]);
  });

  test("names the nearest line there is for a field that is missing", () => {
    const [manifest] = parseManifests(`${pod}spec:\n  containers:\n  - image: x\n`, "x.yaml");
    expect(manifest?.lineOf("spec.containers[0].name")).toBe(7);
  });

  test("finds the line of a list's item by its key, as the API server names it", () => {
    const [manifest] = parseManifests(
      `${pod}spec:\n  containers:\n  - name: x\n  - name: y\n    image: z\n`,
      "x.yaml",
    );
    expect(manifest?.lineOf('spec.containers[name="y"].image')).toBe(9);
  });

  test.each([
    { name: "broken YAML", text: "a: [1\n", error: /^x\.yaml, line 2: is not valid YAML: [^:]*$/ },
    {
      name: "a duplicate key",
      text: "apiVersion: v1\napiVersion: v1\n",
      error: /line 2: is not valid YAML: Map keys must be unique$/,
    },
    {
      name: "a list on top",
      text: "- 1\n",
      error: /line 1: holds a list where a Kubernetes object \(a mapping\) is expected/,
    },
    {
      name: "no kind",
      text: "apiVersion: v1\nmetadata: {name: a}\n",
      error: /line 1, kind: is missing; every object says its kind/,
    },
    {
      name: "no name",
      text: "apiVersion: v1\nkind: Pod\nmetadata: {}\n",
      error: /metadata\.name: is missing; expected the object's name/,
    },
    {
      name: "a name that is a number",
      text: "apiVersion: v1\nkind: Pod\nmetadata: {name: 7}\n",
      error: /metadata\.name: is the number 7/,
    },
    {
      name: "no metadata",
      text: "apiVersion: v1\nkind: Pod\n",
      error: /metadata: is missing; expected a mapping/,
    },
    {
      name: "the second document",
      text: `${pod}---\nkind: Pod\n`,
      error: /line 6, document 2, apiVersion: is missing/,
    },
    {
      name: "a bomb of aliases",
      text: `a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      error: /cannot be unfolded: Excessive alias count/,
    },
  ])("refuses $name with its place", ({ text, error }) => {
    expect(() => parseManifests(text, "x.yaml")).toThrow(error);
  });
});

describe("readManifests", () => {
  test("reads a folder in order of name, gzip undone, other files left alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "manifests-"));
    writeFileSync(join(folder, "b.yaml"), pod);
    writeFileSync(join(folder, "a.yml.gz"), gzipSync(pod.replace("name: a", "name: first")));
    writeFileSync(join(folder, "config.env"), "X=1");
    expect(readManifests([folder]).map((m) => m.object.metadata.name)).toEqual(["first", "a"]);
  });

  test("says which path cannot be read", () => {
    expect(() => readManifests(["/nowhere/x.yaml"])).toThrow(/^\/nowhere\/x\.yaml: cannot be read: ENOENT/);
  });

  test("refuses a folder without manifests", () => {
    expect(() => readManifests([mkdtempSync(join(tmpdir(), "empty-"))])).toThrow(/no object found in it/);
  });

  test("refuses what is not UTF-8", () => {
    const file = join(mkdtempSync(join(tmpdir(), "bytes-")), "x.yaml");
    writeFileSync(file, Buffer.from([0x61, 0xff, 0xfe]));
    expect(() => readManifests([file])).toThrow(/is not UTF-8 text/);
  });
});

/** Scalars and layouts that readers of YAML differ about. */
const TRICKY = [
  ..."1_000 0o14 014 0b11 0x1F 1e3 .5 1. +1 yes on ~ Null .inf .NaN 2001-01-01 12345678901234567890 1:30 -0 0.0 TRUE tRue 0x 1e+3 1e 0o8".split(
    " ",
  ),
  ..."b#c -.inf ::b @x 1__0 _1 --1 http://x:80/y {b:_1} [1,2,] [b_c,_d:_e] 'it''s' '' !!str_1 !!int_'3' {} -_b 1_#_x"
    .split(" ")
    .map((text) => text.replaceAll("_", " ")),
  "|\n  x\n\n  y\n",
  ">-\n  x\n  y\n\n   z\n",
  "|+\n  x\n\n",
  "|2\n   x",
  '"a\\n\\u00e9\\x41\\\n   b"',
  "'x\n  y'",
  "x\n  y\n\n  z",
  "{\n}",
  "\n  - a\n  - - b\n    - c: d\n      e: f",
  "\n- a\n-\n- ~",
  "&x 1\nother: *x",
  "\n  <<: { a: 1 }\n  b: 2",
  "\t1",
];

test.each(TRICKY)("both readers read %j the same", (value) => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\nvalue: ${value}\n`;
  const read = (reader: typeof parsePlaced) => {
    try {
      return reader(text, "x.yaml", { line: 1, document: 1 }).map(({ object }) => object);
    } catch (error) {
      return String(error);
    }
  };
  expect(read(parseManifests)).toEqual(read(parsePlaced));
});

test("every object of the stacks is the same to both readers, and stands at the same line", () => {
  for (const { text, file } of readSources(["stacks/opentakserver/manifests"])) {
    const [quick, placed] = [parseManifests(text, file), parsePlaced(text, file, { line: 1, document: 1 })];
    expect(quick.map(({ object, place }) => ({ object, place }))).toEqual(
      placed.map(({ object, place }) => ({ object, place })),
    );
    expect(quick.map(({ lineOf }) => lineOf("spec"))).toEqual(placed.map(({ lineOf }) => lineOf("spec")));
  }
});

test("namespaces and custom kinds go first, the rest keeps its order", () => {
  const text = ["Pod", "CustomResourceDefinition", "Service", "Namespace"]
    .map((kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: x}\n`)
    .join("---\n");
  expect(inApplyOrder(parseManifests(text, "x.yaml")).map((m) => m.object.kind)).toEqual([
    "Namespace",
    "CustomResourceDefinition",
    "Pod",
    "Service",
  ]);
});
