import { describe, expect, test } from "vitest";
import { type TestNodes, testNodes } from "../../../../test/support/lab-nodes.ts";
import { container, pod } from "../../../../test/support/pods.ts";
import { configMaps, events, nodes, pods, secrets } from "../../../kube/kinds.ts";
import type { Condition, ContainerStatus, Pod, Probe } from "../../../kube/types/index.ts";

const PROBE = { periodSeconds: 5, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 };
const httpProbe = (rest: Partial<Probe> = {}): Probe => ({
  ...PROBE,
  httpGet: { path: "/", port: 80 },
  ...rest,
});
const web = (rest = {}) =>
  container("web", { image: "nginx:1", ports: [{ containerPort: 80, protocol: "TCP" }], ...rest });

function condition(of: Pod | undefined, type: string): Condition | undefined {
  return of?.status.conditions?.find((each) => each.type === type);
}

function status(lab: TestNodes, name: string, index = 0): ContainerStatus | undefined {
  return lab.pod(name)?.status.containerStatuses?.[index];
}

function told(lab: TestNodes, about: string): string[] {
  return lab.api
    .list(events)
    .filter(({ involvedObject }) => involvedObject.name === about)
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
}

describe("a node", () => {
  test("is registered and ready within about a second, with what its machine has", () => {
    const lab = testNodes({ nodes: 2, zones: 2 });
    const node = lab.api.get(nodes, undefined, "node-2");
    expect(node?.metadata.labels).toMatchObject({
      "kubernetes.io/hostname": "node-2",
      "topology.kubernetes.io/zone": "zone-2",
      "kubernetes.io/os": "linux",
    });
    expect(node?.spec.podCIDR).toBe("10.244.1.0/24");
    expect(node?.status.capacity).toMatchObject({ cpu: "4", memory: "8Gi", pods: "110" });
    expect(node?.status.allocatable?.memory).toBe("8092Mi");
    expect(node?.status.addresses).toEqual([
      { type: "InternalIP", address: "10.77.0.2" },
      { type: "Hostname", address: "node-2" },
    ]);
    expect(node?.status.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ["MemoryPressure", "False", "KubeletHasSufficientMemory"],
      ["DiskPressure", "False", "KubeletHasNoDiskPressure"],
      ["PIDPressure", "False", "KubeletHasSufficientPID"],
      ["Ready", "True", "KubeletReady"],
    ]);
    expect(told(lab, "node-2")).toContain("Normal NodeReady: Node node-2 status is now: NodeReady");
  });

  test("costs nothing while nothing happens", () => {
    const lab = testNodes();
    lab.run(
      pod("steady")
        .on("node-1")
        .containers(web({ readinessProbe: httpProbe(), livenessProbe: httpProbe() })),
    );
    lab.seconds(60);
    const before = lab.engine.tasksRun;
    // Less than an hour: Events are forgotten then, and the API server does that.
    lab.seconds(3_400);
    expect(lab.engine.tasksRun - before).toBe(0);
  });

  test("keeps what others say that it has besides, and hands it out", () => {
    const lab = testNodes();
    const given = [{ op: "add", path: "/status/capacity/example.com~1gpu", value: "5" }];
    lab.api.patch(nodes, undefined, "node-1", "json", given, { subresource: "status" });
    lab.run(pod("a").on("node-1").image("nginx:1"));
    lab.seconds(30);
    const { capacity, allocatable } = lab.api.get(nodes, undefined, "node-1")?.status ?? {};
    expect([capacity?.["example.com/gpu"], allocatable?.["example.com/gpu"]]).toEqual(["5", "5"]);
  });

  test("tells which images it has", () => {
    const lab = testNodes();
    lab.run(pod("a").on("node-1").image("nginx:1"));
    lab.seconds(30);
    const names = lab.api.get(nodes, undefined, "node-1")?.status.images?.flatMap((image) => image.names);
    expect(names).toContain("docker.io/library/nginx:1");
  });
});

