import { expect, test } from "vitest";
import type { LossResult, ProveResult, WorkloadVerdict } from "../result.ts";
import { LOST_NAME, pageData } from "./page-data.ts";

function verdict(name: string, cause: string): WorkloadVerdict {
  return {
    kind: "Deployment",
    namespace: "shop",
    name,
    verdict: "degraded",
    downSeconds: { min: 1, median: 2, max: 3 },
    ready: { before: 2, lowest: 1, wanted: 2, enough: 1 },
    cause,
    proof: "simulation: 8 tie-break seeds",
  };
}

function loss(node: string, ...workloads: readonly WorkloadVerdict[]): LossResult {
  return { id: `node/${node}`, kind: "node", lost: [node], verdict: "degraded", workloads };
}

const losses = [
  loss("node-1", verdict("a", "1 of 2 ready pods is on node-1"), verdict("b", "node-12 and node-1, node-1.")),
  loss("node-2", verdict("a", "1 of 2 ready pods is on node-2")),
  loss("node-12", verdict("b", "1 of 2 ready pods is on node-12")),
  {
    ...loss("node-1"),
    id: "zone/z1",
    kind: "zone",
    workloads: [verdict("b", "all are on node-1")],
  } as LossResult,
];
const workloads = ["a", "b"].map((name) => ({ kind: "Deployment", namespace: "shop", name }));
const result = { losses, workloads } as unknown as ProveResult;

test("what losses do comes out as it went in, and what only names tell apart is written once", () => {
  const data = pageData(result, [["node-1", "z1"]]);
  const unfolded = data.losses.map(([id, kind, worst, touched]) => ({
    id,
    kind,
    verdict: worst,
    workloads: Array.from({ length: touched.length / 2 }, (_, i) => {
      const said = data.said[touched[2 * i + 1] as number] ?? "";
      const whole = JSON.parse(said, (_key, value) =>
        typeof value === "string" ? value.replaceAll(LOST_NAME, id.split("/")[1] ?? "") : value,
      );
      return { ...workloads[touched[2 * i] as number], ...whole };
    }),
  }));
  expect(unfolded).toEqual(losses.map(({ lost: _lost, ...rest }) => rest));
  expect(data.said).toHaveLength(3);
});
