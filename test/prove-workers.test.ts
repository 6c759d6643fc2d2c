/** Threads run the built program, so this test does: any number of them gives the same outcomes. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";

test("three threads and one give the same bytes", { timeout: 60_000 }, () => {
  expect(existsSync("dist/prove/workers/loss-worker.js"), "the program is built first: npm run build").toBe(
    true,
  );
  const printed = execFileSync(process.execPath, ["test/support/prove/threads.mjs"], { encoding: "utf8" });
  const { losses, distinct, same } = JSON.parse(printed);
  expect(same).toBe(true);
  expect(distinct).toBeGreaterThan(losses / 2);
});
