import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { SchedulerLog } from "./scheduler-log.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-log-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

test("several texts may come in any order", async () => {
  const path = join(folder, "log");
  writeFileSync(path, "two\n");
  const log = new SchedulerLog(path);
  const all = log.until("one", "two");
  appendFileSync(path, "one\n");
  await expect(all).resolves.toBeUndefined();
  log.close();
});
