import { describe, expect, test } from "vitest";
import {
  type TestControllers,
  type TestControllersOptions,
  testControllers,
} from "../../../../test/support/controllers.ts";
import { defineGroves } from "../../../../test/support/custom-kinds.ts";
import { podTemplate } from "../../../../test/support/workloads.ts";
import { configMaps, namespaces, pods, secrets } from "../../../kube/kinds.ts";
import type { ConfigMap } from "../../../kube/types/index.ts";
import { KindRegistry } from "../../apiserver/kind-registry.ts";
import { namespace } from "./namespace.ts";

function lab(options: TestControllersOptions = {}): TestControllers {
  const started = testControllers([namespace(new KindRegistry())], options);
  started.api.create(namespaces, { metadata: { name: "shop" } });
  return started;
}

const shop = ({ api }: TestControllers) => api.get(namespaces, undefined, "shop");

const conditions = (started: TestControllers) =>
  Object.fromEntries(
    (shop(started)?.status.conditions ?? []).map(({ type, status, message }) => [
      type,
      `${status} ${message}`,
    ]),
  );

function addPod({ api }: TestControllers): void {
  api.create(pods, { metadata: { name: "web", namespace: "shop" }, spec: podTemplate("web").spec });
}

describe("a namespace that is being deleted", () => {
  test("is Terminating at once, and gone five seconds later when it is empty", () => {
    const started = lab();
    started.api.delete(namespaces, undefined, "shop");
    started.runSeconds(4);
    expect(shop(started)?.status.phase).toBe("Terminating");
    started.runSeconds(2);
    expect(shop(started)).toBeUndefined();
  });

  test("loses everything in it", () => {
    const started = lab();
    started.api.create(configMaps, { metadata: { name: "settings", namespace: "shop" } });
    started.api.create(secrets, { metadata: { name: "key", namespace: "shop" } });
    started.api.create(configMaps, { metadata: { name: "elsewhere", namespace: "default" } });
    started.api.delete(namespaces, undefined, "shop");
    started.runSeconds(10);
    expect(shop(started)).toBeUndefined();
    expect(started.api.list(secrets)).toEqual([]);
    const names = (namespace: string) =>
      started.api.list(configMaps, { namespace }).map(({ metadata }) => metadata.name);
    expect([names("shop"), names("default")]).toEqual([[], ["elsewhere"]]);
  });

  test("loses objects of custom kinds too", () => {
    const started = testControllers([]);
    started.start(namespace(started.server.kinds));
    const groves = defineGroves(started);
    started.api.create(namespaces, { metadata: { name: "shop" } });
    started.api.create(groves, { metadata: { name: "elms", namespace: "shop" } });
    started.api.delete(namespaces, undefined, "shop");
    started.runSeconds(10);
    expect(shop(started)).toBeUndefined();
    expect(started.api.list(groves)).toEqual([]);
  });

  test("keeps everything else until its last pod has stopped", () => {
    const started = lab({ stopAfterMs: 20_000 });
    addPod(started);
    started.api.create(configMaps, { metadata: { name: "settings", namespace: "shop" } });
    started.runSeconds(5);
    started.api.delete(namespaces, undefined, "shop");
    started.runSeconds(15);
    expect(started.api.get(pods, "shop", "web")?.metadata.deletionTimestamp).toBeDefined();
    expect(started.api.get(configMaps, "shop", "settings")).toBeDefined();
    started.runSeconds(60);
    expect(shop(started)).toBeUndefined();
  });

  test("says what holds it, and goes when that lets go", () => {
    const started = lab();
    started.api.create(configMaps, {
      metadata: { name: "held", namespace: "shop", finalizers: ["example.com/hold"] },
    });
    started.api.delete(namespaces, undefined, "shop");
    started.runSeconds(6);
    expect(conditions(started)).toEqual({
      NamespaceDeletionDiscoveryFailure: "False All resources successfully discovered",
      NamespaceDeletionGroupVersionParsingFailure: "False All legacy kube types successfully parsed",
      NamespaceDeletionContentFailure:
        "False All content successfully deleted, may be waiting on finalization",
      NamespaceContentRemaining: "True Some resources are remaining: configmaps. has 1 resource instances",
      NamespaceFinalizersRemaining:
        "True Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
    });
    const held = started.api.get(configMaps, "shop", "held") as ConfigMap;
    started.api.update(configMaps, { ...held, metadata: { ...held.metadata, finalizers: [] } });
    started.runSeconds(15);
    expect(shop(started)).toBeUndefined();
  });

  test("costs nothing while it only waits for somebody else's finalizer but a look now and then", () => {
    const started = lab();
    started.api.create(configMaps, {
      metadata: { name: "held", namespace: "shop", finalizers: ["example.com/hold"] },
    });
    started.api.delete(namespaces, undefined, "shop");
    started.runSeconds(60);
    const tasks = started.engine.tasksRun;
    started.runSeconds(800);
    expect(started.engine.tasksRun - tasks).toBe(100);
  });
});
