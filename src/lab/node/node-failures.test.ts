import { describe, expect, test } from "vitest";
import { type TestNodes, testNodes } from "../../../test/support/lab-nodes.ts";
import { container, pod } from "../../../test/support/pods.ts";
import { events, leases, nodes, pods, priorityClasses } from "../../kube/kinds.ts";
import type { Pod } from "../../kube/types/index.ts";

const web = (rest = {}) =>
  container("web", { image: "nginx:1", ports: [{ containerPort: 80, protocol: "TCP" }], ...rest });
const readinessProbe = {
  httpGet: { path: "/", port: 80 },
  periodSeconds: 5,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
};

function running(options: Parameters<typeof testNodes>[0] = {}): TestNodes {
  const lab = testNodes(options);
  lab.run(pod("a").on("node-1").containers(web({ readinessProbe })));
  expect(lab.within(30, () => lab.isReady("a"))).toBe(true);
  return lab;
}

function answers(lab: TestNodes): boolean {
  const target = { kind: "pod", namespace: "default", name: "a", port: 80 } as const;
  const request = { from: "outside", clientIp: "203.0.113.7", target, timeoutMs: 1_000 } as const;
  return lab.traffic.request({ ...request, action: { kind: "ping" } }).ok;
}

/** As the node lifecycle controller leaves a pod of a node that went silent. */
function markNotReady(lab: TestNodes, name: string): void {
  const stored = lab.pod(name) as Pod;
  lab.api.updateStatus(pods, {
    ...stored,
    status: {
      ...stored.status,
      conditions: (stored.status.conditions ?? []).map((each) =>
        each.type === "Ready" ? { ...each, status: "False" as const } : each,
      ),
    },
  });
}

function restarts(lab: TestNodes): number | undefined {
  return lab.pod("a")?.status.containerStatuses?.[0]?.restartCount;
}

function renewMs(lab: TestNodes, name: string): number {
  return Date.parse(lab.api.get(leases, "kube-node-lease", name)?.spec.renewTime ?? "");
}

describe("a machine without power", () => {
  test("serves nothing and says nothing, while the API goes on showing what was last said", () => {
    const lab = running();
    expect(answers(lab)).toBe(true);
    const before = lab.pod("a");
    lab.failures.fail("node-1", "power-off");
    expect(answers(lab)).toBe(false);
    lab.seconds(600);
    expect(lab.pod("a")).toBe(before);
    expect(lab.engine.now() - renewMs(lab, "node-1")).toBeGreaterThan(599_000);
    expect(lab.engine.now() - renewMs(lab, "node-2")).toBeLessThan(10_500);
  });

  test("comes back with new containers in the same pods, one restart more, and says that it was rebooted", () => {
    const lab = running();
    const before = lab.pod("a")?.status;
    lab.failures.fail("node-1", "power-off");
    lab.seconds(60);
    lab.failures.heal("node-1");
    expect(lab.within(80, () => restarts(lab) === 1 && lab.isReady("a"))).toBe(true);
    const after = lab.pod("a")?.status;
    expect(after?.containerStatuses?.[0]?.lastState.terminated).toMatchObject({
      exitCode: 255,
      reason: "Unknown",
    });
    expect(after?.podIP).not.toBe(before?.podIP);
    expect(answers(lab)).toBe(true);
    const told = lab.api.list(events).map(({ reason }) => reason);
    expect(told).toContain("Rebooted");
    expect(told).toContain("SandboxChanged");
    expect(lab.api.get(nodes, undefined, "node-1")?.status.nodeInfo?.bootID).toBeDefined();
  });

  test("forgets the pods that were deleted meanwhile", () => {
    const lab = running();
    lab.failures.fail("node-1", "power-off");
    lab.api.delete(pods, "default", "a");
    lab.seconds(60);
    expect(lab.pod("a")?.metadata.deletionTimestamp).toBeDefined();
    lab.failures.heal("node-1");
    expect(lab.within(90, () => lab.pod("a") === undefined)).toBe(true);
  });

  test("does not start pods again that were removed by force", () => {
    const lab = running();
    lab.failures.fail("node-1", "power-off");
    lab.api.delete(pods, "default", "a", { gracePeriodSeconds: 0 });
    lab.failures.heal("node-1");
    lab.seconds(120);
    expect(lab.pod("a")).toBeUndefined();
    expect(lab.api.list(events).filter(({ reason }) => reason === "Started").length).toBe(1);
  });
});