describe("a pod", () => {
  test("goes from Pending to Ready with the conditions and events that a real one has", () => {
    const lab = testNodes();
    lab.run(pod("a").on("node-1").containers(web()));
    lab.seconds(1);
    expect(lab.pod("a")?.status.phase).toBe("Pending");
    expect(status(lab, "a")?.state).toEqual({ waiting: { reason: "ContainerCreating" } });
    expect(condition(lab.pod("a"), "Ready")).toMatchObject({
      status: "False",
      reason: "ContainersNotReady",
      message: "containers with unready status: [web]",
    });
    expect(lab.within(15, () => lab.isReady("a"))).toBe(true);
    const running = lab.pod("a");
    expect(running?.status).toMatchObject({ phase: "Running", hostIP: "10.77.0.1", podIP: "10.244.0.2" });
    expect(running?.status.conditions?.map(({ type, status }) => [type, status])).toEqual([
      ["PodReadyToStartContainers", "True"],
      ["Initialized", "True"],
      ["Ready", "True"],
      ["ContainersReady", "True"],
      ["PodScheduled", "True"],
    ]);
    expect(status(lab, "a")).toMatchObject({
      image: "docker.io/library/nginx:1",
      ready: true,
      started: true,
      restartCount: 0,
    });
    expect(told(lab, "a").map((text) => text.replace(/ in .*$/, ""))).toEqual([
      'Normal Pulling: Pulling image "nginx:1"',
      'Normal Pulled: Successfully pulled image "nginx:1"',
      "Normal Created: Created container: web",
      "Normal Started: Started container web",
    ]);
  });

  test("is not pulled for twice on one node", () => {
    const lab = testNodes();
    lab.run(pod("a").on("node-1").containers(web()));
    lab.seconds(20);
    lab.run(pod("b").on("node-1").containers(web()));
    lab.seconds(5);
    expect(lab.isReady("b")).toBe(true);
    expect(told(lab, "b")[0]).toBe('Normal Pulled: Container image "nginx:1" already present on machine');
  });

  test("runs its init containers one after the other, then its sidecars beside its own containers", () => {
    const lab = testNodes();
    lab.run(
      pod("a")
        .on("node-1")
        .initContainers(
          container("first", { image: "busybox" }),
          container("beside", { image: "nginx:1", restartPolicy: "Always" }),
          container("last", { image: "busybox" }),
        )
        .containers(web()),
    );
    lab.seconds(2);
    expect(condition(lab.pod("a"), "Initialized")).toMatchObject({
      status: "False",
      reason: "ContainersNotInitialized",
      message: "containers with incomplete status: [first beside last]",
    });
    expect(status(lab, "a")?.state).toEqual({ waiting: { reason: "PodInitializing" } });
    expect(lab.within(40, () => lab.isReady("a"))).toBe(true);
    const init = lab.pod("a")?.status.initContainerStatuses;
    expect(init?.map(({ name, ready }) => [name, ready])).toEqual([
      ["first", true],
      ["beside", true],
      ["last", true],
    ]);
    expect(init?.[0]?.state.terminated).toMatchObject({ exitCode: 0, reason: "Completed" });
    expect(init?.[1]?.state.running).toBeDefined();
    const started = told(lab, "a").filter((text) => text.includes("Started container"));
    expect(started.map((text) => text.split(" ").at(-1))).toEqual(["first", "beside", "last", "web"]);
  });

  test.each([
    {
      name: "has succeeded when its work ended with 0",
      exitCode: 0,
      phase: "Succeeded",
      reason: "Completed",
    },
    {
      name: "has failed when its work ended with anything else",
      exitCode: 3,
      phase: "Failed",
      reason: "Error",
    },
  ])("$name", ({ exitCode, phase, reason }) => {
    const lab = testNodes({ profile: { images: { busybox: { exitCode } } } });
    lab.run(pod("job").on("node-1").image("busybox").withSpec({ restartPolicy: "Never" }));
    expect(lab.within(30, () => lab.pod("job")?.status.phase === phase)).toBe(true);
    expect(status(lab, "job")?.state.terminated).toMatchObject({ exitCode, reason });
    expect(lab.pod("job")?.status.podIP).toBe("10.244.0.2");
    expect(condition(lab.pod("job"), "Ready")).toMatchObject({
      status: "False",
      reason: phase === "Succeeded" ? "PodCompleted" : "PodFailed",
    });
  });

  test.each([
    { name: "runs beside the others until somebody leaves it", command: undefined, state: "running" },
    { name: "is not started again when it ends", command: ["false"], state: "terminated" },
  ])("has a container for debugging that $name", ({ command, state }) => {
    const lab = testNodes();
    lab.run(pod("a").on("node-1").containers(web()));
    lab.seconds(30);
    const debug = { name: "debug", image: "busybox:1", ...(command && { command }) };
    const spec = { ephemeralContainers: [debug] };
    lab.api.patch(pods, "default", "a", "merge", { spec }, { subresource: "ephemeralcontainers" });
    lab.seconds(90);
    const { containerStatuses = [], ephemeralContainerStatuses = [], phase } = lab.pod("a")?.status ?? {};
    expect(ephemeralContainerStatuses).toMatchObject([
      { name: "debug", ready: false, restartCount: 0, state: { [state]: {} } },
    ]);
    expect(containerStatuses).toMatchObject([{ name: "web", ready: true, restartCount: 0 }]);
    expect(phase).toBe("Running");
  });

  test("is failed when its time is up", () => {
    const lab = testNodes({ profile: { images: { busybox: { runSeconds: 1_000 } } } });
    lab.run(
      pod("job")
        .on("node-1")
        .image("busybox")
        .withSpec({ restartPolicy: "Never", activeDeadlineSeconds: 20 }),
    );
    lab.seconds(15);
    expect(lab.pod("job")?.status.phase).toBe("Running");
    expect(lab.within(60, () => lab.pod("job")?.status.phase === "Failed")).toBe(true);
    expect(lab.pod("job")?.status).toMatchObject({
      reason: "DeadlineExceeded",
      message: "Pod was active on the node longer than the specified deadline",
    });
  });

  test("whose status somebody else changes gets it back at the next look", () => {
    const lab = testNodes();
    lab.run(pod("a").on("node-1").containers(web()));
    lab.seconds(20);
    const stored = lab.pod("a") as Pod;
    lab.api.updateStatus(pods, { ...stored, status: { ...stored.status, phase: "Failed" } });
    lab.api.updateStatus(pods, {
      ...(lab.pod("a") as Pod),
      status: {
        ...stored.status,
        conditions: (stored.status.conditions ?? []).map((each) =>
          each.type === "Ready" ? { ...each, status: "False" as const } : each,
        ),
      },
    });
    expect(lab.isReady("a")).toBe(false);
    expect(lab.within(11, () => lab.isReady("a"))).toBe(true);
  });
});

