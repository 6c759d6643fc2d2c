/** All planted bugs run in the long form (`npm run long -- planted`); here, that they can be planted, and one of each sort. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PLANTED, type PlantedBug } from "./bugs.ts";
import { misfit, PlantedCopy } from "./plant.ts";

test("each planted bug is a change of a line that is there", () => {
  expect(PLANTED.flatMap((bug) => misfit(bug) ?? [])).toEqual([]);
  expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length);
});

let copy: PlantedCopy;
beforeAll(() => {
  copy = new PlantedCopy();
}, 120_000);
afterAll(() => copy.remove());

test("the copy holds all that tests import which have to notice something", () => {
  expect(copy.missing([...new Set(PLANTED.flatMap(({ tests }) => tests))])).toEqual([]);
});

describe("a bug is noticed:", () => {
  test.each([
    "a spread is met only with one pod less than it allows",
    "undo: victims do not come back",
    "certificate: the smallest places go first",
  ])("%s", { timeout: 120_000 }, async (name) => {
    const bug = PLANTED.find((one) => one.name === name) as PlantedBug;
    expect(await copy.runWith(bug)).toMatchObject({ kind: "failed" });
  });
});

test("a line that is not there any more is told", () => {
  const [first] = PLANTED as readonly [PlantedBug];
  expect(misfit({ ...first, text: "no such line" })).toContain("stands 0 times");
  expect(misfit({ ...first, file: "src/none.ts" })).toContain("there is no");
});
