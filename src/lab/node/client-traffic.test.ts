import { beforeEach, describe, expect, test } from "vitest";
import { type TestNodes, testNodes } from "../../../test/support/lab-nodes.ts";
import { container, pod } from "../../../test/support/pods.ts";
import { endpointSlices, pods, services } from "../../kube/kinds.ts";
import type { Endpoint, EndpointSlice, Service } from "../../kube/types/index.ts";
import type { AppAction, AppRequest, RequestOutcome, Session, Target } from "./traffic.ts";

const NODE_PORT = 31_080;
const CLIENT_IP = "203.0.113.7";
const through = (machine: string): Target => ({ kind: "node-port", machine, port: NODE_PORT });

const web = (rest = {}) =>
  container("web", { image: "shop:1", ports: [{ containerPort: 8080, protocol: "TCP" }], ...rest });

function service(
  lab: TestNodes,
  name: string,
  port: number,
  target: number,
  spec: Partial<Service["spec"]> = {},
) {
  lab.api.create(services, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "default" },
    spec: {
      type: "ClusterIP",
      selector: { app: name },
      sessionAffinity: "None",
      ports: [
        {
          name: "main",
          protocol: "TCP",
          port,
          targetPort: target,
          ...(name === "web" && { nodePort: NODE_PORT }),
        },
      ],
      ...spec,
    },
  });
}