describe("a container that keeps ending", () => {
  test("is started at once, then after 10 s, 20 s and so on", () => {
    const lab = testNodes({ profile: { images: { app: { runSeconds: 1, exitCode: 1 } } } });
    lab.run(pod("a").on("node-1").image("app"));
    expect(lab.within(30, () => status(lab, "a")?.state.waiting?.reason === "CrashLoopBackOff")).toBe(true);
    const uid = lab.pod("a")?.metadata.uid;
    expect(status(lab, "a")?.state.waiting?.message).toBe(
      `back-off 10s restarting failed container=main pod=a_default(${uid})`,
    );
    expect(status(lab, "a")?.lastState.terminated).toMatchObject({ exitCode: 1, reason: "Error" });
    expect(lab.pod("a")?.status.phase).toBe("Running");
    expect(lab.within(30, () => status(lab, "a")?.restartCount === 2)).toBe(true);
    const second = lab.engine.now();
    const longer = () => status(lab, "a")?.state.waiting?.message?.startsWith("back-off 20s") ?? false;
    expect(lab.within(30, longer)).toBe(true);
    expect(lab.within(60, () => status(lab, "a")?.restartCount === 3)).toBe(true);
    expect(lab.engine.now() - second).toBeGreaterThan(20_000);
    expect(told(lab, "a")).toContain(
      `Warning BackOff: Back-off restarting failed container main in pod a_default(${uid})`,
    );
  });
});

