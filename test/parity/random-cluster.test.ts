import { expect, test } from "vitest";
import { CASES } from "./cases.ts";
import { randomCluster } from "./random-cluster.ts";

const clusters = Array.from({ length: 400 }, (_, i) => randomCluster(i + 1));

test("a seed gives the same cluster every time", () => {
  expect(JSON.stringify(randomCluster(7))).toBe(JSON.stringify(clusters[6]));
});

test("clusters have from 3 to 200 nodes", () => {
  const sizes = clusters.map(({ nodes }) => nodes.length);
  expect(Math.min(...sizes)).toBeLessThan(6);
  expect(Math.max(...sizes)).toBeGreaterThan(150);
  expect(sizes.every((size) => size >= 3 && size <= 200)).toBe(true);
});

test.each(CASES)("%s is the only case of some cluster and one of many in others", (one) => {
  const having = clusters.filter(({ cases }) => cases.has(one));
  expect(having.some(({ cases }) => cases.size === 1)).toBe(true);
  expect(having.some(({ cases }) => cases.size > 5)).toBe(true);
});

test("no two pods of a cluster have the same name", () => {
  for (const { steps } of clusters) {
    const names = steps.flatMap((step) => ("pod" in step ? [step.pod.metadata.name] : []));
    expect(new Set(names).size).toBe(names.length);
  }
});
