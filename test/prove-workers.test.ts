/** Threads run the built program, so this test does: any number of them proves the same. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";

test("three threads and one give the same bytes", { timeout: 120_000 }, () => {
  expect(existsSync("dist/prove/workers/loss-worker.js"), "the program is built first: npm run build").toBe(
    true,
  );
  const printed = execFileSync(process.execPath, ["test/support/prove/threads.mjs"], { encoding: "utf8" });
  const { losses, same, alone, together } = JSON.parse(printed);
  expect(same).toBe(true);
  expect(losses.stuck).toBeGreaterThan(20);
  // The other threads did something.
  expect(together).toBeLessThan(alone);
});
