import { expect, test } from "vitest";
import type { LimitRange, Pod } from "../../../kube/types/index.ts";
import { withLimitDefaults } from "./limit-ranger.ts";

const range = {
  apiVersion: "v1",
  kind: "LimitRange",
  metadata: { name: "r", namespace: "default" },
  spec: { limits: [{ type: "Container", default: { cpu: "1" } }] },
} as unknown as LimitRange;

test("a pod without containers is left to those who refuse it", () => {
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: null } };
  expect(withLimitDefaults(pod as unknown as Pod, range)).toBe(pod);
});
