import fc from "fast-check";
import { expect, test } from "vitest";
import { makeCluster, objectsOf } from "../../../bench/clusters.mjs";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { deepCopy } from "../../base/deep.ts";
import { RandomStream } from "../../base/random.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { ModelBuilder } from "../model/builder.ts";
import type { Model } from "../model/model.ts";
import { readJson } from "./read-json.ts";

type Fields = Record<string, unknown>;

/** JSON that says the same in other bytes: fields in another order, space between tokens, escapes. No two are alike. */
function respelled(value: unknown, random: RandomStream): string {
  const space = () => [" ", "\n", "\t", "", "", ""][random.below(6)];
  const write = (part: unknown): string => {
    if (typeof part === "string") {
      const text = JSON.stringify(part);
      if (random.next() < 0.9) return text;
      return text.replace(/[a-z]/, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
    }
    if (typeof part !== "object" || part === null) return JSON.stringify(part);
    if (Array.isArray(part)) return `[${space()}${part.map(write).join(`${space()},`)}${space()}]`;
    const fields = Object.entries(part);
    if (random.next() < 0.3) fields.sort(() => random.next() - 0.5);
    const written = fields.map(([name, field]) => `${write(name)}${space()}:${space()}${write(field)}`);
    return `{${space()}${written.join(`${space()},`)}${space()}}`;
  };
  return write(value);
}

/** Makes one value somewhere in an object another one of its type: of other fields than a class keeps nobody checks that. */
function changeSomething(object: Fields, random: RandomStream): void {
  let at: Fields = object;
  for (;;) {
    const names = Object.keys(at);
    const name = names[random.below(names.length)];
    if (name === undefined) return;
    const value = at[name];
    if (typeof value === "object" && value !== null && random.next() < 0.95) {
      at = value as Fields;
      continue;
    }
    if (typeof value === "string") at[name] = otherText(value, random);
    else if (typeof value === "number") at[name] = [0, 7, -1, value * 10][random.below(4)];
    else if (typeof value === "boolean") at[name] = !value;
    else if (!Array.isArray(at)) delete at[name];
    return;
  }
}

function otherText(text: string, random: RandomStream): string {
  const pick = <T>(items: readonly T[]) => items[random.below(items.length)] as T;
  if (/^\d{4}-\d\d-/.test(text)) {
    return pick([
      "2026-01-07T08:00:00Z",
      "2026-01-05T23:59:59Z",
      "2026-01-07T08:00:00.5+02:00",
      "1969-01-01T00:00:00Z",
    ]);
  }
  if (/^\d+(m|[KMG]i?)?$/.test(text)) return pick([`1${text}`, "0", "1e3"]);
  return pick([`${text}x`, text.slice(1), 'with "quotes"', "ö", ""]);
}

const list = (items: readonly string[]) => `{"kind":"List","apiVersion":"v1","items":[${items.join(",")}]}`;

async function* inParts(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size: number): Promise<Model> {
  const builder = new ModelBuilder();
  await readJson("in.json", inParts(text, size), builder);
  return builder.build();
}

function built(objects: readonly KubeObject[]): Model {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  return builder.build();
}

function dump(model: Model) {
  const pods = Array.from({ length: model.podCount }, (_, i) => [
    model.podAt(i),
    model.flags[i],
    model.nodeOf[i],
    model.classOf[i],
  ]);
  const { classes, workloads, budgets, unknowns, assumed } = model;
  return { pods, classes, workloads, budgets, unknowns, assumed };
}

test("pods are read as the parser reads them, however they are written and whatever they say", async () => {
  const bySeed = [1, 2, 3].map((seed) => [
    ...objectsOf(makeCluster({ nodes: 3, pods: 24, workloads: 6, fill: 0.6, seed })),
  ]);
  await assertProperty(
    fc.asyncProperty(
      fc.nat(2),
      fc.nat(),
      fc.integer({ min: 500, max: 9_000 }),
      async (cluster, seed, size) => {
        const random = new RandomStream(seed, "respelled");
        const isChanged = random.next() < 0.7;
        const isRespelled = random.next() < 0.5;
        const objects = (bySeed[cluster] as KubeObject[]).map((object) => {
          if (object.kind !== "Pod" || !isChanged || random.next() < 0.8) return object;
          const changed = deepCopy(object) as unknown as Fields;
          // Its name and kind are needed to call it anything.
          const { apiVersion, kind, metadata } = object;
          changeSomething(changed, random);
          return {
            ...changed,
            apiVersion,
            kind,
            metadata: { ...(changed.metadata as object), name: metadata.name },
          };
        }) as KubeObject[];
        const texts = objects.map((object) =>
          isRespelled && random.next() < 0.3 ? respelled(object, random) : JSON.stringify(object),
        );
        const model = dump(await read(list(texts), size));
        const apart = objects.map((object) => respelled(object, random));
        expect(model).toEqual(dump(await read(list(apart), 1 << 20)));
        // Of a field that no class keeps the reader does not see that it is of a wrong type.
        if (!isChanged) expect(model).toEqual(dump(built(objects.map(deepCopy))));
      },
    ),
    // Each reads two clusters.
    1 / 20,
  );
}, 120_000);

test("a DaemonSet's pod that is pinned to a node without a name is not taken for one pinned to its own", async () => {
  const objects = [...objectsOf(makeCluster({ nodes: 3, pods: 24, workloads: 6, fill: 0.6, seed: 1 }))];
  const texts = objects.map((object) => JSON.stringify(object));
  const pinned = texts.findLastIndex((text) => text.includes('"matchFields"'));
  texts[pinned] = (texts[pinned] as string).replace(/("matchFields":[^\]]*"values":\[)"[^"]*"/, '$1""');
  const parsed = texts.map((text) => JSON.parse(text) as KubeObject);
  expect(dump(await read(list(texts), 500))).toEqual(dump(built(parsed)));
});
