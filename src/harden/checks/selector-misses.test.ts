import { describe, expect, test } from "vitest";
import { findingsIn, linesAfterFixes, linesOf } from "../../../test/support/harden/check-manifests.ts";
import { apart, spreadOverNodes, web } from "../../../test/support/harden/yaml.ts";
import { selectorMisses } from "./selector-misses.ts";

const TEMPLATE = "critical Deployment default/web spec.template.spec";

describe("selector-misses", () => {
  test.each([
    ["a constraint about its own pods", web({ pod: spreadOverNodes() }), []],
    [
      "a constraint about nobody's",
      web({ pod: spreadOverNodes("cart") }),
      [
        `${TEMPLATE}.topologySpreadConstraints[0].labelSelector: its spread constraint is about pods with app=cart, and its own have app=web`,
      ],
    ],
    [
      "anti-affinity to the pods of another workload",
      web({ pod: apart("cart") }) + web({ name: "cart" }),
      [],
    ],
    [
      "anti-affinity to nobody's",
      web({ pod: apart("coredns") }),
      [
        `${TEMPLATE}.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: its required anti-affinity is about pods with app=coredns, and its own have app=web`,
      ],
    ],
  ])("%s", (_, yaml, lines) => {
    expect(linesOf(findingsIn(selectorMisses, yaml))).toEqual(lines);
    expect(linesAfterFixes(selectorMisses, yaml)).toEqual([]);
  });
});
