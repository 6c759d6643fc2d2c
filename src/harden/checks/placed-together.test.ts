import { describe, expect, test } from "vitest";
import { findingsIn, linesOf } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { placedTogether } from "./placed-together.ts";

const pinned = (node: string) => web({ pod: `nodeSelector: { kubernetes.io/hostname: ${node} }` });

describe("placed-together", () => {
  test.each([
    [
      "on one node",
      pinned("node-2"),
      "3",
      ["critical Deployment default/web status: all 2 of its pods are on node-2"],
    ],
    ["on two nodes", web(), "3", []],
    ["in one zone, where others would take them", web({ pod: "nodeSelector: { half: a }" }), "4,zones=2", []],
    ["a single pod", web({ replicas: 1 }), "3", []],
  ])("%s", (_, yaml, nodes, lines) => {
    expect(linesOf(findingsIn(placedTogether, yaml, nodes))).toEqual(lines);
  });
});
