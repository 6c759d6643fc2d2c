import { describe, expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { type PodBuilder, pod } from "../../../../test/support/pods.ts";
import { claim } from "../../../../test/support/volumes.ts";
import { persistentVolumeClaims, pods } from "../../../kube/kinds.ts";
import { pvcProtection } from "./pvc-protection.ts";

function start(...all: readonly PodBuilder[]) {
  const lab = testLab();
  const { api, engine } = lab;
  put(api, persistentVolumeClaims, claim("data"));
  for (const builder of all) put(api, pods, builder);
  pvcProtection(lab.context).start();
  engine.runFor(100);
  return {
    ...lab,
    isThere: () => api.get(persistentVolumeClaims, "default", "data") !== undefined,
    remove() {
      api.delete(persistentVolumeClaims, "default", "data");
      engine.runFor(100);
    },
  };
}

describe("a claim that is being deleted", () => {
  test("goes at once when nobody uses it", () => {
    const { isThere, remove } = start(pod("other").claims("else").on("a"));
    remove();
    expect(isThere()).toBe(false);
  });

  test("goes although an unbound pod waits for it", () => {
    const { isThere, remove } = start(pod("db").claims("data"));
    remove();
    expect(isThere()).toBe(false);
  });

  test("stays until the object of the last pod is gone", () => {
    const { api, engine, isThere, remove } = start(pod("db").claims("data").on("a").running());
    remove();
    api.delete(pods, "default", "db");
    engine.runFor(60_000);
    expect(isThere()).toBe(true);
    api.delete(pods, "default", "db", { gracePeriodSeconds: 0 });
    engine.runFor(100);
    expect(isThere()).toBe(false);
  });

  test("stays for a pod that has ended, until that is deleted", () => {
    const { isThere, remove } = start(pod("job").claims("data").on("a").phase("Succeeded"));
    remove();
    expect(isThere()).toBe(true);
  });
});

test("a claim without protection gets it", () => {
  const { api, engine } = start();
  const found = api.get(persistentVolumeClaims, "default", "data");
  if (found === undefined) throw new Error("The claim is missing");
  api.update(persistentVolumeClaims, { ...found, metadata: { ...found.metadata, finalizers: [] } });
  engine.runFor(100);
  expect(api.get(persistentVolumeClaims, "default", "data")?.metadata.finalizers).toEqual([
    "kubernetes.io/pvc-protection",
  ]);
});
