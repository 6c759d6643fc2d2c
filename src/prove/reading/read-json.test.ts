import { describe, expect, test } from "vitest";
import { kubectlText, makeCluster, objectsOf, snapshotText } from "../../../bench/clusters.mjs";
import { node } from "../../../test/support/nodes.ts";
import { pod, TEST_EPOCH_MS } from "../../../test/support/pods.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { ModelBuilder } from "../model/builder.ts";
import type { Model } from "../model/model.ts";
import { readJson } from "./read-json.ts";

/** The text in parts of so many bytes. */
async function* inParts(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text as string);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, size = 1 << 20): Promise<Model> {
  const builder = new ModelBuilder();
  await readJson("in.json", inParts(text, size), builder);
  return builder.build();
}

function built(objects: Iterable<KubeObject>): Model {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  return builder.build();
}

/** Everything that a model tells. */
function dump(model: Model) {
  return {
    nodes: model.nodes,
    pods: Array.from({ length: model.podCount }, (_, i) => [
      model.podAt(i),
      model.flags[i],
      model.classOf[i],
    ]),
    classes: model.classes,
    workloads: model.workloads,
    budgets: model.budgets,
    claims: [...model.objects.claims.all()],
    volumes: [...model.objects.volumes.all()],
    services: [...model.objects.services.all()],
    replicaSets: [...model.objects.replicaSets.all()],
    unknowns: model.unknowns,
    assumed: model.assumed,
    passedOver: [...model.passedOver],
  };
}

const cluster = makeCluster({ nodes: 12, pods: 200, workloads: 50, fill: 0.7 });

describe("a cluster comes out the same", () => {
  const expected = dump(built(objectsOf(cluster)));

  test("from a snapshot, in parts of any size", async () => {
    const text = [...snapshotText(cluster)].join("");
    for (const size of [1 << 20, 7919, 513]) expect(dump(await read(text, size))).toEqual(expected);
  });

  test("from what kubectl prints", async () => {
    expect(dump(await read([...kubectlText(cluster)].join("")))).toEqual(expected);
  });

  test("from objects one after the other, and from a list of them", async () => {
    const objects = [...objectsOf(cluster)].map((object) => JSON.stringify(object));
    expect(dump(await read(objects.join("\n")))).toEqual(expected);
    expect(dump(await read(`[${objects.join(",")}]`))).toEqual(expected);
  });

  test("from lists whose items leave out what they are", async () => {
    const byKind = new Map<string, object[]>();
    for (const { apiVersion, kind, ...item } of objectsOf(cluster)) {
      const key = `${apiVersion} ${kind}`;
      byKind.set(key, [...(byKind.get(key) ?? []), item]);
    }
    const lists = [...byKind].map(([key, items]) => {
      const [apiVersion, kind] = key.split(" ");
      return JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: {}, items });
    });
    expect(dump(await read(lists.join("")))).toEqual(expected);
  });

  test("when every field's name and text is written with escapes", async () => {
    const escaped = (text: string) =>
      text.replace(
        /"((?:[^"\\]|\\.)*)"/g,
        (_, inner: string) =>
          `"${inner.replace(/[a-zA-Z]/, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`,
      );
    const text = [...snapshotText(cluster)]
      .map((part) => (part.includes('"Pod"') ? escaped(part) : part))
      .join("");
    expect(text).toContain("\\u");
    expect(dump(await read(text))).toEqual(expected);
  });
});

describe("a pod with something unusual", () => {
  const owner = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "s", namespace: "default", uid: "u" },
  } as KubeObject;
  const owned = (name: string) => pod(name).ownedBy(owner).on("a").running();
  const damaged = (spec: unknown) => ({ ...owned("p"), spec }) as unknown as KubeObject;
  test.each<[string, KubeObject]>([
    [
      "an ephemeral volume",
      owned("p").volumes({
        name: "x",
        ephemeral: { volumeClaimTemplate: { spec: { storageClassName: "c" } } },
      }),
    ],
    [
      "a resize under way",
      owned("p").condition({ type: "PodResizePending", status: "True", reason: "Infeasible" }),
    ],
    ["no owner", pod("alone").on("a")],
    [
      "a mirror of a static pod",
      pod("static-a").ownedBy(node("a")).on("a").annotations({ "kubernetes.io/config.mirror": "x" }),
    ],
    ["a name that is not ASCII", owned("p").withSpec({ nodeName: "nö" })],
    ["a text with escapes", owned("p").labels({ a: 'q"\\' })],
    ["ended", owned("p").phase("Succeeded")],
    ["started", owned("p").startedAt(TEST_EPOCH_MS + 7_000)],
    ["a fraction of a second", owned("p").withStatus({ startTime: "2026-01-05T08:00:02.5+01:00" })],
    ["no moment for a start", owned("p").withStatus({ startTime: "yesterday" })],
    ["a number for a node", owned("p").withSpec({ nodeName: 5 as never })],
    ["nulls", damaged({ ...owned("p").spec, affinity: null, volumes: null, nodeName: null })],
    ["no spec", damaged(undefined)],
    ["a list for a spec", damaged([])],
    ["texts for containers", damaged({ ...owned("p").spec, containers: ["x"] })],
    ["no list of conditions", owned("p").withStatus({ conditions: "x" as never })],
    ["on its way out", owned("p").deleting(TEST_EPOCH_MS)],
    [
      "another term beside the one that names its node",
      pod("d")
        .ownedBy({ ...owner, kind: "DaemonSet" })
        .on("a")
        .affinity({
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchFields: [{ key: "metadata.name", operator: "In", values: ["a"] }] },
                { matchExpressions: [{ key: "x", operator: "Exists" }] },
              ],
            },
          },
        }),
    ],
  ])("%s is read as the parser reads it", async (_, object) => {
    const objects = [node("a"), node("b"), object, owned("other")];
    const text = objects.map((one) => JSON.stringify(one)).join("\n");
    expect(dump(await read(text))).toEqual(
      dump(built(objects.map((one) => JSON.parse(JSON.stringify(one))))),
    );
  });
});