describe("an image that cannot be pulled", () => {
  test("is tried again with back-off, and comes when it can be had", () => {
    const lab = testNodes();
    lab.failures.fail("node-2", "power-off");
    lab.run(pod("a").on("node-1").image("node-2.lan:5000/app:1"));
    expect(lab.within(60, () => status(lab, "a")?.state.waiting?.reason === "ErrImagePull")).toBe(true);
    expect(lab.within(60, () => status(lab, "a")?.state.waiting?.reason === "ImagePullBackOff")).toBe(true);
    expect(status(lab, "a")?.state.waiting?.message).toMatch(
      /^Back-off pulling image "node-2.lan:5000\/app:1": ErrImagePull: failed to pull and unpack image/,
    );
    lab.failures.heal("node-2");
    expect(lab.within(600, () => lab.isReady("a"))).toBe(true);
  });

  test("never comes when the registry does not have it", () => {
    const lab = testNodes({ profile: { images: { nope: { unavailable: true } } } });
    lab.run(pod("a").on("node-1").image("nope:1"));
    lab.seconds(600);
    expect(lab.pod("a")?.status.phase).toBe("Pending");
    expect(told(lab, "a")).toContain(
      'Warning Failed: Failed to pull image "nope:1": failed to pull and unpack image "docker.io/library/nope:1": failed to resolve reference "docker.io/library/nope:1": docker.io/library/nope:1: not found',
    );
    expect(told(lab, "a")).toContain("Warning Failed: Error: ErrImagePull");
    expect(told(lab, "a")).toContain("Warning Failed: Error: ImagePullBackOff");
  });

  test("with policy Never is not even tried", () => {
    const lab = testNodes();
    lab.run(
      pod("a")
        .on("node-1")
        .containers(web({ imagePullPolicy: "Never" })),
    );
    lab.seconds(5);
    expect(status(lab, "a")?.state.waiting).toEqual({
      reason: "ErrImageNeverPull",
      message: 'Container image "nginx:1" is not present with pull policy of Never',
    });
  });
});

describe("what a container is configured by", () => {
  test("has to be there before it is created", () => {
    const lab = testNodes();
    const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "settings", key: "a" } } }];
    lab.run(pod("a").on("node-1").containers(web({ env })));
    const waiting = () => status(lab, "a")?.state.waiting;
    expect(lab.within(20, () => waiting()?.reason === "CreateContainerConfigError")).toBe(true);
    expect(waiting()?.message).toBe('configmap "settings" not found');
    const settings = { name: "settings", namespace: "default" };
    lab.api.create(configMaps, { apiVersion: "v1", kind: "ConfigMap", metadata: settings, data: { b: "1" } });
    expect(lab.within(30, () => waiting()?.message?.startsWith("couldn't find key") ?? false)).toBe(true);
    expect(waiting()?.message).toBe("couldn't find key a in ConfigMap default/settings");
    lab.api.patch(configMaps, "default", "settings", "merge", { data: { a: "1" } });
    expect(lab.within(30, () => lab.isReady("a"))).toBe(true);
  });

  test("and named in the path of a mount has to have a value", () => {
    const lab = testNodes();
    const env = [
      { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "APP", valueFrom: { configMapKeyRef: { name: "settings", key: "app", optional: true } } },
      { name: "EMPTY", value: "" },
    ];
    const mount = { name: "data", mountPath: "/data", subPathExpr: "$$(NONE)/$(POD)/$(EMPTY)/$(APP)" };
    const start = (name: string, subPathExpr: string) => {
      const volumeMounts = [{ ...mount, subPathExpr }];
      lab.run(
        pod(name).on("node-1").containers(web({ env, volumeMounts })).volumes({ name: "data", emptyDir: {} }),
      );
    };
    start("a", mount.subPathExpr);
    start("b", "$(POD)/logs");
    const waiting = () => status(lab, "a")?.state.waiting;
    expect(lab.within(20, () => waiting()?.reason === "CreateContainerConfigError")).toBe(true);
    // Words of kubelet's ExpandContainerVolumeMounts.
    expect(waiting()?.message).toBe("missing value for APP, EMPTY");
    expect(told(lab, "a")).toContain("Warning Failed: Error: missing value for APP, EMPTY");
    expect(lab.within(20, () => lab.isReady("b"))).toBe(true);
  });

  test("and mounted has to be there before anything of the pod starts", () => {
    const lab = testNodes();
    const volume = { name: "keys", secret: { secretName: "keys" } };
    lab.run(pod("a").on("node-1").containers(web()).volumes(volume));
    lab.seconds(20);
    expect(status(lab, "a")?.state.waiting?.reason).toBe("ContainerCreating");
    expect(told(lab, "a")).toContain(
      'Warning FailedMount: MountVolume.SetUp failed for volume "keys" : secret "keys" not found',
    );
    const keys = { name: "keys", namespace: "default" };
    lab.api.create(secrets, { apiVersion: "v1", kind: "Secret", metadata: keys });
    expect(lab.within(200, () => lab.isReady("a"))).toBe(true);
  });
});

