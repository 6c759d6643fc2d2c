import { describe, expect, test } from "vitest";
import { container, pod } from "../../../../test/support/pods.ts";
import type { Container, PodSpec } from "../../../kube/types/index.ts";
import { Engine } from "../../../time/engine.ts";
import type { ContainerPlace } from "../host/container.ts";
import { Machines } from "../machines.ts";
import { DEFAULT_PROFILE, type WorkloadProfile } from "../profile.ts";
import { Volumes } from "../volumes/volumes.ts";
import { portsOf, processPlanner } from "./process-planner.ts";

const PROBE = { periodSeconds: 5, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 };
const port = (containerPort: number, name?: string) => ({
  containerPort,
  protocol: "TCP" as const,
  ...(name !== undefined && { name }),
});

function plan(
  spec: Container,
  options: {
    place?: ContainerPlace;
    restartPolicy?: PodSpec["restartPolicy"];
    profile?: Partial<WorkloadProfile>;
    hasNeeds?: boolean;
    mounts?: ReadonlyMap<string, ReturnType<Volumes["hostPath"]>>;
  } = {},
) {
  const {
    place = "regular",
    restartPolicy = "Always",
    profile = {},
    hasNeeds = true,
    mounts = new Map(),
  } = options;
  const planner = processPlanner({
    machine: "a",
    random: new Engine({ seed: 1 }).random("test"),
    profileOf: () => ({ ...DEFAULT_PROFILE, ...profile }),
    hasNeeds: () => hasNeeds,
    hasRoom: () => true,
    onWatchesNeeds: () => {},
  });
  return planner({
    pod: pod("p").withSpec({ restartPolicy }).containers(spec),
    container: spec,
    place,
    mounts,
  });
}

describe("a container", () => {
  test.each<{
    name: string;
    spec: Container;
    options: Parameters<typeof plan>[1];
    runMs: number | undefined;
  }>([
    { name: "serves for ever", spec: container("c"), options: {}, runMs: undefined },
    {
      name: "of a Job runs five seconds",
      spec: container("c"),
      options: { restartPolicy: "Never" },
      runMs: 5_000,
    },
    {
      name: "of a Job whose image waits does so",
      spec: container("c", { image: "registry.example/agnhost:2" }),
      options: { restartPolicy: "Never" },
      runMs: undefined,
    },
    {
      name: "of a Job whose image waits, told something else, runs five seconds",
      spec: container("c", { image: "registry.example/agnhost:2", args: ["entrypoint-tester"] }),
      options: { restartPolicy: "Never" },
      runMs: 5_000,
    },
    {
      name: "of a Job that has a port serves",
      spec: container("c", { ports: [port(80)] }),
      options: { restartPolicy: "Never" },
      runMs: undefined,
    },
    {
      name: "that initializes runs one second",
      spec: container("c"),
      options: { place: "init" },
      runMs: 1_000,
    },
    {
      name: "beside the others serves",
      spec: container("c", { restartPolicy: "Always" }),
      options: { place: "sidecar", restartPolicy: "Never" },
      runMs: undefined,
    },
    {
      name: "runs for as long as its profile says",
      spec: container("c"),
      options: { profile: { runSeconds: 7 } },
      runMs: 7_000,
    },
  ])("$name", ({ spec, options, runMs }) => {
    expect(plan(spec, options).errand?.runMs).toBe(runMs);
  });

  test.each([
    { name: "well when it has what it needs", profile: {}, hasNeeds: true, code: 0 },
    { name: "badly when it does not", profile: {}, hasNeeds: false, code: 1 },
    { name: "as its profile says", profile: { exitCode: 3 }, hasNeeds: true, code: 3 },
  ])("of a Job ends $name", ({ profile, hasNeeds, code }) => {
    expect(plan(container("c"), { restartPolicy: "Never", profile, hasNeeds }).errand?.result()).toBe(code);
  });
});

describe("a container listens", () => {
  const http = (at: number | string) => ({ ...PROBE, httpGet: { path: "/", port: at } });
  test.each<{ name: string; spec: Container; ports: number[] | "any" }>([
    {
      name: "on the ports that it names",
      spec: container("c", { ports: [port(80), port(443)] }),
      ports: [80, 443],
    },
    {
      name: "where its probes ask, too",
      spec: container("c", { ports: [port(80)], livenessProbe: http(9000) }),
      ports: [80, 9000],
    },
    {
      name: "where its probes ask by name",
      spec: container("c", { ports: [port(80, "web")], livenessProbe: http("web") }),
      ports: [80],
    },
    { name: "where its image is known to", spec: container("c", { image: "postgres:15" }), ports: [5432] },
    { name: "on every port when nothing is known", spec: container("c"), ports: "any" },
  ])("$name", ({ spec, ports }) => {
    const found = portsOf(spec);
    expect(found === "any" ? found : [...found]).toEqual(ports);
  });
});

describe("a program keeps its data", () => {
  const machines = new Machines([
    {
      name: "a",
      zone: "z",
      ip: "10.77.0.1",
      state: "on",
      partitioned: false,
      kubelet: "running",
      diskFull: false,
      bootId: 1,
      clockOffsetMs: 0,
    },
  ]);
  const volumes = new Volumes(new Engine({ seed: 1 }), machines);
  const claimed = volumes.persistent(
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "pv", uid: "pv", resourceVersion: "1", creationTimestamp: "" },
      spec: { local: { path: "/x" } },
      status: {},
    },
    "a",
  );
  const scratch = volumes.emptyDir("a", "pod", "scratch", false);
  const mounts = new Map([
    ["claimed", claimed],
    ["scratch", scratch],
  ]);
  const mount = (name: string, mountPath: string) => ({ name, mountPath });
  const keeps = (
    image: string,
    role: WorkloadProfile["role"],
    ...volumeMounts: ReturnType<typeof mount>[]
  ) => {
    const { store } = plan(container("c", { image, volumeMounts }), { profile: { role }, mounts });
    if (store.rows === claimed.rows) return "claimed";
    return store.rows === scratch.rows ? "scratch" : "own";
  };

  test("on the volume where its image is known to, before any other", () => {
    const seen = keeps(
      "postgres",
      "database",
      mount("claimed", "/backup"),
      mount("scratch", "/var/lib/postgresql/data"),
    );
    expect(seen).toBe("scratch");
  });

  test("else on a claimed volume, else on any other, else in its own layer", () => {
    expect(keeps("mydb", "database", mount("scratch", "/a"), mount("claimed", "/b"))).toBe("claimed");
    expect(keeps("mydb", "database", mount("scratch", "/a"))).toBe("scratch");
    expect(keeps("mydb", "database")).toBe("own");
  });

  test("when it is a web server on claimed volumes only", () => {
    expect(keeps("app", "web", mount("scratch", "/tmp"))).toBe("own");
    expect(keeps("app", "web", mount("claimed", "/data"))).toBe("claimed");
  });
});
