/** Nodes, storage and controllers together: what becomes of a database when its node is lost, and who may take it over when. */
import { beforeEach, describe, expect, test } from "vitest";
import { nodes, pods, services, statefulSets, storageClasses } from "../../kube/kinds.ts";
import type { Node } from "../../kube/types/index.ts";
import { drive } from "../../time/drive.ts";
import type { Draft } from "../apiserver/api.ts";
import { createLab, type Lab } from "../lab.ts";

const STORAGE_CLASS = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "blocks" },
  provisioner: "driver.longhorn.io",
} as const;

const SERVICE = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "db", namespace: "default" },
  spec: {
    selector: { app: "db" },
    type: "NodePort",
    ports: [{ port: 5432, targetPort: 5432, nodePort: 30_432 }],
  },
} as const;

const DATABASE = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "db", namespace: "default" },
  spec: {
    replicas: 1,
    serviceName: "db",
    selector: { matchLabels: { app: "db" } },
    template: {
      metadata: { labels: { app: "db" } },
      spec: {
        containers: [
          {
            name: "db",
            image: "postgres:15",
            ports: [{ containerPort: 5432 }],
            volumeMounts: [{ name: "data", mountPath: "/var/lib/postgresql/data" }],
          },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "blocks",
          resources: { requests: { storage: "1Gi" } },
        },
      },
    ],
  },
};

let lab: Lab;
let home: string;

function seconds(count: number): void {
  lab.engine.runFor(count * 1_000);
}

function database() {
  return lab.api.get(pods, "default", "db-0");
}

function isServing(): boolean {
  const { spec, status } = database() ?? {};
  const isReady = status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  return spec?.nodeName !== home && isReady === true;
}

/** Any node that still runs is asked. */
function write(row: string): boolean {
  const machine = [...lab.world.machines.values()].find(({ name }) => name !== home)?.name ?? "";
  return lab.traffic.request({
    from: "outside",
    clientIp: "203.0.113.7",
    target: { kind: "node-port", machine, port: 30_432 },
    timeoutMs: 2_000,
    action: { kind: "write", row },
  }).ok;
}

/** Somebody says that the node is off: everything that it had may be given to others. */
function declareOutOfService(name: string): void {
  const node = lab.api.get(nodes, undefined, name) as Node;
  const taint = {
    key: "node.kubernetes.io/out-of-service",
    value: "nodeshutdown",
    effect: "NoExecute",
  } as const;
  lab.api.update(nodes, { ...node, spec: { ...node.spec, taints: [...(node.spec.taints ?? []), taint] } });
}

beforeEach(async () => {
  lab = createLab({ seed: 11, nodes: 3 });
  await drive(lab.engine, lab.ready());
  lab.api.create(storageClasses, STORAGE_CLASS);
  lab.api.create(services, SERVICE);
  lab.api.create(statefulSets, DATABASE as unknown as Draft);
  home = "";
  expect(lab.engine.runWhile(() => !isServing(), lab.engine.now() + 60_000)).toBe(true);
  seconds(5);
  home = database()?.spec.nodeName ?? "";
  expect(write("before")).toBe(true);
});

describe("a database whose node", () => {
  test("has lost its power stays away for as long as nobody says that the node is off", () => {
    lab.failures.fail(home, "power-off");
    seconds(3_600);
    expect(database()?.metadata.deletionTimestamp).toBeDefined();
    expect(write("x")).toBe(false);
    declareOutOfService(home);
    expect(lab.engine.runWhile(() => !isServing(), lab.engine.now() + 120_000)).toBe(true);
    seconds(5);
    expect(write("after")).toBe(true);
    expect(lab.traffic.storedRows("default", "db")).toEqual({
      rows: new Set(["before", "after"]),
      corrupted: false,
    });
  });

  test("is cut off is safe when it is declared off: its storage has shut it out, also after its return", () => {
    lab.failures.fail(home, "partition");
    seconds(60);
    declareOutOfService(home);
    expect(lab.engine.runWhile(() => !isServing(), lab.engine.now() + 120_000)).toBe(true);
    lab.failures.heal(home);
    seconds(120);
    expect(write("after")).toBe(true);
    expect(lab.traffic.storedRows("default", "db")?.corrupted).toBe(false);
  });

  test("only lost its kubelet is written by two when it is declared off", () => {
    lab.failures.fail(home, "kubelet-stop");
    seconds(60);
    declareOutOfService(home);
    expect(lab.engine.runWhile(() => !isServing(), lab.engine.now() + 120_000)).toBe(true);
    seconds(5);
    expect(lab.traffic.storedRows("default", "db")?.corrupted).toBe(true);
  });

  test("comes back runs there again, with everything that it had", () => {
    lab.failures.fail(home, "power-off");
    lab.failures.heal(home);
    seconds(240);
    expect(database()?.spec.nodeName).toBe(home);
    expect(database()?.status.containerStatuses?.[0]?.restartCount).toBe(1);
    expect(write("after")).toBe(true);
    expect(lab.traffic.storedRows("default", "db")?.rows).toEqual(new Set(["before", "after"]));
  });
});