/** Stands in for the endpoint slice controller: what the pods are now. */
function publish(
  lab: TestNodes,
  name: string,
  port: number,
  podNames: readonly string[],
  rest: Partial<Endpoint> = {},
) {
  const endpoints = podNames.map((podName): Endpoint => {
    const { podIP = "" } = lab.pod(podName)?.status ?? {};
    const nodeName = lab.pod(podName)?.spec.nodeName ?? "";
    return {
      addresses: [podIP],
      nodeName,
      conditions: { ready: true, serving: true, terminating: false },
      ...rest,
    };
  });
  const existing = lab.api.get(endpointSlices, "default", `${name}-1`);
  if (existing !== undefined) {
    lab.api.update(endpointSlices, { ...existing, endpoints });
    return;
  }
  lab.api.create(endpointSlices, {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${name}-1`, namespace: "default", labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ name: "main", protocol: "TCP", port }],
    endpoints,
  } satisfies Omit<EndpointSlice, "metadata"> & { metadata: object });
}

function ask(
  lab: TestNodes,
  target: Target,
  action: AppAction = { kind: "ping" },
  rest: Partial<AppRequest> = {},
): RequestOutcome {
  return lab.traffic.request({
    from: "outside",
    clientIp: CLIENT_IP,
    target,
    timeoutMs: 2_000,
    action,
    ...rest,
  });
}

/** Two web pods on node-1 and node-2, one database on node-3. */
function shop(options: Parameters<typeof testNodes>[0] = {}, spec: Partial<Service["spec"]> = {}): TestNodes {
  const profile = {
    images: {
      shop: {
        startSeconds: [1, 1] as const,
        stopSeconds: 5,
        needs: ["db:5432"],
        ...options.profile?.images?.shop,
      },
    },
  };
  const lab = testNodes({ ...options, profile });
  for (const [index, name] of ["web-a", "web-b"].entries()) {
    lab.run(
      pod(name)
        .labels({ app: "web" })
        .on(`node-${index + 1}`)
        .containers(web()),
    );
  }
  const port = { containerPort: 5432, protocol: "TCP" as const };
  lab.run(
    pod("db-0")
      .labels({ app: "db" })
      .on("node-3")
      .containers(container("db", { image: "postgres:15", ports: [port] })),
  );
  expect(lab.within(60, () => ["web-a", "web-b", "db-0"].every((name) => lab.isReady(name)))).toBe(true);
  service(lab, "web", 80, 8080, { type: "NodePort", ...spec });
  service(lab, "db", 5432, 5432);
  publish(lab, "web", 8080, ["web-a", "web-b"]);
  publish(lab, "db", 5432, ["db-0"]);
  lab.seconds(5);
  return lab;
}

describe("a node's port", () => {
  test("leads to every ready pod, from every node", () => {
    const lab = shop();
    const served = new Set<string | undefined>();
    for (let i = 0; i < 40; i++) served.add(ask(lab, through(`node-${(i % 3) + 1}`)).servedBy);
    expect([...served].sort()).toEqual(["default/web-a", "default/web-b"]);
  });

  test("takes a moment before it knows of a change", () => {
    const lab = shop();
    publish(lab, "web", 8080, ["web-a"]);
    const seen = () => new Set(Array.from({ length: 20 }, () => ask(lab, through("node-3")).servedBy));
    expect(seen().size).toBe(2);
    lab.seconds(2);
    expect([...seen()]).toEqual(["default/web-a"]);
  });

  test("refuses when nothing is behind it", () => {
    const lab = shop();
    publish(lab, "web", 8080, []);
    lab.seconds(2);
    expect(ask(lab, through("node-1"))).toMatchObject({
      ok: false,
      failure: "refused",
      why: "Service default/web has no endpoints",
    });
  });

  test("does not answer for pods elsewhere when the policy is Local", () => {
    const lab = shop({}, { externalTrafficPolicy: "Local" });
    expect(ask(lab, through("node-1")).servedBy).toBe("default/web-a");
    expect(ask(lab, through("node-3"))).toMatchObject({ ok: false, failure: "timeout", latencyMs: 2_000 });
    expect(ask(lab, through("node-3"), { kind: "ping" }, { from: { machine: "node-3" } }).ok).toBe(true);
  });

  test.each(["power-off", "partition"] as const)("of a node after %s does not answer", (how) => {
    const lab = shop();
    lab.failures.fail("node-1", how);
    expect(ask(lab, through("node-1"))).toMatchObject({ ok: false, failure: "timeout", latencyMs: 2_000 });
  });

  test("of a good node sends every second client to the dead one until somebody tells it", () => {
    const lab = shop();
    lab.failures.fail("node-1", "power-off");
    const outcomes = Array.from({ length: 40 }, () => ask(lab, through("node-2")));
    expect(outcomes.filter(({ ok }) => !ok).every(({ failure }) => failure === "timeout")).toBe(true);
    expect(outcomes.filter(({ ok }) => !ok).length).toBeGreaterThan(8);
    publish(lab, "web", 8080, ["web-b"]);
    lab.seconds(2);
    expect(Array.from({ length: 20 }, () => ask(lab, through("node-2"))).every(({ ok }) => ok)).toBe(true);
  });

  test("keeps its rules while its node is cut off, and learns what it missed afterwards", () => {
    const lab = shop();
    lab.failures.fail("node-1", "partition");
    publish(lab, "web", 8080, ["web-a"]);
    lab.seconds(60);
    const inside = () => ask(lab, through("node-1"), { kind: "ping" }, { from: { machine: "node-1" } });
    const outcomes = Array.from({ length: 20 }, inside);
    expect(outcomes.some(({ ok }) => ok)).toBe(true);
    expect(outcomes.some(({ failure }) => failure === "timeout")).toBe(true);
    lab.failures.heal("node-1");
    lab.seconds(40);
    expect(new Set(Array.from({ length: 20 }, () => ask(lab, through("node-1")).servedBy)).size).toBe(1);
  });

  test("is refused after a boot until the proxy runs again", () => {
    const lab = shop();
    lab.failures.fail("node-3", "power-off");
    lab.failures.heal("node-3");
    expect(lab.within(61, () => lab.world.machines.get("node-3")?.state === "on")).toBe(true);
    expect(ask(lab, through("node-3")).failure).toBe("refused");
    lab.seconds(10);
    expect(ask(lab, through("node-3")).ok).toBe(true);
  });
});

describe("client affinity", () => {
  const affinity = {
    sessionAffinity: "ClientIP" as const,
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
  };

  test("keeps a client on one pod per node, for as long as it comes back in time", () => {
    const lab = shop({}, affinity);
    const first = ask(lab, through("node-1")).servedBy;
    for (let i = 0; i < 20; i++) {
      lab.seconds(30);
      expect(ask(lab, through("node-1")).servedBy).toBe(first);
    }
    const others = new Set<string | undefined>();
    for (let i = 0; i < 30; i++) {
      others.add(ask(lab, through("node-1"), { kind: "ping" }, { clientIp: `198.51.100.${i}` }).servedBy);
    }
    expect(others.size).toBe(2);
    const after = new Set<string | undefined>();
    for (let i = 0; i < 12; i++) {
      lab.seconds(61);
      after.add(ask(lab, through("node-1")).servedBy);
    }
    expect(after.size).toBe(2);
  });

  test("ends when the pod leaves the rules", () => {
    const lab = shop({}, affinity);
    const first = ask(lab, through("node-1")).servedBy;
    const other = first === "default/web-a" ? "web-b" : "web-a";
    publish(lab, "web", 8080, [other]);
    lab.seconds(2);
    expect(ask(lab, through("node-1")).servedBy).toBe(`default/${other}`);
  });
});

describe("a connection that is kept", () => {
  let lab: TestNodes;
  let open: RequestOutcome;
  const again = () =>
    ask(
      lab,
      through("node-3"),
      { kind: "ping" },
      open.connection === undefined ? {} : { connection: open.connection },
    );

  beforeEach(() => {
    lab = shop();
    do open = ask(lab, through("node-3"));
    while (open.servedBy !== "default/web-a");
  });

  test("goes on to a pod that has left the rules", () => {
    publish(lab, "web", 8080, ["web-b"]);
    lab.seconds(5);
    expect(again()).toMatchObject({ ok: true, servedBy: "default/web-a" });
  });

  test("is reset when the process at its end is gone", () => {
    lab.api.delete(pods, "default", "web-a");
    lab.seconds(20);
    expect(again()).toMatchObject({ ok: false, failure: "reset" });
  });

  test("hangs when the machine at its end has lost its power", () => {
    lab.failures.fail("node-1", "power-off");
    expect(again()).toMatchObject({ ok: false, failure: "timeout", latencyMs: 2_000 });
  });

  test("hangs when the machine between has lost its power, and is reset once that has booted", () => {
    lab.failures.fail("node-3", "power-off");
    expect(again().failure).toBe("timeout");
    lab.failures.heal("node-3");
    lab.seconds(65);
    expect(again().failure).toBe("reset");
  });
});

describe("a pod", () => {
  test("that is gone lets connections time out, one that does not listen refuses them", () => {
    const lab = shop();
    const stale = lab.pod("web-a")?.status.podIP ?? "";
    lab.api.delete(pods, "default", "web-a");
    lab.seconds(1);
    const stopping = { addresses: [stale] };
    publish(lab, "web", 8080, ["web-b"], stopping);
    lab.seconds(2);
    expect(ask(lab, through("node-2"))).toMatchObject({
      failure: "refused",
      why: `nothing listens on ${stale}:8080`,
    });
    lab.seconds(20);
    expect(ask(lab, through("node-2")).failure).toBe("timeout");
  });

  test("serves while it stops when its program does", () => {
    const lab = shop({ profile: { images: { shop: { servesWhileStopping: true } } } });
    lab.api.delete(pods, "default", "web-a");
    lab.seconds(3);
    expect(ask(lab, { kind: "pod", namespace: "default", name: "web-a", port: 8080 }).ok).toBe(true);
  });

  test("is not asked on a port that it does not have", () => {
    const lab = shop();
    expect(ask(lab, { kind: "pod", namespace: "default", name: "web-a", port: 9999 }).failure).toBe(
      "refused",
    );
  });
});

describe("an application", () => {
  test("reads and writes its database", () => {
    const lab = shop();
    expect(ask(lab, through("node-1"), { kind: "write", row: "r1" }).ok).toBe(true);
    expect(ask(lab, through("node-2"), { kind: "read" }).ok).toBe(true);
    expect(lab.traffic.storedRows("default", "db")).toEqual({ rows: new Set(["r1"]), corrupted: false });
  });

  test("answers pings but no reads without its database", () => {
    const lab = shop();
    publish(lab, "db", 5432, []);
    lab.seconds(2);
    expect(ask(lab, through("node-1")).ok).toBe(true);
    expect(ask(lab, through("node-1"), { kind: "read" })).toMatchObject({
      failure: "server-error",
      why: "Service default/db has no endpoints",
      servedBy: expect.stringMatching(/^default\/web-/),
    });
    lab.failures.fail("node-3", "power-off");
    publish(lab, "db", 5432, ["db-0"]);
    lab.seconds(2);
    expect(ask(lab, through("node-1"), { kind: "read" })).toMatchObject({
      failure: "timeout",
      latencyMs: 2_000,
    });
    expect(lab.traffic.storedRows("default", "db")).toBeUndefined();
  });

  test("loses what its database kept in the container when that is made anew", () => {
    const lab = shop();
    ask(lab, through("node-1"), { kind: "write", row: "r1" });
    lab.failures.fail("node-3", "power-off");
    lab.failures.heal("node-3");
    expect(lab.within(120, () => lab.pod("db-0")?.status.containerStatuses?.[0]?.restartCount === 1)).toBe(
      true,
    );
    lab.seconds(10);
    expect(lab.traffic.storedRows("default", "db")?.rows).toEqual(new Set());
  });

  test("cannot write when its database's disk is full", () => {
    const lab = shop();
    lab.failures.fail("node-3", "disk-full");
    expect(ask(lab, through("node-1"), { kind: "write", row: "r1" })).toMatchObject({
      failure: "server-error",
      why: "the disk of default/db-0 reports errors",
    });
    expect(ask(lab, through("node-1"), { kind: "read" }).ok).toBe(true);
  });

  test("that nobody has described is taken to need the one database of its namespace, and that is told", () => {
    const lab = shop({ profile: { images: { shop: { needs: [] } } } });
    expect(lab.assumptions()).toEqual([]);
    expect(ask(lab, through("node-1"), { kind: "write", row: "r1" }).ok).toBe(true);
    expect(lab.traffic.storedRows("default", "db")?.rows).toEqual(new Set(["r1"]));
    expect(lab.assumptions()[0]).toMatch(/is taken to keep its data in default\/db/);
  });

  test.each([
    { sessions: "memory" as const, keeps: false },
    { sessions: "cookie" as const, keeps: true },
    { sessions: "store" as const, keeps: true },
  ])("with logins kept in $sessions: another replica knows them: $keeps", ({ sessions, keeps }) => {
    const lab = shop({ profile: { images: { shop: { sessions } } } });
    const at = (name: string): Target => ({ kind: "pod", namespace: "default", name, port: 8080 });
    const { session } = ask(lab, at("web-a"), { kind: "login" });
    const whoami = (name: string) => ask(lab, at(name), { kind: "whoami" }, { session: session as Session });
    expect(whoami("web-a").ok).toBe(true);
    const elsewhere = whoami("web-b");
    expect(elsewhere.ok).toBe(keeps);
    if (!keeps) expect(elsewhere.failure).toBe("unauthorized");
  });

  test("is out of traffic without its database when its readiness says so, and costs nothing until then", () => {
    const profile = {
      images: { shop: { readinessChecksNeeds: true, needs: ["db:5432"], startSeconds: [1, 1] as const } },
    };
    const lab = testNodes({ profile });
    const readinessProbe = {
      httpGet: { path: "/ready", port: 8080 },
      periodSeconds: 5,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 1,
    };
    lab.run(pod("web-a").on("node-1").containers(web({ readinessProbe })));
    lab.run(pod("db-0").on("node-3").image("postgres:15"));
    service(lab, "db", 5432, 5432);
    lab.seconds(30);
    expect(lab.isReady("web-a")).toBe(false);
    publish(lab, "db", 5432, ["db-0"]);
    expect(lab.within(10, () => lab.isReady("web-a"))).toBe(true);
    lab.seconds(30);
    const before = lab.engine.tasksRun;
    lab.seconds(600);
    expect(lab.engine.tasksRun).toBe(before);
    lab.failures.fail("node-3", "power-off");
    expect(lab.within(10, () => !lab.isReady("web-a"))).toBe(true);
  });
});

describe("a load balancer", () => {
  test("leads clients from outside to a Service, and away from a dead node after its health checks", () => {
    const lab = shop({}, { type: "LoadBalancer" });
    const target: Target = { kind: "service", namespace: "default", name: "web", port: 80 };
    expect(ask(lab, target).ok).toBe(true);
    expect(ask(lab, { ...target, name: "db", port: 5432 })).toMatchObject({ failure: "timeout" });
    publish(lab, "web", 8080, ["web-b"]);
    lab.seconds(5);
    lab.failures.fail("node-1", "power-off");
    expect(Array.from({ length: 30 }, () => ask(lab, target)).some(({ ok }) => !ok)).toBe(true);
    lab.seconds(7);
    expect(Array.from({ length: 30 }, () => ask(lab, target)).every(({ ok }) => ok)).toBe(true);
  });
});

describe("metrics", () => {
  test("show a constant share of the request, and what requests cost on top", () => {
    const lab = testNodes();
    lab.run(
      pod("a")
        .on("node-1")
        .requests({ cpu: "200m", memory: "100Mi" })
        .containers(web({ resources: { requests: { cpu: "200m", memory: "100Mi" } } })),
    );
    lab.seconds(20);
    expect(lab.metrics.usageOf("default", "a")).toBeUndefined();
    lab.seconds(60);
    expect(lab.metrics.usageOf("default", "a")).toEqual([
      { name: "web", cpuMillicores: 20, memoryBytes: 62_914_560 },
    ]);
    const target: Target = { kind: "pod", namespace: "default", name: "a", port: 8080 };
    for (let i = 0; i < 600; i++) {
      ask(lab, target);
      lab.seconds(0.1);
    }
    expect(lab.metrics.usageOf("default", "a")?.[0]?.cpuMillicores).toBeGreaterThan(110);
  });
});
