import { describe, expect, test } from "vitest";
import { NO_MOMENTS } from "../../test/support/drill.ts";
import type { DrillResult } from "./runner.ts";
import type { StageFacts } from "./story-jobs.ts";
import type { StoryReport } from "./story-report.ts";
import { outageText, placementText, storyText } from "./story-text.ts";

function result(outageSeconds: number, outageGoesOn = false): DrillResult {
  return {
    scenario: "node-1 powered off",
    what: "node-1 is powered off",
    measured: {
      outageSeconds,
      failedShare: 0.333,
      repairedSeconds: 12,
      loginKept: true,
      rowsAcknowledged: 4,
      rowsLost: 0,
    },
    outageGoesOn,
    answeredBefore: true,
    moments: NO_MOMENTS,
    causes: { requests: 240, deadNode: 0, deadEndpoint: 0, noEndpoint: 0, dependency: 0 },
    timeline: { fromSeconds: 0, toSeconds: 1, lanes: [], marks: [] },
  };
}

function report(before: Partial<StageFacts> = {}, after: Partial<StageFacts> = {}): StoryReport {
  const nothing: StageFacts = { assumed: [], findings: [], placement: {} };
  return {
    seed: 1,
    cluster: { nodes: 3, kubernetes: "1.34", app: "shop/web" },
    comparisons: [{ name: "node-1 powered off", before: result(900, true), after: result(0.5) }],
    before: { ...nothing, ...before },
    after: { ...nothing, ...after },
    remaining: [],
  };
}

const widest = (text: string) => Math.max(...text.split("\n").map((line) => [...line].length));

describe("the story as text", () => {
  test("is one row a failure where there is room, as in a pipe", () => {
    const text = storyText(report(), { colours: false });
    expect(text).toMatch(/^node-1 powered off +> 15 min +0\.5 s +33\.3 %/m);
  });

  test("is a block a failure on a terminal that the table does not fit on", () => {
    const findings = [
      { where: "Pod shop/web-0", what: "is Pending: no node has room for it. ".repeat(6).trim() },
    ];
    const text = storyText(report({ findings }), { colours: false, columns: 60 });
    expect(text).toContain("node-1 powered off\n  outage       > 15 min → 0.5 s\n");
    expect(widest(text)).toBeLessThanOrEqual(60);
  });

  test("has escape sequences only where colours are wanted", () => {
    const sequence = "\u001b[";
    expect(storyText(report(), { colours: true })).toContain(sequence);
    expect(storyText(report(), { colours: false })).not.toContain(sequence);
  });

  test("paints no difference that cannot be read", () => {
    const same = { ...report(), comparisons: [{ name: "a", before: result(3.01), after: result(3.04) }] };
    const row = storyText(same, { colours: true }).split("\n")[2] ?? "";
    expect(row).toContain("3.0 s");
    expect(row).not.toContain("\u001b[");
  });

  test.each([
    { name: "a full minute has no seconds beside it", seconds: 120, text: "2 min" },
    { name: "other times have both", seconds: 125.4, text: "2 min 5 s" },
    { name: "short ones have tenths", seconds: 12.34, text: "12.3 s" },
  ])("$name", ({ seconds, text }) => {
    expect(outageText(result(seconds))).toBe(text);
  });

  test("says of a workload without pods that it ran nowhere", () => {
    const text = placementText(
      report({ placement: { web: [] } }, { placement: { web: ["node-1", "node-2", "node-3"] } }),
    );
    expect(text).toBe("web ran nowhere before and on node-1, node-2 and node-3 after.");
  });
});
