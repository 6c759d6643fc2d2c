import { describe, expect, test } from "vitest";
import { testApi } from "../../../test/support/api.ts";
import { configMaps, events, nodes } from "../../kube/kinds.ts";
import type { ConfigMap } from "../../kube/types/index.ts";
import { createEventRecorder } from "./event-recorder.ts";

function start() {
  const base = testApi();
  const { engine, api } = base;
  const about = api.create(configMaps, { metadata: { name: "a", namespace: "default" } });
  const recorder = createEventRecorder({ engine, api, component: "painter", host: "node-1" });
  const say = (message: string, object: ConfigMap = about, type: "Normal" | "Warning" = "Normal") =>
    recorder.event(object, type, "Painted", message);
  return { ...base, about, recorder, say, stored: () => api.list(events) };
}

describe("an event recorder", () => {
  test("writes an Event as client-go does", () => {
    const { about, say, stored } = start();
    say("It is blue now");
    const { uid, resourceVersion } = about.metadata;
    expect(stored()).toMatchObject([
      {
        metadata: { namespace: "default", name: expect.stringMatching(/^a\.[0-9a-f]{16}$/) },
        involvedObject: {
          apiVersion: "v1",
          kind: "ConfigMap",
          namespace: "default",
          name: "a",
          uid,
          resourceVersion,
        },
        reason: "Painted",
        message: "It is blue now",
        type: "Normal",
        source: { component: "painter", host: "node-1" },
        reportingComponent: "painter",
        reportingInstance: "node-1",
        count: 1,
        firstTimestamp: "2026-01-01T00:00:00Z",
        lastTimestamp: "2026-01-01T00:00:00Z",
      },
    ]);
  });

  test("names what is said in one moment in the order in which it was said", () => {
    const { say, stored } = start();
    const said = Array.from({ length: 9 }, (_, index) => `Layer ${index}`);
    for (const message of said) say(message);
    const named = [...stored()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    expect(named.map(({ message }) => message)).toEqual(said);
  });

  test("counts what is said again instead of repeating it", () => {
    const { engine, say, stored } = start();
    say("It is blue now");
    engine.runFor(60_000);
    say("It is blue now");
    expect(stored()).toMatchObject([
      { count: 2, firstTimestamp: "2026-01-01T00:00:00Z", lastTimestamp: "2026-01-01T00:01:00Z" },
    ]);
  });

  test("combines what is said in ever other words", () => {
    const { engine, say, stored } = start();
    for (let i = 0; i < 12; i++) {
      say(`Attempt ${i}`);
      engine.runFor(1_000);
    }
    const combined = stored().filter(({ message }) =>
      message?.startsWith("(combined from similar events): "),
    );
    expect(stored()).toHaveLength(10);
    expect(combined).toMatchObject([{ count: 3, message: "(combined from similar events): Attempt 11" }]);
  });

  test("says no more than 25 things about one object at once, and one in five minutes from then on", () => {
    const { engine, recorder, about, stored } = start();
    const total = () => stored().reduce((sum, event) => sum + (event.count ?? 0), 0);
    const sayReason = (i: number) => recorder.event(about, "Normal", `Reason${i}`, "same");
    for (let i = 0; i < 40; i++) sayReason(i);
    expect(total()).toBe(25);
    engine.runFor(300_000);
    for (let i = 40; i < 50; i++) sayReason(i);
    expect(total()).toBe(26);
  });

  test("puts Events about the whole cluster into the default namespace", () => {
    const { api, recorder } = start();
    recorder.event(api.create(nodes, { metadata: { name: "n" } }), "Normal", "Ready", "It is");
    expect(api.list(events)).toMatchObject([{ metadata: { namespace: "default" } }]);
  });

  test("tries again while the API server is away, and forgets what is refused", () => {
    const { engine, server, about, say, stored } = start();
    server.setUp(false);
    say("It is blue now");
    engine.runFor(15_000);
    server.setUp(true);
    expect(stored()).toEqual([]);
    engine.runFor(10_000);
    expect(stored()).toHaveLength(1);
    const gone = { ...about, metadata: { ...about.metadata, name: "b", namespace: "nowhere", uid: "b" } };
    say("Nobody will know", gone);
    engine.runFor(200_000);
    expect(stored()).toHaveLength(1);
  });
});

describe("Events", () => {
  test("go an hour after their last write, up to a minute late, because many share one lease", () => {
    const { engine, say, stored } = start();
    say("first");
    engine.runFor(30_000);
    say("second");
    engine.runFor(60_000);
    say("first");
    engine.runFor(3_570_000 - 1);
    expect(stored()).toHaveLength(2);
    engine.runFor(1);
    expect(stored().map(({ message }) => message)).toEqual(["first"]);
    engine.runFor(90_000);
    expect(stored()).toEqual([]);
  });

  test("leave nothing to do behind when the last of them is gone", () => {
    const { engine, say } = start();
    say("first");
    engine.runFor(4_000_000);
    expect(engine.nextDueMs()).toBeUndefined();
  });
});
