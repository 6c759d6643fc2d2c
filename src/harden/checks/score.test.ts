import { expect, test } from "vitest";
import type { Finding, Severity } from "./check.ts";
import { scoreOf } from "./score.ts";

const WORKLOADS = ["Deployment a/x", "Deployment a/y", "Deployment a/z"];

function finding(rule: string, severity: Severity, name: string, kind = "Deployment"): Finding {
  const object = { kind, name, ...(kind === "Deployment" && { namespace: "a" }) };
  return { rule, severity, object, field: "spec", message: "", consequence: "" };
}

test.each<[string, Finding[], number, string | undefined, number | undefined]>([
  ["nothing found", [], 100, undefined, undefined],
  ["one critical of three workloads and the cluster", [finding("r", "critical", "x")], 90, "r", 100],
  ["what is about no workload", [finding("n", "warning", "node-1", "Node")], 96, "n", 100],
  [
    "never more than a workload has",
    [finding("r", "critical", "x"), finding("s", "critical", "x"), finding("t", "critical", "x")],
    75,
    // Without any one of them 80 of 100 are lost.
    "r",
    80,
  ],
  [
    "the check that costs most",
    [finding("r", "advice", "x"), finding("s", "warning", "x"), finding("s", "warning", "y")],
    91,
    "s",
    98,
  ],
])("%s", (_, findings, value, rule, without) => {
  const score = scoreOf(findings, WORKLOADS);
  expect(score.value).toBe(value);
  expect([score.best?.rule, score.best?.value]).toEqual([rule, without]);
});
