import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { kubectlText, makeCluster } from "../../../bench/clusters.mjs";
import type { KubeObject } from "../../kube/types/index.ts";
import { readYaml } from "./read-yaml.ts";

/** What is read from a text that comes in parts of so many bytes. */
async function read(text: string, partBytes = text.length): Promise<readonly KubeObject[]> {
  const bytes = Buffer.from(text);
  async function* parts() {
    for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
  }
  const objects: KubeObject[] = [];
  const count = await readYaml("x.yaml", parts(), { add: (object) => objects.push(object) });
  expect(count).toBe(objects.length);
  return objects;
}

const list = JSON.parse(
  [...kubectlText(makeCluster({ nodes: 6, pods: 60, workloads: 15, fill: 0.6 }))].join(""),
) as {
  items: KubeObject[];
};

const few = { ...list, items: list.items.filter((_, i) => i % 6 === 0) };

test("property: a list is the same objects however it is laid out and however it comes", async () => {
  const layout = fc.record({
    indentSeq: fc.boolean(),
    lineEnd: fc.constantFrom("\n", "\r\n"),
    partBytes: fc.integer({ min: 1, max: 5_000 }),
    before: fc.constantFrom("", "# a comment\n", "---\n", "--- # first\n"),
  });
  await fc.assert(
    fc.asyncProperty(layout, async ({ indentSeq, lineEnd, partBytes, before }) => {
      const text = before + stringify(few, { indentSeq, aliasDuplicateObjects: false });
      expect(await read(text.replaceAll("\n", lineEnd), partBytes)).toEqual(few.items);
    }),
    { numRuns: 20 },
  );
});

test.each<{ name: string; text: string; names: readonly string[] }>([
  { name: "documents", text: "---\n{{a}}\n---\n{{b}}\n...\n", names: ["a", "b"] },
  { name: "a list between documents", text: "{{a}}\n---\n[[b c]]\n---\n{{d}}", names: ["b", "c", "a", "d"] },
  { name: "an empty list", text: "apiVersion: v1\nkind: List\nitems:\n", names: [] },
  {
    name: "a list in one line",
    text: "apiVersion: v1\nkind: List\nitems: [ { apiVersion: v1, kind: Pod, metadata: { name: a } } ]",
    names: ["a"],
  },
  {
    name: "a list within a list",
    text: "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Pod, metadata: {name: a}}\n",
    names: ["a"],
  },
  {
    name: "text that looks like items",
    text: "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: { name: a }\n  data:\n    x: |\n      items:\n      - one\n\n      ---\n# a comment\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: { name: b }\n",
    names: ["a", "b"],
  },
])("$name", async ({ text, names }) => {
  const written = text
    .replace(/\{\{(\w)\}\}/g, "apiVersion: v1\nkind: Pod\nmetadata:\n  name: $1")
    .replace(
      /\[\[(\w) (\w)\]\]/g,
      "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: { name: $1 }\n- apiVersion: v1\n  kind: Pod\n  metadata: { name: $2 }\nmetadata: {}",
    );
  for (const partBytes of [7, 10_000]) {
    const found = await read(written, partBytes);
    expect(found.map(({ metadata }) => metadata.name).sort()).toEqual([...names].sort());
  }
});

describe("what is wrong is told with its line, and nothing of it is read", () => {
  const good = "- apiVersion: v1\n  kind: Pod\n  metadata: { name: a }\n";
  test.each<[string, string, string]>([
    [
      "broken in an item",
      `items:\n${good.repeat(50)}- apiVersion: v1\n  kind: [\n${good}`,
      "x.yaml, line 154",
    ],
    [
      "no kind",
      `items:\n${good}- apiVersion: v1\n  metadata: { name: a }\n`,
      "x.yaml, line 5, kind: is missing",
    ],
    ["no object", `items:\n${good}- 7\n`, "x.yaml, line 5: holds the number 7"],
    [
      "a key twice",
      `items:\n${good}- apiVersion: v1\n  kind: Pod\n  kind: Pod\n`,
      "x.yaml, line 7: is not valid YAML",
    ],
    [
      "a later document",
      `${"apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n---\n".repeat(2)}a: b: c\n`,
      "x.yaml, line 9, document 3",
    ],
  ])("%s", async (_, text, why) => {
    await expect(read(text, 11)).rejects.toThrow(why);
  });

  test("bytes that are no text", async () => {
    async function* parts() {
      yield Buffer.from([0x61, 0xff, 0xfe]);
    }
    await expect(readYaml("x.yaml", parts(), { add() {} })).rejects.toThrow("x.yaml: is not UTF-8 text");
  });
});
