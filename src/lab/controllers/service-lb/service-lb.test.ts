import { describe, expect, test } from "vitest";
import { testLab } from "../../../../test/support/lab-context.ts";
import { serviceDraft } from "../../../../test/support/services.ts";
import { services } from "../../../kube/kinds.ts";
import type { Service } from "../../../kube/types/index.ts";
import { addressOf } from "./address-plan.ts";
import { serviceLb } from "./service-lb.ts";

const pool = { first: "192.0.2.254", last: "192.0.3.0" };

function start() {
  const lab = testLab();
  const { api, engine } = lab;
  serviceLb(pool)(lab.context).start();
  const get = (name: string) => api.get(services, "default", name) as Service;
  return {
    ...lab,
    get,
    address: (name: string) => addressOf(get(name)),
    add(name: string, spec: Partial<Service["spec"]> = {}, annotations?: Readonly<Record<string, string>>) {
      const draft = serviceDraft(name, { type: "LoadBalancer", ...spec });
      api.create(services, {
        ...draft,
        metadata: { ...draft.metadata, ...(annotations && { annotations }) },
      });
      engine.runFor(100);
    },
    remove(name: string) {
      api.delete(services, "default", name);
      engine.runFor(100);
    },
  };
}

describe("a Service of type LoadBalancer", () => {
  test("gets the lowest free address, and is told", () => {
    const { add, get, address, takeEvents } = start();
    add("a");
    add("b");
    expect(get("a").status.loadBalancer).toEqual({ ingress: [{ ip: "192.0.2.254", ipMode: "VIP" }] });
    expect(address("b")).toBe("192.0.2.255");
    expect(takeEvents()).toEqual([
      'Normal IPAllocated Service default/a: Assigned IP ["192.0.2.254"]',
      'Normal IPAllocated Service default/b: Assigned IP ["192.0.2.255"]',
    ]);
  });

  test("waits when all are taken, until one is given back", () => {
    const { add, address, remove, takeEvents } = start();
    for (const name of ["a", "b", "c"]) add(name);
    takeEvents();
    add("d");
    expect(takeEvents()).toEqual([
      'Warning AllocationFailed Service default/d: Failed to allocate IP for "default/d": no available IPs',
    ]);
    expect(address("d")).toBeUndefined();
    remove("b");
    expect(address("d")).toBe("192.0.2.255");
  });

  test.each([
    { name: "by field", spec: { loadBalancerIP: "192.0.3.0" }, annotations: {} },
    { name: "by annotation", spec: {}, annotations: { "metallb.io/loadBalancerIPs": "192.0.3.0" } },
  ])("gets the address that it asks for $name", ({ spec, annotations }) => {
    const { add, address } = start();
    add("a", spec, annotations);
    expect(address("a")).toBe("192.0.3.0");
  });

  test("does not get an address of somebody else, nor one that is not in the pool", () => {
    const { add, takeEvents } = start();
    add("a");
    takeEvents();
    add("b", { loadBalancerIP: "192.0.2.254" });
    add("c", { loadBalancerIP: "198.51.100.1" });
    expect(takeEvents()).toEqual([
      'Warning AllocationFailed Service default/b: Failed to allocate IP for "default/b": can\'t change sharing key for "default/b", address also in use by default/a',
      'Warning AllocationFailed Service default/c: Failed to allocate IP for "default/c": ["198.51.100.1"] is not allowed in config',
    ]);
  });

  test("of a class of its own is left to whoever looks after that class", () => {
    const { add, address } = start();
    add("a", { loadBalancerClass: "example.com/other" });
    expect(address("a")).toBeUndefined();
  });

  test("gives its address back when it becomes something else", () => {
    const { add, api, engine, get, address } = start();
    add("a");
    api.update(services, { ...get("a"), spec: { ...get("a").spec, type: "ClusterIP" } });
    engine.runFor(100);
    expect(get("a").status.loadBalancer?.ingress).toBeUndefined();
    add("b");
    expect(address("b")).toBe("192.0.2.254");
  });
});

test("an address that could not be written is not lost", () => {
  const { add, address, api, engine, server } = start();
  add("a");
  api.create(services, serviceDraft("b", { type: "LoadBalancer" }));
  server.setUp(false);
  engine.runFor(1_000);
  server.setUp(true);
  engine.runFor(20_000);
  expect(address("b")).toBe("192.0.2.255");
});

test("other Services are none of its business", () => {
  const { api, engine, get } = start();
  api.create(services, serviceDraft("plain"));
  const tasks = engine.tasksRun;
  engine.runFor(1_000);
  expect(engine.tasksRun).toBe(tasks);
  expect(get("plain").status.loadBalancer ?? {}).toEqual({});
});