describe("probes", () => {
  test("keep a pod out of traffic until it answers", () => {
    const lab = testNodes({ profile: { images: { nginx: { startSeconds: [12, 12] } } } });
    lab.run(
      pod("a")
        .on("node-1")
        .containers(web({ readinessProbe: httpProbe() })),
    );
    expect(lab.within(20, () => status(lab, "a")?.state.running !== undefined)).toBe(true);
    const running = lab.engine.now();
    expect(lab.isReady("a")).toBe(false);
    expect(lab.within(30, () => lab.isReady("a"))).toBe(true);
    const tookMs = lab.engine.now() - running;
    expect(tookMs).toBeGreaterThan(10_000);
    expect(tookMs).toBeLessThan(17_500);
    expect(told(lab, "a")).toContainEqual(
      expect.stringMatching(
        /^Warning Unhealthy: Readiness probe failed: Get "http:\/\/10.244.0.2:80\/": dial tcp/,
      ),
    );
  });

  test("hold the others back until the container has started, and restart one that never does", () => {
    const lab = testNodes({ profile: { images: { nginx: { startSeconds: [60, 60] } } } });
    const startupProbe = httpProbe({ failureThreshold: 4 });
    lab.run(
      pod("a")
        .on("node-1")
        .containers(web({ startupProbe, readinessProbe: httpProbe() })),
    );
    expect(lab.within(60, () => status(lab, "a")?.restartCount === 1)).toBe(true);
    expect(told(lab, "a")).toContain("Normal Killing: Container web failed startup probe, will be restarted");
    expect(told(lab, "a").some((text) => text.includes("Readiness probe failed"))).toBe(false);
    expect(status(lab, "a")?.started).toBe(false);
  });

  test("wait for their initial delay", () => {
    const lab = testNodes();
    const readinessProbe = httpProbe({ initialDelaySeconds: 30 });
    lab.run(pod("a").on("node-1").containers(web({ readinessProbe })));
    lab.seconds(30);
    expect(lab.isReady("a")).toBe(false);
    expect(lab.within(15, () => lab.isReady("a"))).toBe(true);
  });
});

describe("a pod that is deleted", () => {
  test("stays for as long as its hook and its program need, and goes with its object", () => {
    const lab = testNodes({ profile: { images: { nginx: { stopSeconds: 4 } } } });
    const lifecycle = { preStop: { sleep: { seconds: 5 } } };
    lab.run(pod("a").on("node-1").containers(web({ lifecycle })));
    lab.seconds(20);
    lab.api.delete(pods, "default", "a");
    const begun = lab.engine.now();
    lab.seconds(8);
    expect(lab.isReady("a")).toBe(true);
    expect(lab.within(10, () => lab.pod("a") === undefined)).toBe(true);
    expect(lab.engine.now() - begun).toBeGreaterThan(9_000);
    expect(lab.engine.now() - begun).toBeLessThan(12_000);
    expect(told(lab, "a")).toContain("Normal Killing: Stopping container web");
  });

  test("is killed when its grace period is over", () => {
    const lab = testNodes({ profile: { images: { nginx: { stopSeconds: 600 } } } });
    lab.run(pod("a").on("node-1").containers(web()).withSpec({ terminationGracePeriodSeconds: 10 }));
    lab.seconds(20);
    let last: Pod | undefined;
    lab.api.onChange(pods, ({ object }) => {
      last = object;
    });
    lab.api.delete(pods, "default", "a");
    const begun = lab.engine.now();
    expect(lab.within(20, () => lab.pod("a") === undefined)).toBe(true);
    expect(lab.engine.now() - begun).toBeGreaterThan(10_000);
    expect(last?.status.phase).toBe("Failed");
    expect(last?.status.containerStatuses?.[0]?.state.terminated).toMatchObject({
      exitCode: 137,
      reason: "Error",
    });
  });

  test("before anything of it has started goes at once", () => {
    const lab = testNodes();
    lab.run(
      pod("a")
        .on("node-1")
        .containers(web())
        .volumes({ name: "x", configMap: { name: "absent" } }),
    );
    lab.seconds(5);
    lab.api.delete(pods, "default", "a");
    expect(lab.within(4, () => lab.pod("a") === undefined)).toBe(true);
  });

  test("ends its own containers before its sidecars", () => {
    const lab = testNodes({ profile: { images: { nginx: { stopSeconds: 3 } } } });
    const sidecar = container("beside", { image: "nginx:1", restartPolicy: "Always" });
    lab.run(pod("a").on("node-1").initContainers(sidecar).containers(web()));
    expect(lab.within(30, () => lab.isReady("a"))).toBe(true);
    const endings: Pod[] = [];
    lab.api.onChange(pods, ({ object }) => endings.push(object));
    lab.api.delete(pods, "default", "a");
    expect(lab.within(20, () => lab.pod("a") === undefined)).toBe(true);
    const final = endings.at(-1)?.status;
    const own = Date.parse(final?.containerStatuses?.[0]?.state.terminated?.finishedAt ?? "");
    const beside = Date.parse(final?.initContainerStatuses?.[0]?.state.terminated?.finishedAt ?? "");
    expect(beside - own).toBeGreaterThanOrEqual(3_000);
  });
});

