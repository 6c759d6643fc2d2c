/**
 * The same pods through our scheduler and through the real one: what kube-scheduler 1.34.4 made of clusters by the hundred is
 * recorded beside this file. With HOLDFAST_REFERENCE_SERVER set it is asked again, and HOLDFAST_UPDATE records the answers.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { REFERENCE, referencePlacement } from "../../support/reference-scheduler.ts";
import { type Placement, placementOf, type Scores, scoresOf } from "../../support/scheduling.ts";
import { randomCluster } from "./random-cluster.ts";

/** For a pod that was placed, the sum of scores of every node that would have done; chance picks among the highest. */
type Recorded = { readonly message: string } | { readonly totals: Readonly<Record<string, number>> };

const FILE = new URL("./recorded.data.json", import.meta.url);
const SEEDS = Array.from({ length: 300 }, (_, i) => i + 1);
const recorded = JSON.parse(readFileSync(FILE, "utf8")) as Record<string, Recorded>;

function totalsOf(scores: Scores): Record<string, number> {
  return Object.fromEntries(
    Object.entries(scores).map(([name, byPlugin]) => [
      name,
      Object.values(byPlugin).reduce((sum, score) => sum + score, 0),
    ]),
  );
}

function summary({ node, ...unplaced }: Placement, scores: Scores): Recorded {
  if (node === undefined) return unplaced as Recorded;
  const totals = totalsOf(scores);
  // A node that is the only one is not rated.
  return { totals: Object.keys(totals).length < 2 ? { [node]: 0 } : totals };
}

async function answer(seed: number): Promise<Recorded> {
  const given = randomCluster(seed);
  if (REFERENCE === undefined) {
    return summary(placementOf(given), scoresOf(given));
  }
  const { placement, scores } = await referencePlacement(given);
  return summary(placement, scores);
}

describe("kube-scheduler's answers", () => {
  test.each(SEEDS)("for random cluster %i", async (seed) => {
    const given = await answer(seed);
    if (REFERENCE !== undefined && process.env.HOLDFAST_UPDATE !== undefined) {
      recorded[seed] = given;
      const lines = Object.entries(recorded).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
      writeFileSync(FILE, `{\n${lines.join(",\n")}\n}\n`);
    }
    expect(given).toEqual(recorded[seed]);
  });
});
