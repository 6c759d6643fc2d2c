import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { ListQuery, Reader } from "../client/client.ts";
import { apiVersionOf, type Kind } from "../kube/kind.ts";
import { configMaps, deployments, events, KINDS, namespaces, pods, secrets } from "../kube/kinds.ts";
import { StatusError } from "../kube/status-error.ts";
import type { KubeObject } from "../kube/types/index.ts";
import { InputError } from "./input-error.ts";
import { Redaction } from "./redaction.ts";
import { openSnapshot, saveSnapshot } from "./snapshot.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-snapshot-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `${++files}.json.gz`);

const ABOUT = { takenAt: "2026-01-01T00:00:00Z", kubernetesVersion: "v1.34.4", source: "a test" };

/** An object of a kind, with any fields on top. */
function object(kind: Kind, name: string, fields: object = {}): KubeObject {
  const namespace = kind.namespaced ? { namespace: "shop" } : {};
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      name,
      ...namespace,
      uid: `uid-${name}`,
      resourceVersion: "7",
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    ...fields,
  };
}

/** A cluster that holds some objects and hands them out two at a time. */
function readerOf(objects: readonly KubeObject[], refuse?: (kind: Kind, query: ListQuery) => void): Reader {
  return {
    get: () => Promise.reject(new Error("not used")),
    async list(kind, query = {}) {
      refuse?.(kind, query);
      const all = objects.filter((each) => each.kind === kind.kind && each.apiVersion === apiVersionOf(kind));
      const start = Number(query.continue ?? 0);
      const more = start + 2 < all.length ? { continue: String(start + 2) } : {};
      return { items: all.slice(start, start + 2) as never[], metadata: { resourceVersion: "9", ...more } };
    },
  };
}

async function objectsOf(file: string): Promise<KubeObject[]> {
  const { objects } = await openSnapshot(file);
  const found: KubeObject[] = [];
  for await (const each of objects) found.push(each);
  return found;
}

const SHOP = [
  object(namespaces, "shop"),
  ...["cart-2", "cart-0", "cart-1"].map((name) => object(pods, name, { spec: { nodeName: "node-1" } })),
  object(deployments, "cart", { spec: { replicas: 3, note: 'a "quoted" }] text\\' } }),
];

