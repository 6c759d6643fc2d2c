import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../../test/support/fuzz.ts";
import type { EndpointSlice, KubeObject, Service } from "../../../kube/types/index.ts";
import { Engine } from "../../../time/engine.ts";
import type { Api, ChangeHandler, ChangeType } from "../../apiserver/api.ts";
import { NodeProxy } from "./node-proxy.ts";
import { ServiceLog } from "./service-log.ts";

const PLACE = { nodeName: "n1", zone: "z1" };

const metadata = (name: string, labels = {}) => ({
  name,
  namespace: "default",
  uid: name,
  resourceVersion: "1",
  creationTimestamp: "",
  labels,
});

const WEB: Service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: metadata("web"),
  spec: { type: "NodePort", ports: [{ protocol: "TCP", port: 80, targetPort: 80, nodePort: 30_080 }] },
  status: {},
};

/** One endpoint, whose last number tells the version. */
function slice(version: number): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: metadata("web-1", { "kubernetes.io/service-name": "web" }),
    addressType: "IPv4",
    ports: [{ name: "", port: 80, protocol: "TCP" }],
    endpoints: [{ addresses: [`10.244.0.${version}`], conditions: { ready: true } }],
  };
}

/** The part of an API server that a log follows. */
class Feed implements Pick<Api, "list" | "onChange"> {
  readonly #handlers = new Map<string, ChangeHandler<KubeObject>>();

  list(): [] {
    return [];
  }

  onChange<T extends KubeObject>(kind: { readonly kind: string }, handler: ChangeHandler<T>): () => void {
    this.#handlers.set(kind.kind, handler as ChangeHandler<KubeObject>);
    return () => this.#handlers.delete(kind.kind);
  }

  commit(type: ChangeType, object: KubeObject): void {
    this.#handlers.get(object.kind)?.({ type, object });
  }
}

function setUp() {
  const engine = new Engine({ seed: 1 });
  const feed = new Feed();
  const log = new ServiceLog(engine);
  log.start(feed);
  const proxy = new NodeProxy(engine, log, PLACE);
  feed.commit("ADDED", WEB);
  feed.commit("ADDED", slice(0));
  engine.runFor(5_000);
  proxy.catchUp();
  const publish = (version: number) => feed.commit("MODIFIED", slice(version));
  return { engine, feed, log, proxy, publish };
}

function version(proxy: NodeProxy): number {
  const ip = proxy.table("default/web")?.ports[0]?.backends[0]?.ip;
  return Number(ip?.split(".").at(-1) ?? 0);
}

describe("a node's rules", () => {
  test("follow a change after 50 to 280 ms when nothing was written lately", () => {
    const { engine, publish, proxy } = setUp();
    publish(1);
    engine.runFor(50);
    expect(version(proxy)).toBe(0);
    engine.runFor(230);
    expect(version(proxy)).toBe(1);
  });

  test("are written at most once a second, with everything that came until then", () => {
    const { engine, publish, proxy } = setUp();
    const seen: { atMs: number; version: number }[] = [];
    const begun = engine.now();
    for (let step = 1; step <= 60; step++) {
      publish(step);
      engine.runFor(100);
      const now = version(proxy);
      if (now !== seen.at(-1)?.version) seen.push({ atMs: engine.now() - begun, version: now });
    }
    expect(seen.length).toBeGreaterThan(4);
    expect(seen.length).toBeLessThanOrEqual(8);
    engine.runFor(2_000);
    expect(version(proxy)).toBe(60);
  });

  test("stay as they are while their node is cut off", () => {
    const { engine, publish, proxy } = setUp();
    proxy.cutOff();
    publish(1);
    engine.runFor(600_000);
    expect(version(proxy)).toBe(0);
    proxy.connected();
    engine.runFor(32_000);
    expect(version(proxy)).toBe(1);
  });

  test("are gone with the power, and come back as they should be now", () => {
    const { engine, publish, proxy, log } = setUp();
    proxy.losePower();
    publish(1);
    expect(proxy.table("default/web")).toBeUndefined();
    expect(proxy.readUpTo).toBe(log.end);
    proxy.boot();
    engine.runFor(9_000);
    expect(version(proxy)).toBe(1);
    expect(proxy.tableOfNodePort(30_080)?.table.key).toBe("default/web");
    publish(2);
    engine.runFor(2_000);
    expect(version(proxy)).toBe(2);
  });

  test("forget a Service that is deleted, and its port", () => {
    const { engine, feed, proxy } = setUp();
    feed.commit("DELETED", WEB);
    engine.runFor(2_000);
    expect(proxy.table("default/web")).toBeUndefined();
    expect(proxy.tableOfNodePort(30_080)).toBeUndefined();
  });

  test("are the same however often somebody looks at them", () => {
    const step = fc.record({
      what: fc.constantFrom("publish", "look", "cut", "mend"),
      waitMs: fc.integer({ min: 0, max: 1_500 }),
    });
    assertProperty(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const run = (looks: boolean) => {
          const { engine, publish, proxy } = setUp();
          let next = 0;
          for (const { what, waitMs } of steps) {
            if (what === "publish") publish(++next);
            if (what === "look" && looks) proxy.catchUp();
            if (what === "cut") proxy.cutOff();
            if (what === "mend") proxy.connected();
            engine.runFor(waitMs);
          }
          return version(proxy);
        };
        expect(run(true)).toBe(run(false));
      }),
    );
  });
});
