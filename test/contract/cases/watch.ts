import { expect } from "vitest";
import type { WatchNotice, WatchQuery } from "../../../src/client/client.ts";
import { configMaps } from "../../../src/kube/kinds.ts";
import type { KubeObject } from "../../../src/kube/types/index.ts";
import { configMap, inCase, names, refusal } from "../bodies.ts";
import type { CaseWorld, ContractCase } from "../client-contract.ts";

/** The first notices of a watch; then it is stopped. */
async function take<T extends KubeObject>(watch: AsyncIterable<WatchNotice<T>>, count: number) {
  const notices: WatchNotice<T>[] = [];
  for await (const notice of watch) {
    notices.push(notice);
    if (notices.length === count) break;
  }
  return notices;
}

/** "ADDED a, DELETED b": what is told of which object. */
function told<T extends KubeObject>(notices: readonly WatchNotice<T>[], { name }: CaseWorld): string {
  return notices
    .map((notice) => {
      const object = notice.type === "ERROR" ? undefined : notice.object;
      return `${notice.type} ${object?.metadata.name?.slice(name.length + 1) ?? ""}`.trim();
    })
    .join(", ");
}

/** Makes ConfigMaps of the case. */
async function make({ client, namespace, name }: CaseWorld, letters: string, labels: object = {}) {
  for (const letter of letters) {
    const own = { labels: { case: name, ...labels } };
    await client.create(configMaps, namespace, configMap(`${name}-${letter}`, {}, own));
  }
}

/** The case's objects as a watch asks for them. */
function watchOf({ namespace, name }: CaseWorld, more = ""): WatchQuery {
  return { namespace, labelSelector: `case=${name}${more}` };
}

async function now(world: CaseWorld): Promise<string> {
  return (await world.client.list(configMaps, inCase(world))).metadata.resourceVersion ?? "";
}

