import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Disks } from "./disks.ts";
import type { Refusal } from "./service.ts";

let folder: string;
let disks: Disks;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-disks-"));
  disks = new Disks(folder);
  disks.create("data", 1_000);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The code and the words of a refusal. */
function refusalOf(act: () => void): readonly [string, string] | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    const { code, message } = error as Refusal;
    return [status[code], message];
  }
}

test("a disk is one node's at a time, however often that asks", () => {
  disks.attach("data", "a");
  disks.attach("data", "a");
  expect(refusalOf(() => disks.attach("data", "b"))).toEqual([
    "FAILED_PRECONDITION",
    "disk data is already attached to node a",
  ]);
  disks.detach("data", "b");
  expect(disks.nodeOf("data")).toBe("a");
  disks.detach("data", "a");
  disks.attach("data", "b");
  expect(disks.nodeOf("data")).toBe("b");
  disks.detach("data", undefined);
  expect(disks.nodeOf("data")).toBeUndefined();
});

test("a disk outlives the driver, with its data and its node", () => {
  disks.attach("data", "a");
  writeFileSync(join(disks.dataOf("data"), "file"), "text");
  const others = new Disks(folder);
  expect(others.nodeOf("data")).toBe("a");
  expect(existsSync(join(others.dataOf("data"), "file"))).toBe(true);
  expect(others.ids()).toEqual(["data"]);
});

test("a disk is deleted with its data, and not while a node has it", () => {
  disks.attach("data", "a");
  expect(refusalOf(() => disks.delete("data"))?.[0]).toBe("FAILED_PRECONDITION");
  disks.detach("data", "a");
  disks.delete("data");
  disks.delete("data");
  expect(disks.ids()).toEqual([]);
});

test("making a disk again changes nothing, and needs the same size", () => {
  disks.attach("data", "a");
  disks.create("data", 1_000);
  expect(disks.nodeOf("data")).toBe("a");
  expect(refusalOf(() => disks.create("data", 2_000))).toEqual([
    "ALREADY_EXISTS",
    "disk data has 1000 bytes already",
  ]);
});

test.each([
  { name: "a disk that is not there", id: "other", code: "NOT_FOUND" },
  { name: "a way out of the folder", id: "../other", code: "INVALID_ARGUMENT" },
  { name: "no name", id: "", code: "INVALID_ARGUMENT" },
])("$name is refused", ({ id, code }) => {
  expect(refusalOf(() => disks.attach(id, "a"))?.[0]).toBe(code);
});
