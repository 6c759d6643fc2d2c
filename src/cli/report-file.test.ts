import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../view/input-error.ts";
import { checkWritable, writeReport } from "./report-file.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a report's file", () => {
  test.each([
    {
      name: "in a folder that is not there",
      file: join(folder, "none", "page.html"),
      why: /there is no folder .*none/,
    },
    { name: "that is a folder", file: folder, why: /is a folder; expected the name of a file/ },
  ])("$name is refused as wrong usage", ({ file, why }) => {
    expect(() => checkWritable(file)).toThrow(InputError);
    expect(() => checkWritable(file)).toThrow(why);
  });

  test("is not made by looking whether it could be", () => {
    checkWritable(join(folder, "later.html"));
    expect(readdirSync(folder)).not.toContain("later.html");
  });

  test("may be there already, and is written over", () => {
    const file = join(folder, "page.html");
    writeFileSync(file, "old");
    checkWritable(file);
    writeReport(file, "new");
    expect(readFileSync(file, "utf8")).toBe("new");
  });

  test("that turns out not to be writable is refused in the same words", () => {
    expect(() => writeReport(join(folder, "none", "page.html"), "")).toThrow(/page.html: cannot be written/);
  });
});