describe("a machine that is cut off", () => {
  test("goes on running its pods, for nobody, and reports when the wire is mended", () => {
    const lab = running();
    lab.failures.fail("node-1", "partition");
    expect(answers(lab)).toBe(false);
    lab.seconds(120);
    markNotReady(lab, "a");
    lab.seconds(60);
    expect(lab.isReady("a")).toBe(false);
    lab.failures.heal("node-1");
    expect(answers(lab)).toBe(true);
    expect(lab.within(45, () => lab.isReady("a"))).toBe(true);
    expect(restarts(lab)).toBe(0);
  });

  test("ends the pods that were deleted meanwhile once it hears of it", () => {
    const lab = running();
    lab.failures.fail("node-1", "partition");
    lab.api.delete(pods, "default", "a");
    lab.seconds(300);
    expect(lab.pod("a")).toBeDefined();
    lab.failures.heal("node-1");
    expect(lab.within(60, () => lab.pod("a") === undefined)).toBe(true);
  });

  test("ends what runs of pods that are gone from the API", () => {
    const lab = running();
    const { podIP } = lab.pod("a")?.status ?? {};
    lab.failures.fail("node-1", "partition");
    lab.api.delete(pods, "default", "a", { gracePeriodSeconds: 0 });
    lab.failures.heal("node-1");
    lab.seconds(60);
    lab.run(pod("b").on("node-1").containers(web()));
    lab.seconds(10);
    expect(lab.pod("b")?.status.podIP).not.toBe(podIP);
    expect(answers(lab)).toBe(false);
  });

  test("renews its Lease again at its own pace", () => {
    const lab = testNodes();
    lab.failures.fail("node-1", "partition");
    lab.seconds(100);
    const told: string[] = [];
    lab.heartbeats.onChange((name) => told.push(name));
    lab.failures.heal("node-1");
    expect(lab.engine.now() - (lab.heartbeats.lastRenewMs("node-1") ?? 0)).toBeGreaterThan(89_000);
    lab.seconds(11);
    expect(told).toEqual(["node-1"]);
    expect(lab.engine.now() - (lab.heartbeats.lastRenewMs("node-1") ?? 0)).toBeLessThan(11_000);
  });
});

describe("a kubelet that is stopped", () => {
  test("leaves its pods serving, and starts nothing and ends nothing", () => {
    const lab = running();
    lab.failures.fail("node-1", "kubelet-stop");
    lab.api.delete(pods, "default", "a");
    lab.run(pod("b").on("node-1").containers(web()));
    lab.seconds(120);
    expect(answers(lab)).toBe(true);
    expect(lab.pod("a")).toBeDefined();
    expect(lab.pod("b")?.status.phase).toBe("Pending");
    lab.failures.heal("node-1");
    expect(lab.within(30, () => lab.pod("a") === undefined && lab.isReady("b"))).toBe(true);
  });

  test("finds its containers again when it starts: none is restarted", () => {
    const lab = running();
    lab.failures.fail("node-1", "kubelet-stop");
    lab.seconds(60);
    markNotReady(lab, "a");
    lab.failures.heal("node-1");
    expect(lab.within(40, () => lab.isReady("a"))).toBe(true);
    expect(restarts(lab)).toBe(0);
    lab.seconds(60);
    expect(lab.isReady("a")).toBe(true);
  });
});

describe("a kubelet that hangs", () => {
  test("goes on where it stood", () => {
    const lab = running();
    lab.failures.fail("node-1", "kubelet-hang");
    lab.api.delete(pods, "default", "a");
    lab.seconds(120);
    expect(lab.pod("a")).toBeDefined();
    expect(lab.engine.now() - renewMs(lab, "node-1")).toBeGreaterThan(119_000);
    lab.failures.heal("node-1");
    expect(lab.within(60, () => lab.pod("a") === undefined)).toBe(true);
    expect(lab.api.list(events).filter(({ reason }) => reason === "Starting").length).toBe(3);
  });
});

