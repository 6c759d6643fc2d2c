import { expect, test, vi } from "vitest";
import type { Kind } from "../../kube/kind.ts";
import { deployments } from "../../kube/kinds.ts";
import { KindRegistry } from "./kind-registry.ts";

const v1: Kind = { ...deployments, group: "example.com", version: "v1", kind: "Foo", plural: "foos" };
const v2: Kind = { ...v1, version: "v2" };

test("rows are found by path, by object and by what they say", () => {
  const kinds = new KindRegistry();
  expect(kinds.find("apps/v1", "Deployment")).toBe(deployments);
  expect(kinds.findResource("apps", "v1", "deployments")).toBe(deployments);
  expect(kinds.served({ ...deployments })).toBe(deployments);
  expect(kinds.find("apps/v1beta1", "Deployment")).toBeUndefined();
});

test("two versions of a built-in resource are kept as one", () => {
  const kinds = new KindRegistry();
  const newer = kinds.find("events.k8s.io/v1", "Event") as Kind;
  expect(kinds.storageOf(newer)).toBe(kinds.find("v1", "Event"));
  expect(kinds.storageOf(deployments)).toBe(deployments);
});

test("custom kinds come, change their versions and go, and every change is told", () => {
  const kinds = new KindRegistry();
  const told = vi.fn();
  const stop = kinds.onChange(told);
  kinds.add([v1, v2], v2);
  expect(kinds.storageOf(v1)).toBe(v2);
  expect(kinds.all().slice(-2)).toEqual([v1, v2]);
  kinds.add([v2], v2);
  expect(kinds.served(v1)).toBeUndefined();
  expect(kinds.find("example.com/v2", "Foo")).toBe(v2);
  kinds.remove("example.com", "foos");
  expect(kinds.served(v2)).toBeUndefined();
  expect(told).toHaveBeenCalledTimes(3);
  stop();
  kinds.add([v1], v1);
  expect(told).toHaveBeenCalledTimes(3);
});