export const watchCases: readonly ContractCase[] = [
  {
    name: "a watch from a moment tells what happened since, in order",
    async run(world) {
      const { client, namespace, name } = world;
      await make(world, "a");
      const resourceVersion = await now(world);
      await make(world, "b");
      await client.patch(configMaps, namespace, `${name}-a`, "merge", { data: { x: "1" } });
      await client.delete(configMaps, namespace, `${name}-b`);
      const notices = await take(client.watch(configMaps, { ...watchOf(world), resourceVersion }), 3);
      expect(told(notices, world)).toBe("ADDED b, MODIFIED a, DELETED b");
      const versions = notices.map((notice) =>
        notice.type === "ERROR" ? 0 : Number(notice.object.metadata.resourceVersion),
      );
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
      expect(new Set(versions).size).toBe(3);
    },
  },
  {
    name: "a watch tells what happens while it stands",
    async run(world) {
      const { client } = world;
      const resourceVersion = await now(world);
      const taking = take(client.watch(configMaps, { ...watchOf(world), resourceVersion }), 2);
      await make(world, "ab");
      expect(told(await taking, world)).toBe("ADDED a, ADDED b");
    },
  },
  {
    name: "a watch from nowhere begins with what there is",
    async run(world) {
      await make(world, "ab");
      const notices = await take(world.client.watch(configMaps, watchOf(world)), 2);
      expect(told(notices, world)).toBe("ADDED a, ADDED b");
    },
  },
  {
    name: "the last notice of an object is its last state at the moment of its deletion",
    async run(world) {
      const { client, namespace, name } = world;
      await client.create(
        configMaps,
        namespace,
        configMap(`${name}-a`, { x: "1" }, { labels: { case: name } }),
      );
      const resourceVersion = await now(world);
      await client.delete(configMaps, namespace, `${name}-a`);
      const [notice] = await take(client.watch(configMaps, { ...watchOf(world), resourceVersion }), 1);
      expect(notice).toMatchObject({ type: "DELETED", object: { kind: "ConfigMap", data: { x: "1" } } });
      if (notice?.type !== "DELETED") throw new Error("no deletion");
      expect(Number(notice.object.metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion));
    },
  },
  {
    name: "an object that comes into the selection is added, one that leaves it is deleted",
    async run(world) {
      const { client, namespace, name } = world;
      await make(world, "a", { tier: "web" });
      await make(world, "b", { tier: "db" });
      const resourceVersion = await now(world);
      const relabel = (letter: string, tier: string) =>
        client.patch(configMaps, namespace, `${name}-${letter}`, "merge", { metadata: { labels: { tier } } });
      await relabel("b", "web");
      await relabel("a", "db");
      await client.patch(configMaps, namespace, `${name}-b`, "merge", { data: { x: "1" } });
      const query = { ...watchOf(world, ",tier=web"), resourceVersion };
      const notices = await take(client.watch(configMaps, query), 3);
      expect(told(notices, world)).toBe("ADDED b, DELETED a, MODIFIED b");
      // Told as it was when it was last selected.
      expect(notices[1]).toMatchObject({ object: { metadata: { labels: { tier: "web" } } } });
    },
  },
  {
    name: "one object can be watched by its name",
    async run(world) {
      const { client, namespace, name } = world;
      const resourceVersion = await now(world);
      await make(world, "ab");
      await client.delete(configMaps, namespace, `${name}-b`);
      const query = { namespace, fieldSelector: `metadata.name=${name}-b`, resourceVersion };
      expect(told(await take(client.watch(configMaps, query), 2), world)).toBe("ADDED b, DELETED b");
    },
  },
  {
    name: "a watch may replace the list: state, a bookmark, then changes",
    async run(world) {
      const { client } = world;
      await make(world, "ab");
      const query = {
        ...watchOf(world),
        sendInitialEvents: true,
        resourceVersionMatch: "NotOlderThan",
        allowWatchBookmarks: true,
      } as const;
      const iterator = client.watch(configMaps, query)[Symbol.asyncIterator]();
      const notices: WatchNotice<KubeObject>[] = [];
      for (let i = 0; i < 3; i++) notices.push((await iterator.next()).value);
      expect(told(notices.slice(0, 2), world)).toBe("ADDED a, ADDED b");
      expect(notices[2]).toMatchObject({
        type: "BOOKMARK",
        resourceVersion: expect.stringMatching(/^\d+$/),
        object: { metadata: { annotations: { "k8s.io/initial-events-end": "true" } } },
      });
      await make(world, "c");
      const next = (await iterator.next()).value;
      expect(told([next], world)).toBe("ADDED c");
      await iterator.return?.();
    },
  },
  {
    name: "state before changes needs a match",
    async run(world) {
      const watch = world.client.watch(configMaps, { ...watchOf(world), sendInitialEvents: true });
      expect(await refusal(take(watch, 1))).toMatchObject({
        reason: "Invalid",
        message:
          'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      });
    },
  },
  {
    name: "a match needs state before changes",
    async run(world) {
      const query = {
        ...watchOf(world),
        resourceVersion: "1",
        resourceVersionMatch: "NotOlderThan",
      } as const;
      expect(await refusal(take(world.client.watch(configMaps, query), 1))).toMatchObject({
        reason: "Invalid",
        message:
          'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      });
    },
  },
  {
    name: "a watch is refused for a selector that is none",
    async run({ client, namespace }) {
      const watch = client.watch(configMaps, { namespace, fieldSelector: "data.a=1" });
      expect(await refusal(take(watch, 1))).toMatchObject({ reason: "BadRequest", code: 400 });
    },
  },
  {
    name: "a watch from a resourceVersion that is no number is refused",
    async run({ client, namespace }) {
      const watch = client.watch(configMaps, { namespace, resourceVersion: "soon" });
      const error = await refusal(take(watch, 1));
      expect(error.message).toContain('"soon": strconv.ParseUint: parsing "soon": invalid syntax');
    },
  },
  {
    name: "dry runs are not told",
    async run(world) {
      const { client, namespace, name } = world;
      await make(world, "a");
      const resourceVersion = await now(world);
      await client.delete(configMaps, namespace, `${name}-a`, { dryRun: true });
      await client.patch(configMaps, namespace, `${name}-a`, "merge", { data: { x: "1" } }, { dryRun: true });
      await make(world, "b");
      const notices = await take(client.watch(configMaps, { ...watchOf(world), resourceVersion }), 1);
      expect(told(notices, world)).toBe("ADDED b");
    },
  },
  {
    name: "a change that changes nothing is not told",
    async run(world) {
      const { client, namespace, name } = world;
      await make(world, "a");
      const resourceVersion = await now(world);
      await client.patch(configMaps, namespace, `${name}-a`, "merge", {});
      await make(world, "b");
      const notices = await take(client.watch(configMaps, { ...watchOf(world), resourceVersion }), 1);
      expect(told(notices, world)).toBe("ADDED b");
    },
  },
  {
    name: "a watch ends when its time is over",
    async run(world) {
      const { client } = world;
      const resourceVersion = await now(world);
      const watch = client.watch(configMaps, { ...watchOf(world), resourceVersion, timeoutSeconds: 1 });
      const iterator = watch[Symbol.asyncIterator]();
      const next = iterator.next();
      await client.list(configMaps, inCase(world));
      world.elapse(2_000);
      expect(await next).toEqual({ done: true, value: undefined });
    },
  },
  {
    name: "whoever stops watching is not left waiting",
    async run(world) {
      const { client } = world;
      const resourceVersion = await now(world);
      const iterator = client
        .watch(configMaps, { ...watchOf(world), resourceVersion })
        [Symbol.asyncIterator]();
      const next = iterator.next();
      await client.list(configMaps, inCase(world));
      await iterator.return?.();
      expect(await next).toEqual({ done: true, value: undefined });
    },
  },
  {
    name: "a list and a watch from it miss nothing",
    async run(world) {
      const { client, namespace } = world;
      await make(world, "ab");
      const list = await client.list(configMaps, inCase(world));
      await make(world, "c");
      const resourceVersion = list.metadata.resourceVersion ?? "";
      const [notice] = await take(client.watch(configMaps, { ...watchOf(world), resourceVersion }), 1);
      const known = [...names(list.items), notice?.type === "ADDED" ? notice.object.metadata.name : ""];
      expect(known.sort()).toEqual(
        names((await client.list(configMaps, { ...inCase(world), namespace })).items),
      );
    },
  },
];