describe("a disk that is full", () => {
  test("has the node say so, evict its pods one by one, take no new ones, and recover five minutes after", () => {
    const lab = running();
    lab.api.create(priorityClasses, {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name: "high" },
      value: 1_000,
    });
    lab.run(pod("b").on("node-1").withSpec({ priorityClassName: "high" }).containers(web()));
    lab.seconds(20);
    lab.failures.fail("node-1", "disk-full");
    const pressure = () =>
      lab.api.get(nodes, undefined, "node-1")?.status.conditions?.find(({ type }) => type === "DiskPressure");
    expect(lab.within(11, () => pressure()?.status === "True")).toBe(true);
    expect(pressure()).toMatchObject({
      reason: "KubeletHasDiskPressure",
      message: "kubelet has disk pressure",
    });
    expect(lab.within(15, () => lab.pod("a")?.status.phase === "Failed")).toBe(true);
    expect(lab.pod("a")?.status).toMatchObject({ reason: "Evicted" });
    expect(lab.pod("a")?.status.message).toMatch(/^The node was low on resource: ephemeral-storage\. /);
    expect(lab.pod("a")?.status.conditions?.find(({ type }) => type === "DisruptionTarget")).toMatchObject({
      status: "True",
      reason: "TerminationByKubelet",
    });
    expect(lab.isReady("b")).toBe(true);
    expect(lab.within(45, () => lab.pod("b")?.status.phase === "Failed")).toBe(true);
    lab.run(pod("c").on("node-1").containers(web()));
    lab.seconds(5);
    expect(lab.pod("c")?.status).toMatchObject({
      phase: "Failed",
      reason: "Evicted",
      message: "Pod was rejected: The node had condition: [DiskPressure]. ",
    });
    lab.failures.heal("node-1");
    lab.seconds(290);
    expect(pressure()?.status).toBe("True");
    expect(lab.within(30, () => pressure()?.status === "False")).toBe(true);
  });
});

describe("an outage of the API server", () => {
  test("leaves everything running, and what happened meanwhile is told afterwards", () => {
    const lab = running({ profile: { images: { busybox: { runSeconds: 30 } } } });
    lab.run(pod("job").on("node-2").image("busybox").withSpec({ restartPolicy: "Never" }));
    expect(lab.within(20, () => lab.pod("job")?.status.phase === "Running")).toBe(true);
    lab.failures.setApiServer(false);
    lab.seconds(120);
    expect(answers(lab)).toBe(true);
    lab.failures.setApiServer(true);
    expect(lab.pod("job")?.status.phase).toBe("Running");
    expect(lab.within(60, () => lab.pod("job")?.status.phase === "Succeeded")).toBe(true);
    expect(lab.isReady("a")).toBe(true);
  });
});

describe("a clock that is wrong", () => {
  test("dates what its kubelet writes, and nothing else", () => {
    const lab = testNodes();
    lab.failures.jumpClock("node-1", 3_600_000);
    lab.run(
      pod("a")
        .on("node-1")
        .containers(web({ readinessProbe: { ...readinessProbe, initialDelaySeconds: 10 } })),
    );
    expect(lab.within(40, () => lab.isReady("a"))).toBe(true);
    const startedAt = lab.pod("a")?.status.containerStatuses?.[0]?.state.running?.startedAt ?? "";
    expect(Date.parse(startedAt) - lab.engine.now()).toBeGreaterThan(3_500_000);
    expect(renewMs(lab, "node-1") - lab.engine.now()).toBeGreaterThan(3_500_000);
  });
});

test("equal seeds give equal runs", () => {
  const run = (seed: number) => {
    const lab = testNodes({ seed });
    lab.run(pod("a").on("node-1").containers(web({ readinessProbe })));
    lab.seconds(20);
    lab.failures.fail("node-1", "power-off");
    lab.seconds(30);
    lab.failures.heal("node-1");
    lab.seconds(120);
    return `${lab.engine.traceHash} ${lab.engine.tasksRun} ${JSON.stringify(lab.pod("a")?.status)}`;
  };
  expect(run(7)).toBe(run(7));
  expect(run(7)).not.toBe(run(8));
});
