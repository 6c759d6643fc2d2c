import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { put, type TestLab, testLab } from "../../../../test/support/lab-context.ts";
import { node } from "../../../../test/support/nodes.ts";
import { pod } from "../../../../test/support/pods.ts";
import { setCondition } from "../../../kube/conditions.ts";
import { leases, nodes, pods } from "../../../kube/kinds.ts";
import { formatMicroTime, parseTime } from "../../../kube/time.ts";
import type { Condition, Node } from "../../../kube/types/index.ts";
import type { Heartbeats } from "../../heartbeats.ts";
import { nodeLifecycle } from "./node-lifecycle.ts";

/** Kubelets that renew every ten seconds until they are stopped. */
class TestHeartbeats implements Heartbeats {
  readonly #lab: TestLab;
  readonly #startMs: number;
  readonly #stopped = new Map<string, number>();
  readonly #handlers: ((name: string) => void)[] = [];

  constructor(lab: TestLab) {
    this.#lab = lab;
    this.#startMs = lab.engine.now();
  }

  lastRenewMs(name: string): number | undefined {
    // A node called "new" has no kubelet.
    if (name === "new") return undefined;
    const untilMs = this.#stopped.get(name) ?? this.#lab.engine.now();
    return untilMs - ((untilMs - this.#startMs) % 10_000);
  }

  onChange(handler: (name: string) => void): () => void {
    this.#handlers.push(handler);
    return () => {};
  }

  stop(name: string): void {
    this.#stopped.set(name, this.#lab.engine.now());
    for (const handler of this.#handlers) handler(name);
  }

  /** Says that something has changed where nothing has. */
  touch(): void {
    for (const handler of this.#handlers) handler("nobody");
  }

  resume(name: string): void {
    this.#stopped.delete(name);
    for (const handler of this.#handlers) handler(name);
  }
}

/** What a kubelet of somebody else's writes. */
function renew({ api, engine }: TestLab, name: string): void {
  const renewTime = formatMicroTime(engine.now());
  const found = api.get(leases, "kube-node-lease", name);
  if (found === undefined) {
    api.create(leases, { metadata: { namespace: "kube-node-lease", name }, spec: { renewTime } });
  } else api.update(leases, { ...found, spec: { ...found.spec, renewTime } });
}

function start(names: readonly string[], zoneOf = (name: string) => `zone-${name}`) {
  const lab = testLab();
  const heartbeats = new TestHeartbeats(lab);
  for (const name of names) put(lab.api, nodes, node(name).zone(zoneOf(name)));
  nodeLifecycle(lab.context, heartbeats).start();
  lab.engine.runFor(60_000);
  lab.takeEvents();
  const get = (name: string): Node => lab.api.get(nodes, undefined, name) as Node;
  return {
    ...lab,
    heartbeats,
    get,
    taints: (name: string) =>
      (get(name).spec.taints ?? []).map(({ key, effect }) => `${key.slice(19)}:${effect}`),
    ready: (name: string) => get(name).status.conditions?.find(({ type }) => type === "Ready"),
    /** What a kubelet posts. */
    post(name: string, status: Condition["status"]) {
      const current = get(name);
      const draft = {
        type: "Ready",
        status,
        reason: "KubeletReady",
        lastHeartbeatTime: `t${lab.engine.now()}`,
      };
      const conditions = setCondition(current.status.conditions, draft, lab.engine.now());
      lab.api.updateStatus(nodes, { ...current, status: { ...current.status, conditions } });
    },
    /** Runs until a node has the taint; how long after the stop that was. */
    sinceStopMs(stopMs: number, goOn: () => boolean) {
      expect(lab.engine.runWhile(goOn, stopMs + 600_000)).toBe(true);
      return lab.engine.now() - stopMs;
    },
  };
}

describe("a healthy cluster", () => {
  test("gets its nodes registered, and then nothing is written or even looked at", () => {
    const lab = testLab();
    const heartbeats = new TestHeartbeats(lab);
    put(lab.api, nodes, node("a"));
    nodeLifecycle(lab.context, heartbeats).start();
    lab.engine.runFor(30_000);
    expect(lab.takeEvents()).toEqual([
      "Normal RegisteredNode Node a: Node a event: Registered Node a in Controller",
    ]);
    const version = lab.api.get(nodes, undefined, "a")?.metadata.resourceVersion;
    const tasks = lab.engine.tasksRun;
    lab.engine.runFor(3_600_000);
    expect(lab.engine.tasksRun - tasks).toBeLessThanOrEqual(1);
    expect(lab.api.get(nodes, undefined, "a")?.metadata.resourceVersion).toBe(version);
  });

  test("has beta labels beside the stable ones", () => {
    const { get } = start(["a"]);
    expect(get("a").metadata.labels).toMatchObject({
      "beta.kubernetes.io/os": "linux",
      "beta.kubernetes.io/arch": "amd64",
    });
  });
});

describe("a silent kubelet", () => {
  test("makes its node Unknown in the tenth pass after the one that saw its last renewal", () => {
    const { engine, heartbeats, ready, sinceStopMs, get } = start(["a", "b"]);
    engine.runFor(7_000);
    const lastRenewMs = heartbeats.lastRenewMs("a") ?? 0;
    heartbeats.stop("a");
    const elapsedMs = sinceStopMs(lastRenewMs, () => ready("a")?.status === "True");
    expect(elapsedMs).toBeGreaterThanOrEqual(50_000);
    expect(elapsedMs).toBeLessThan(55_000);
    const conditions = get("a").status.conditions ?? [];
    expect(conditions.map(({ type, status, reason, message }) => [type, status, reason, message])).toEqual([
      ["Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status."],
      ["MemoryPressure", "Unknown", "NodeStatusNeverUpdated", "Kubelet never posted node status."],
      ["DiskPressure", "Unknown", "NodeStatusNeverUpdated", "Kubelet never posted node status."],
      ["PIDPressure", "Unknown", "NodeStatusNeverUpdated", "Kubelet never posted node status."],
    ]);
  });

  test("is noticed after 40 to 45 seconds by a manager of version 1.31", () => {
    const lab = testLab({ minor: 31 });
    const heartbeats = new TestHeartbeats(lab);
    for (const name of ["a", "b"]) put(lab.api, nodes, node(name));
    nodeLifecycle(lab.context, heartbeats).start();
    lab.engine.runFor(62_000);
    const lastRenewMs = heartbeats.lastRenewMs("a") ?? 0;
    heartbeats.stop("a");
    const isReady = () => lab.api.get(nodes, undefined, "a")?.status.conditions?.[0]?.status === "True";
    expect(lab.engine.runWhile(isReady, lastRenewMs + 45_000)).toBe(true);
    expect(lab.engine.now() - lastRenewMs).toBeGreaterThanOrEqual(40_000);
  });

  test("takes its pods out of service at once, and its node gets both taints within a tenth of a second", () => {
    const { api, engine, heartbeats, ready, sinceStopMs, taints, takeEvents, get } = start(["a", "b"]);
    put(api, pods, pod("web").on("a").running());
    put(api, pods, pod("pending").on("a"));
    put(api, pods, pod("other").on("b").running());
    engine.runFor(1_000);
    heartbeats.stop("a");
    sinceStopMs(engine.now(), () => ready("a")?.status === "True");
    expect(takeEvents()).toEqual([
      "Normal NodeNotReady Node a: Node a status is now: NodeNotReady",
      "Warning NodeNotReady Pod default/web: Node is not ready",
    ]);
    const readyOf = (name: string) =>
      api.get(pods, "default", name)?.status.conditions?.find(({ type }) => type === "Ready")?.status;
    expect([readyOf("web"), readyOf("pending"), readyOf("other")]).toEqual(["False", undefined, "True"]);
    engine.runFor(100);
    expect(taints("a")).toEqual(["unreachable:NoSchedule", "unreachable:NoExecute"]);
    const { timeAdded = "" } = get("a").spec.taints?.[1] ?? {};
    expect(Math.abs((parseTime(timeAdded) ?? 0) - engine.now())).toBeLessThan(1_100);
  });

  test("that comes back has its node untainted: NoSchedule at once, NoExecute in the next pass", () => {
    const { engine, heartbeats, post, sinceStopMs, taints, takeEvents } = start(["a", "b"]);
    heartbeats.stop("a");
    sinceStopMs(engine.now(), () => taints("a").length < 2);
    takeEvents();
    heartbeats.resume("a");
    post("a", "True");
    engine.runFor(10);
    expect(taints("a")).toEqual(["unreachable:NoExecute"]);
    engine.runFor(5_000);
    expect(taints("a")).toEqual([]);
    expect(takeEvents()).toEqual([]);
  });

  test("that was told to be renewing by Lease objects alone is noticed as well", () => {
    const lab = testLab();
    put(lab.api, nodes, node("a"));
    put(lab.api, nodes, node("b"));
    const heartbeats = { lastRenewMs: () => undefined, onChange: () => () => {} };
    nodeLifecycle(lab.context, heartbeats).start();
    const renewFor = (ms: number) => {
      for (let passedMs = 0; passedMs < ms; passedMs += 10_000) {
        for (const name of ["a", "b"]) renew(lab, name);
        lab.engine.runFor(10_000);
      }
    };
    renewFor(200_000);
    const statuses = () => lab.api.list(nodes).map(({ status }) => status.conditions?.[0]?.status);
    expect(statuses()).toEqual(["True", "True"]);
    lab.engine.runFor(46_000);
    expect(statuses()).toEqual(["Unknown", "Unknown"]);
  });
});

describe("taints", () => {
  test("follow a kubelet that says it is not ready, and are swapped at once when it then falls silent", () => {
    const { engine, heartbeats, post, sinceStopMs, taints } = start(["a", "b"]);
    post("a", "False");
    engine.runFor(5_200);
    expect(taints("a")).toEqual(["not-ready:NoSchedule", "not-ready:NoExecute"]);
    heartbeats.stop("a");
    sinceStopMs(engine.now(), () => !taints("a").includes("unreachable:NoExecute"));
    engine.runFor(10);
    expect(taints("a")).toEqual(["unreachable:NoExecute", "unreachable:NoSchedule"]);
  });

  test("say that a node is cordoned", () => {
    const { api, engine, get, taints } = start(["a"]);
    api.update(nodes, { ...get("a"), spec: { unschedulable: true } });
    engine.runFor(10);
    expect(taints("a")).toEqual(["unschedulable:NoSchedule"]);
    api.update(nodes, { ...get("a"), spec: { ...get("a").spec, unschedulable: false } });
    engine.runFor(10);
    expect(taints("a")).toEqual([]);
  });

  test("come to the nodes of one zone ten seconds apart", () => {
    const names = ["a", "b", "c", "d", "e"];
    const { api, engine, heartbeats, taints } = start(names, () => "one");
    const taintedMs: number[] = [];
    api.onChange(nodes, ({ object, previous }) => {
      const count = (of: Node | undefined) =>
        (of?.spec.taints ?? []).filter(({ effect }) => effect === "NoExecute").length;
      if (count(object) > count(previous)) taintedMs.push(engine.now());
    });
    heartbeats.stop("a");
    heartbeats.stop("b");
    engine.runFor(100_000);
    expect(["a", "b", "c"].map((name) => taints(name).length)).toEqual([2, 2, 0]);
    const [first = 0, second = 0] = taintedMs;
    expect(second - first).toBe(10_000);
  });

  test("are held back in a small zone that has lost most of its nodes", () => {
    const names = ["a", "b", "c", "d", "e"];
    const { engine, heartbeats, taints } = start(names, () => "one");
    for (const name of ["a", "b", "c"]) heartbeats.stop(name);
    engine.runFor(300_000);
    const tainted = names.filter((name) => taints(name).includes("unreachable:NoExecute"));
    expect(tainted).toEqual([]);
    expect(taints("a")).toEqual(["unreachable:NoSchedule"]);
  });

  test("are taken back when every zone seems to be gone, and come again when one is back", () => {
    const { engine, heartbeats, post, taints } = start(["a", "b"]);
    heartbeats.stop("a");
    engine.runFor(70_000);
    expect(taints("a")).toContain("unreachable:NoExecute");
    heartbeats.stop("b");
    engine.runFor(300_000);
    expect(taints("a")).toEqual(["unreachable:NoSchedule"]);
    expect(taints("b")).toEqual(["unreachable:NoSchedule"]);
    heartbeats.resume("b");
    post("b", "True");
    engine.runFor(20_000);
    expect(taints("a")).toContain("unreachable:NoExecute");
    expect(taints("b")).toEqual([]);
  });
});

describe("nodes that come and go", () => {
  test("a node without a kubelet is Unknown after a minute", () => {
    const { api, engine, get, ready, takeEvents, taints } = start(["a"]);
    put(api, nodes, node("new").withStatus({ conditions: [] }));
    const createdMs = engine.now();
    engine.runFor(6_000);
    expect(takeEvents()).toEqual([
      "Normal RegisteredNode Node new: Node new event: Registered Node new in Controller",
    ]);
    expect(get("new").status.conditions ?? []).toEqual([]);
    expect(engine.runWhile(() => ready("new") === undefined, createdMs + 66_000)).toBe(true);
    expect(engine.now() - createdMs).toBeGreaterThanOrEqual(60_000);
    engine.runFor(200);
    expect(taints("new")).toEqual(["unreachable:NoSchedule", "unreachable:NoExecute"]);
    expect(takeEvents()).toEqual([]);
  });

  test("a deleted node is missed in the next pass", () => {
    const { api, engine, takeEvents } = start(["a", "b"]);
    api.delete(nodes, undefined, "a");
    engine.runFor(5_000);
    expect(takeEvents()).toEqual([
      "Normal RemovingNode Node a: Node a event: Removing Node a from Controller",
    ]);
  });

  test("a pod that is bound to a node known to be silent is not ready either", () => {
    const { api, engine, heartbeats, ready, sinceStopMs, takeEvents } = start(["a", "b"]);
    heartbeats.stop("a");
    sinceStopMs(engine.now(), () => ready("a")?.status === "True");
    takeEvents();
    put(api, pods, pod("late").on("a").running());
    engine.runFor(10);
    expect(takeEvents()).toEqual(["Warning NodeNotReady Pod default/late: Node is not ready"]);
  });
});

test("after an outage of the API server the clocks begin anew, as those of a restarted manager", () => {
  const { engine, heartbeats, ready, server, takeEvents } = start(["a", "b"]);
  server.setUp(false);
  for (const name of ["a", "b"]) heartbeats.stop(name);
  engine.runFor(120_000);
  server.setUp(true);
  engine.runFor(6_000);
  for (const name of ["a", "b"]) heartbeats.resume(name);
  engine.runFor(60_000);
  expect(ready("a")?.status).toBe("True");
  expect(takeEvents().filter((text) => text.includes("RegisteredNode"))).toHaveLength(2);
});

test("passes that are not run would have changed nothing", () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 100, max: 90_000 }),
    name: fc.constantFrom("a", "b", "c"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      expect(historyOf(steps, "eager")).toEqual(historyOf(steps, "lazy"));
    }),
    { numRuns: 60 },
  );
});

/** Every write to a node, while kubelets stop and start. An eager run is made to look at every pass. */
function historyOf(steps: readonly { afterMs: number; name: string }[], mode: "eager" | "lazy"): string[] {
  const { api, engine, heartbeats, post, ready, taints } = start(["a", "b", "c"], (name) =>
    name === "c" ? "z" : "y",
  );
  const history: string[] = [];
  api.onChange(nodes, ({ object: { metadata } }) => {
    history.push(`${engine.now()} ${metadata.name} ${ready(metadata.name)?.status} ${taints(metadata.name)}`);
  });
  const stopped = new Set<string>();
  const run = (ms: number) => {
    const untilMs = engine.now() + ms;
    while (mode === "eager" && engine.now() + 2_500 < untilMs) {
      heartbeats.touch();
      engine.runFor(2_500);
    }
    engine.runUntil(untilMs);
  };
  for (const { afterMs, name } of steps) {
    run(afterMs);
    if (stopped.delete(name)) {
      heartbeats.resume(name);
      if (ready(name)?.status !== "True") post(name, "True");
    } else {
      stopped.add(name);
      heartbeats.stop(name);
    }
  }
  run(120_000);
  return history;
}
