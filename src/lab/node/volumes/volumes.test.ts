import { beforeEach, describe, expect, test } from "vitest";
import type { PersistentVolume } from "../../../kube/types/index.ts";
import { Engine } from "../../../time/engine.ts";
import { Failures } from "../failures.ts";
import { Machines } from "../machines.ts";
import type { DataVolume } from "./data-volume.ts";
import { Volumes } from "./volumes.ts";

let engine: Engine;
let machines: Machines;
let failures: Failures;
let volumes: Volumes;

function build(names: readonly string[]): void {
  engine = new Engine({ seed: 5 });
  machines = new Machines(
    names.map((name, index) => ({
      name,
      zone: `z${index}`,
      ip: `10.77.0.${index + 1}`,
      state: "on",
      partitioned: false,
      kubelet: "running",
      diskFull: false,
      bootId: 1,
      clockOffsetMs: 0,
    })),
  );
  failures = new Failures(engine, machines, () => {});
  volumes = new Volumes(engine, machines);
}

beforeEach(() => build(["a", "b", "c"]));

function volume(driver: string, rest: Partial<PersistentVolume["spec"]> = {}): PersistentVolume {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "pv-1", uid: "pv-1", resourceVersion: "1", creationTimestamp: "" },
    spec: { accessModes: ["ReadWriteOnce"], csi: { driver, volumeHandle: "vol-1" }, ...rest },
    status: {},
  };
}

const blocks = volume("driver.longhorn.io");
const shared = volume("nfs.csi.k8s.io", { accessModes: ["ReadWriteMany"] });
const local = volume("topolvm.io");

function database(of: DataVolume, machine: string) {
  of.mount(machine, `pod-on-${machine}`);
  const store = of.storeFor(machine, true);
  expect(store.open()).toBe(true);
  return store;
}

describe("a volume on one machine's disk", () => {
  test("keeps its rows while the machine is off, out of reach for everybody", () => {
    const data = volumes.persistent(local, "a");
    database(data, "a").write("r");
    failures.fail("a", "power-off");
    expect(data.state("a")).toBe("error");
    expect(data.state("b")).toBe("error");
    failures.heal("a");
    engine.runFor(70_000);
    expect(data.state("a")).toBe("ok");
    expect(data.rows).toEqual(new Set(["r"]));
  });

  test("takes no more rows when the disk is full, but can be read", () => {
    const store = volumes.persistent(local, "a").storeFor("a", true);
    failures.fail("a", "disk-full");
    expect(store.writeState()).toBe("error");
    expect(store.readState()).toBe("ok");
  });

  test("that is scratch space goes with its pod, and with the power when it is memory", () => {
    const disk = volumes.emptyDir("a", "pod-1", "disk", false);
    const memory = volumes.emptyDir("a", "pod-1", "memory", true);
    for (const data of [disk, memory]) data.storeFor("a", false).write("r");
    failures.fail("a", "power-off");
    expect(disk.rows.size).toBe(1);
    expect(memory.rows.size).toBe(0);
    volumes.releasePod("a", "pod-1");
    expect(volumes.emptyDir("a", "pod-1", "disk", false).rows.size).toBe(0);
  });
});

describe("replicated blocks", () => {
  test("lose nothing that was acknowledged with any machine", () => {
    const data = volumes.persistent(blocks, "a");
    database(data, "a").write("r");
    failures.fail("a", "power-off");
    const store = database(data, "b");
    expect(store.rows).toEqual(new Set(["r"]));
    expect(store.writeState()).toBe("ok");
  });

  test("are out of reach for a machine that is cut off", () => {
    const data = volumes.persistent(blocks, "a");
    const store = database(data, "a");
    failures.fail("a", "partition");
    expect(store.writeState()).toBe("error");
    failures.heal("a");
    expect(store.writeState()).toBe("ok");
  });

  test("are as good as a local disk where there is only one machine", () => {
    build(["a"]);
    const store = database(volumes.persistent(blocks, "a"), "a");
    failures.fail("a", "partition");
    expect(store.writeState()).toBe("ok");
  });

  test("do not give out a copy that missed writes", () => {
    const two = volume("driver.longhorn.io", {
      csi: { driver: "driver.longhorn.io", volumeHandle: "v", volumeAttributes: { numberOfReplicas: "3" } },
    });
    const data = volumes.persistent(two, "a");
    const store = database(data, "a");
    failures.fail("c", "partition");
    store.write("r");
    failures.fail("a", "power-off");
    failures.fail("b", "power-off");
    failures.heal("c");
    expect(data.state("c")).toBe("error");
    failures.heal("b");
    engine.runFor(70_000);
    expect(data.state("c")).toBe("ok");
  });

  test("are corrupted when two machines can write at the same moment", () => {
    const data = volumes.persistent(blocks, "a");
    database(data, "a");
    expect(data.corrupted).toBe(false);
    database(data, "b");
    expect(data.corrupted).toBe(true);
  });

  test("are safe when the first writer is cut off before the second begins, also after the wire is mended", () => {
    const data = volumes.persistent(blocks, "a");
    const first = database(data, "a");
    failures.fail("a", "partition");
    const second = database(data, "b");
    failures.heal("a");
    expect(data.corrupted).toBe(false);
    expect(first.writeState()).toBe("error");
    expect(first.readState()).toBe("error");
    expect(second.writeState()).toBe("ok");
  });

  test("shut a machine that is cut off out for good, whatever starts on it, until it has let go of them", () => {
    const data = volumes.persistent(blocks, "a");
    database(data, "a").close();
    failures.fail("a", "partition");
    data.mount("b", "pod-on-b");
    failures.heal("a");
    expect(data.storeFor("a", true).open()).toBe(false);
    data.unmount("a", "pod-on-a");
    data.unmount("b", "pod-on-b");
    expect(database(data, "a").writeState()).toBe("ok");
  });

  test("are safe when one writer ends before the next begins", () => {
    const data = volumes.persistent(blocks, "a");
    database(data, "a").close();
    database(data, "b");
    expect(data.corrupted).toBe(false);
  });
});

describe("a share", () => {
  test("can be written from everywhere without harm", () => {
    const data = volumes.persistent(shared, "a");
    database(data, "a");
    database(data, "b");
    expect(data.corrupted).toBe(false);
  });

  test("makes everybody wait when its server is lost, until another has taken over", () => {
    const data = volumes.persistent(shared, "a");
    const store = data.storeFor("b", false);
    store.write("r");
    let woken = 0;
    volumes.onChange(() => {
      woken++;
    });
    failures.fail("a", "power-off");
    expect(store.readState()).toBe("stalled");
    engine.runFor(19_000);
    expect(store.readState()).toBe("stalled");
    expect(engine.runWhile(() => store.readState() !== "ok", engine.now() + 71_000)).toBe(true);
    expect(woken).toBe(1);
    expect(store.rows).toEqual(new Set(["r"]));
  });

  test("goes on when its server is back before another has taken over", () => {
    const data = volumes.persistent(shared, "a");
    failures.fail("a", "partition");
    engine.runFor(10_000);
    failures.heal("a");
    expect(data.state("b")).toBe("ok");
    engine.runFor(100_000);
    failures.fail("b", "power-off");
    expect(data.state("c")).toBe("ok");
  });

  test("makes a machine that is cut off wait for as long as that lasts", () => {
    const data = volumes.persistent(shared, "a");
    failures.fail("b", "partition");
    engine.runFor(600_000);
    expect(data.state("b")).toBe("stalled");
    expect(data.state("c")).toBe("ok");
  });
});
