import { describe, expect, test } from "vitest";
import { testApi } from "../../../test/support/api.ts";
import type { WatchQuery } from "../../client/client.ts";
import { configMaps } from "../../kube/kinds.ts";
import type { Caller, WatchEvent, WatchStream } from "./server.ts";

const CALLER: Caller = { user: { name: "test", groups: [] }, agent: "test" };
const TARGET = { kind: configMaps, namespace: "default" };

function start(query: WatchQuery = {}) {
  const { engine, server, api } = testApi();
  const make = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    api.create(configMaps, { metadata: { name, namespace: "default", labels } });
  const relabel = (name: string, labels: Readonly<Record<string, string>>) =>
    api.patch(configMaps, "default", name, "merge", { metadata: { labels } });
  const watch = (more: WatchQuery = {}) => server.watch(CALLER, TARGET, { ...query, ...more });
  return { engine, server, api, make, relabel, watch };
}

function taken(stream: WatchStream): WatchEvent[] {
  const events: WatchEvent[] = [];
  for (let event = stream.next(); event !== undefined; event = stream.next()) events.push(event);
  return events;
}

function texts(stream: WatchStream): string[] {
  return taken(stream).map(({ type, object }) => `${type} ${object.metadata.name ?? ""}`.trim());
}

describe("a watch", () => {
  test("without a revision begins with the state as it stands", () => {
    const { make, watch } = start();
    make("a");
    const stream = watch();
    make("b");
    expect(texts(stream)).toEqual(["ADDED a", "ADDED b"]);
  });

  test("from a revision tells what came after it, and nothing before", () => {
    const { make, relabel, api, watch } = start();
    const { metadata } = make("a");
    relabel("a", { k: "v" });
    api.delete(configMaps, "default", "a");
    const events = taken(watch({ resourceVersion: metadata.resourceVersion }));
    expect(events.map(({ type }) => type)).toEqual(["MODIFIED", "DELETED"]);
    const [changed, deleted] = events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(deleted).toBe((changed as number) + 1);
  });

  test("shows objects that enter its selection as added, and those that leave as deleted under the new revision", () => {
    const { make, relabel, watch } = start();
    const stream = watch({ labelSelector: "tier=web" });
    make("a");
    relabel("a", { tier: "web" });
    const changed = relabel("a", { tier: "web", more: "1" });
    const left = relabel("a", { tier: "db" });
    const events = taken(stream);
    expect(events.map(({ type }) => type)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
    expect(events[2]?.object.metadata.labels).toEqual(changed.metadata.labels);
    expect(events[2]?.object.metadata.resourceVersion).toBe(left.metadata.resourceVersion);
  });

  test("wakes its taker once when it has run dry, and only for what it selects", () => {
    const { make, watch } = start();
    const stream = watch({ resourceVersion: "0", fieldSelector: "metadata.name=b" });
    let woken = 0;
    stream.onWake(() => woken++);
    expect(texts(stream)).toEqual([]);
    make("a");
    expect(woken).toBe(0);
    make("b");
    make("c");
    expect(woken).toBe(1);
    expect(texts(stream)).toEqual(["ADDED b"]);
  });

  test("that cannot keep up is cut off once the history has passed it by", () => {
    const { make, relabel, watch } = start();
    make("a");
    const stream = watch();
    expect(texts(stream)).toEqual(["ADDED a"]);
    for (let i = 0; i < 1_100; i++) relabel("a", { i: String(i) });
    expect(texts(stream)).toEqual([]);
    expect(stream.ended).toBe(true);
  });

  test("from a revision that is forgotten gets one error, as from a real watch cache", () => {
    const { make, relabel, watch } = start();
    const { metadata } = make("a");
    for (let i = 0; i < 1_100; i++) relabel("a", { i: String(i) });
    const stream = watch({ resourceVersion: metadata.resourceVersion });
    expect(taken(stream).map(({ object }) => object)).toMatchObject([
      {
        kind: "Status",
        code: 410,
        reason: "Expired",
        message: expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/),
      },
    ]);
    expect(stream.ended).toBe(true);
  });

  test("can be the list too, which a marked bookmark ends", () => {
    const { make, watch } = start();
    make("a");
    const stream = watch({
      sendInitialEvents: true,
      resourceVersionMatch: "NotOlderThan",
      allowWatchBookmarks: true,
    });
    make("b");
    const events = taken(stream);
    expect(events.map(({ type }) => type)).toEqual(["ADDED", "BOOKMARK", "ADDED"]);
    expect(events[1]?.object.metadata.annotations).toEqual({ "k8s.io/initial-events-end": "true" });
  });

  test("is told every minute how far it is, when it asked for that and has nothing else to take", () => {
    const { engine, make, watch } = start();
    const stream = watch({ allowWatchBookmarks: true, fieldSelector: "metadata.name=x" });
    taken(stream);
    const { metadata } = make("a");
    engine.runFor(60_000);
    expect(taken(stream)).toMatchObject([
      { type: "BOOKMARK", object: { metadata: { resourceVersion: metadata.resourceVersion } } },
    ]);
  });

  test("ends after its time, and when the server goes down", () => {
    const { engine, server, watch } = start();
    const short = watch({ timeoutSeconds: 5 });
    const long = watch();
    engine.runFor(5_000);
    expect([short.ended, long.ended]).toEqual([true, false]);
    server.setUp(false);
    expect(long.ended).toBe(true);
  });
});

test.each([
  {
    name: "a match without initial events",
    query: { resourceVersionMatch: "NotOlderThan" },
    message:
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
  },
  {
    name: "initial events without a match",
    query: { sendInitialEvents: true },
    message:
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  },
] as const)("a watch is refused for $name", ({ query, message }) => {
  expect(() => start().watch(query)).toThrow(message);
});
