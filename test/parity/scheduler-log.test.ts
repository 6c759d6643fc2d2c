import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { SchedulerLog } from "./scheduler-log.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-log-"));

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a line that is written in two parts is one line", async () => {
  const path = join(folder, "log");
  writeFileSync(path, "first\nsec");
  const log = new SchedulerLog(path);
  await log.until("first");
  const second = log.until("second");
  appendFileSync(path, "ond\n");
  await expect(second).resolves.toBeUndefined();
  log.close();
});