describe("text that is wrong", () => {
  const item = JSON.stringify(pod("p"));
  const list = (...items: readonly string[]) =>
    `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[${items.join(",")}]}`;
  test.each<[string, string, string]>([
    [
      "a value that is none",
      list(item, item.replace('"Pending"', "Pending")),
      `in item 2 of the list of v1 Pod: found "P" where a value is expected`,
    ],
    [
      "a comma that is missing",
      list(item, `${item} ${item}`),
      'in item 3 of the list of v1 Pod: found "{" where , or ] is expected',
    ],
    [
      "a bracket too many",
      list(`${item}}`),
      'in item 2 of the list of v1 Pod: found "}" where , or ] is expected',
    ],
    [
      "cut off in an item",
      list(item, item).slice(0, -100),
      "in item 2 of the list of v1 Pod: the text ends in the middle; it was cut off",
    ],
    [
      "cut off behind an item",
      list(item).slice(0, -2),
      "in item 2 of the list of v1 Pod: the text ends in the middle",
    ],
    [
      "a text without an end",
      list(item, item.replace('"Pending"', '"Pending')),
      "in item 2 of the list of v1 Pod: ",
    ],
    ["an escape that is none", list(item.replace("Pending", "\\x")), "a string has an unknown escape"],
    [
      "an item that is no object",
      list("5"),
      'in item 1 of the list of v1 Pod: found "5" where an object is expected',
    ],
    [
      "an object without a name",
      list('{"metadata":{}}'),
      "in item 1 of the list of v1 Pod: a Pod has no metadata.name",
    ],
    [
      "an object that does not say what it is",
      '{"metadata":{"name":"x"}}',
      "in object 1: an object says no apiVersion and kind",
    ],
    ["no JSON at all", "apiVersion: v1", 'at byte 0, in object 1: found "a" where { is expected'],
    ["something behind the end", `${list(item)} x`, 'in object 2: found "x" where { is expected'],
    ["brackets without end", list(`{"a":${"[".repeat(100_000)}`), "a value is nested more than 500 deep"],
  ])("%s is named with its place", async (_, text, why) => {
    for (const size of [1 << 20, 97]) await expect(read(text, size)).rejects.toThrow(why);
  });

  test("the byte is that of the whole text", async () => {
    const text = list(...Array.from({ length: 2_000 }, (_, i) => JSON.stringify(pod(`p${i}`))), "{!");
    const at = Buffer.from(text).indexOf("!");
    await expect(read(text, 10_000)).rejects.toThrow(
      `in.json: cannot be read as JSON at byte ${at}, in item 2001 of the list of v1 Pod`,
    );
  });

  test("in the middle of a list that is longer than any string can be", async () => {
    const item = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"${"x".repeat(1 << 20)}"}}`;
    const part = Buffer.from(`${item},`);
    let taken = 0;
    async function* parts(): AsyncGenerator<Uint8Array> {
      const head = Buffer.from('{"kind":"List","apiVersion":"v1","items":[');
      yield head;
      taken += head.length;
      for (let i = 0; i < 520; i++) {
        yield i === 260 ? Buffer.from("{]") : part;
        taken += part.length;
      }
    }
    const at = '{"kind":"List","apiVersion":"v1","items":['.length + 260 * part.length + 1;
    await expect(readJson("long.json", parts(), new ModelBuilder())).rejects.toThrow(
      `long.json: cannot be read as JSON at byte ${at}, in item 261: found "]" where a field's name is expected`,
    );
    expect(taken).toBe(at - 1);
  }, 60_000);

  test("an empty text holds nothing", async () => {
    expect((await read(" \n")).podCount).toBe(0);
  });
});