describe("a snapshot", () => {
  test("gives back what was saved, in order of kind, namespace and name", async () => {
    const file = newFile();
    const summary = await saveSnapshot(file, readerOf(SHOP), { ...ABOUT, kinds: KINDS });
    expect(summary).toMatchObject({ objects: 5, omitted: [] });
    expect((await openSnapshot(file)).header).toEqual({ format: "holdfast-snapshot", version: 1, ...ABOUT });
    const found = await objectsOf(file);
    expect(found.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "Namespace shop",
      "Pod cart-0",
      "Pod cart-1",
      "Pod cart-2",
      "Deployment cart",
    ]);
    expect(found).toEqual(expect.arrayContaining(SHOP));
  });

  test("is one JSON document, equal for equal clusters", async () => {
    const [first, second] = [newFile(), newFile()];
    await saveSnapshot(first, readerOf(SHOP), { ...ABOUT, kinds: KINDS });
    await saveSnapshot(second, readerOf([...SHOP].reverse()), { ...ABOUT, kinds: KINDS });
    expect(readFileSync(first)).toEqual(readFileSync(second));
    const document = JSON.parse(gunzipSync(readFileSync(first)).toString());
    expect(Object.keys(document)).toEqual([
      "format",
      "version",
      "takenAt",
      "kubernetesVersion",
      "source",
      "lists",
      "omitted",
    ]);
    const podList = document.lists.find((list: { kind: string }) => list.kind === "Pod");
    expect(podList).toMatchObject({
      apiVersion: "v1",
      plural: "pods",
      namespaced: true,
      resourceVersion: "9",
    });
  });

  test("names nothing when it is redacted, not even in what could not be read", async () => {
    const file = newFile();
    const event = object(events, "cart-0.17");
    const refuse = (kind: Kind) => {
      if (kind === secrets) throw new StatusError("Forbidden", "jane may not list secrets of shop");
    };
    const summary = await saveSnapshot(file, readerOf([...SHOP, event], refuse), {
      ...ABOUT,
      kinds: KINDS,
      redaction: new Redaction(),
    });
    expect(summary).toMatchObject({
      objects: 5,
      omitted: [{ resource: "secrets", why: "could not be read" }],
    });
    expect(gunzipSync(readFileSync(file)).toString()).not.toMatch(/shop|cart|node-1|jane|a test|quoted/);
    expect(await objectsOf(file)).toHaveLength(5);
  });

  test("holds every resource once, also those that have two names or versions", async () => {
    const asked: string[] = [];
    const reader = readerOf([], (kind) => asked.push(`${kind.plural}.${kind.group}`));
    await saveSnapshot(newFile(), reader, { ...ABOUT, kinds: KINDS });
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked).toContain("horizontalpodautoscalers.autoscaling");
    expect(asked).toContain("events.");
    expect(asked).not.toContain("events.events.k8s.io");
    expect(asked).not.toContain("componentstatuses.");
  });

  test("keeps the keys of Secrets and ConfigMaps and none of their values", async () => {
    const file = newFile();
    const copy = {
      "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"key":"c2VjcmV0"}}',
      note: "kept",
    };
    const annotated = (each: KubeObject) => ({ ...each, metadata: { ...each.metadata, annotations: copy } });
    const holders = [
      annotated(object(secrets, "pass", { type: "Opaque", data: { key: "c2VjcmV0" } })),
      annotated(
        object(configMaps, "conf", { data: { "a.ini": "secret" }, binaryData: { blob: "c2VjcmV0" } }),
      ),
    ];
    await saveSnapshot(file, readerOf(holders), { ...ABOUT, kinds: KINDS });
    expect(gunzipSync(readFileSync(file)).toString()).not.toMatch(/secret"|c2VjcmV0/);
    expect(await objectsOf(file)).toMatchObject([
      { data: { "a.ini": "" }, binaryData: { blob: "" }, metadata: { annotations: { note: "kept" } } },
      { type: "Opaque", data: { key: "" }, metadata: { annotations: { note: "kept" } } },
    ]);
  });

  test("says which kinds could not be read", async () => {
    const reader = readerOf(SHOP, (kind) => {
      if (kind.kind === "Pod") throw new StatusError("Forbidden", "pods is forbidden");
    });
    const file = newFile();
    const { omitted, objects } = await saveSnapshot(file, reader, { ...ABOUT, kinds: KINDS });
    expect(objects).toBe(2);
    expect(omitted).toEqual([{ resource: "pods", why: "pods is forbidden" }]);
    expect(JSON.parse(gunzipSync(readFileSync(file)).toString()).omitted).toEqual(omitted);
  });

  test("begins a list again whose place the server has forgotten", async () => {
    let forgets = 1;
    const reader = readerOf(SHOP, (_kind, query) => {
      if (query.continue && forgets-- > 0) throw new StatusError("Expired", "too old");
    });
    const file = newFile();
    expect((await saveSnapshot(file, reader, { ...ABOUT, kinds: KINDS })).omitted).toEqual([]);
    expect((await objectsOf(file)).filter(({ kind }) => kind === "Pod")).toHaveLength(3);
  });

  test("leaves nothing behind when the cluster goes away in the middle", async () => {
    const before = readdirSync(folder);
    const reader = readerOf(SHOP, (kind) => {
      if (kind.kind === "Deployment") throw new Error("gone");
    });
    await expect(saveSnapshot(newFile(), reader, { ...ABOUT, kinds: KINDS })).rejects.toThrow("gone");
    expect(readdirSync(folder)).toEqual(before);
  });

  test("may be written by others, with other line breaks and uncompressed", async () => {
    const file = newFile();
    const document = {
      format: "holdfast-snapshot",
      version: 1,
      ...ABOUT,
      notes: { a: [1, { b: null }] },
      lists: [
        { items: [], kind: "Pod" },
        { apiVersion: "v1", items: [object(pods, "a"), object(pods, "b")], n: 1 },
      ],
      omitted: [],
    };
    writeFileSync(file, JSON.stringify(document, null, 3));
    expect((await objectsOf(file)).map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
  });
});

describe("a file that is no snapshot is refused", () => {
  const whole = JSON.stringify({
    format: "holdfast-snapshot",
    version: 1,
    ...ABOUT,
    lists: [{ items: [object(pods, "a")] }],
  });
  const damaged = gzipSync(whole.repeat(1));
  damaged.writeUInt8(damaged.readUInt8(20) ^ 0xff, 20);
  test.each([
    { name: "nothing in it", content: "", why: /is empty$/ },
    { name: "text", content: "hello", why: /is not valid JSON: a snapshot begins with \{$/ },
    {
      name: "other JSON",
      content: '{"kind":"List"}',
      why: /names no format where "holdfast-snapshot" is expected/,
    },
    { name: "another format", content: '{"format":"velero"}', why: /names the format "velero"/ },
    {
      name: "a later version",
      content: '{"format":"holdfast-snapshot","version":2}',
      why: /of version 2; this Holdfast reads version 1/,
    },
    {
      name: "no date",
      content: '{"format":"holdfast-snapshot","version":1}',
      why: /has no takenAt before its lists/,
    },
    { name: "half a document", content: whole.slice(0, -20), why: /ends in the middle; it was cut off/ },
    {
      name: "half a file",
      content: gzipSync(whole).subarray(0, 60),
      why: /ends in the middle; it was cut off/,
    },
    { name: "flipped bits", content: damaged, why: /is damaged: / },
    { name: "something after the end", content: `${whole}{}`, why: /unexpected "\{" after the end/ },
    {
      name: "an item without a name",
      content: whole.replace('"name":"a",', ""),
      why: /lists\[0\]\.items\[0\] is no object with apiVersion, kind and a name/,
    },
  ])("$name", async ({ content, why }) => {
    const file = newFile();
    writeFileSync(file, content);
    const reading = objectsOf(file);
    await expect(reading).rejects.toThrow(InputError);
    await expect(reading).rejects.toThrow(why);
    await expect(reading).rejects.toThrow(file);
  });

  test("a file that is not there", async () => {
    await expect(openSnapshot(join(folder, "nowhere"))).rejects.toThrow(/cannot be read: ENOENT/);
  });
});