describe("a node takes only what fits", () => {
  test("and counts no pod whose containers have stopped, though its volumes are still there", () => {
    const lab = testNodes();
    lab.run(pod("a").on("node-1").requests({ cpu: "3" }));
    expect(lab.within(30, () => lab.isReady("a"))).toBe(true);
    lab.api.delete(pods, "default", "a");
    // For a scheduler it is over now.
    expect(lab.within(60, () => lab.pod("a")?.status.phase === "Succeeded")).toBe(true);
    lab.run(pod("b").on("node-1").requests({ cpu: "3" }));
    expect(lab.within(60, () => lab.pod("b")?.status.phase === "Running")).toBe(true);
  });

  test.each([
    {
      name: "not more CPU than it has",
      spec: pod("b").requests({ cpu: "2" }),
      reason: "OutOfcpu",
      message: "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000",
    },
    {
      name: "not what belongs elsewhere",
      spec: pod("b").nodeSelector({ disk: "ssd" }),
      reason: "NodeAffinity",
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    },
    {
      name: "no port twice",
      spec: pod("b").hostPort(443),
      reason: "NodePorts",
      message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    },
  ])("$name", ({ spec, reason, message }) => {
    const lab = testNodes();
    lab.run(pod("a").on("node-1").requests({ cpu: "3" }).hostPort(443));
    lab.seconds(15);
    lab.run(spec.on("node-1"));
    lab.seconds(2);
    expect(lab.pod("b")?.status).toMatchObject({
      phase: "Failed",
      reason,
      message: `Pod was rejected: ${message}`,
    });
    expect(told(lab, "b")).toContain(`Warning ${reason}: ${message}`);
  });
});

describe("a static pod", () => {
  const draft = {
    metadata: { name: "proxy" },
    spec: { containers: [{ name: "proxy", image: "haproxy:3" }] },
  };

  test("shows in the API as its mirror, which comes back when somebody deletes it", () => {
    const lab = testNodes({ staticPods: { "node-1": [draft] } });
    expect(lab.within(20, () => lab.isReady("proxy-node-1"))).toBe(true);
    const mirror = lab.pod("proxy-node-1");
    expect(mirror?.metadata.annotations?.["kubernetes.io/config.source"]).toBe("file");
    expect(mirror?.metadata.ownerReferences?.[0]).toMatchObject({ kind: "Node", name: "node-1" });
    lab.api.delete(pods, "default", "proxy-node-1");
    const isNew = () => lab.pod("proxy-node-1")?.metadata.uid !== mirror?.metadata.uid;
    expect(lab.within(20, () => isNew() && lab.isReady("proxy-node-1"))).toBe(true);
    expect(status(lab, "proxy-node-1")?.restartCount).toBe(0);
  });
});
