import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../view/input-error.ts";
import {
  announce,
  clearKubeconfig,
  defaultKubeconfig,
  runningLabs,
  runtimeFolder,
  withdraw,
  writeWhole,
} from "./lab-runtime.ts";

const home = mkdtempSync(join(tmpdir(), "holdfast-runtime-"));
afterAll(() => rmSync(home, { recursive: true }));
const folder = runtimeFolder({ XDG_RUNTIME_DIR: home });

describe("the folder of a user's labs", () => {
  test("can be read by that user only", () => {
    expect(folder).toBe(join(home, "holdfast"));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test("is refused where a file stands", () => {
    const file = join(home, "file");
    writeFileSync(file, "");
    expect(() => runtimeFolder({ XDG_RUNTIME_DIR: file })).toThrow(InputError);
  });

  test("knows the labs that run, the last one first, until they take leave", () => {
    const kubeconfig = defaultKubeconfig(folder);
    writeWhole(kubeconfig, "current-context: holdfast-lab\n");
    const record = { pid: process.pid, url: "https://127.0.0.1:1", kubeconfig, startedMs: 5 };
    announce(folder, record);
    // Its parent runs too, and was there before.
    announce(folder, { ...record, pid: process.ppid, startedMs: 1 });
    // No process has such a number.
    announce(folder, { ...record, pid: 2 ** 30, startedMs: 9 });
    expect(runningLabs(folder).map(({ pid }) => pid)).toEqual([process.pid, process.ppid]);
    withdraw(folder, kubeconfig);
    expect(runningLabs(folder).map(({ pid }) => pid)).toEqual([process.ppid]);
    expect(existsSync(kubeconfig)).toBe(false);
  });
});

describe("a kubeconfig's place", () => {
  test("is cleared of what an earlier lab left", () => {
    const file = join(home, "old");
    writeFileSync(file, "apiVersion: v1\ncurrent-context: holdfast-lab\n");
    clearKubeconfig(file);
    expect(existsSync(file)).toBe(false);
    clearKubeconfig(file);
  });

  test("is refused when it is somebody's own", () => {
    const file = join(home, "mine");
    writeFileSync(file, "current-context: production\n");
    expect(() => clearKubeconfig(file)).toThrow(/exists and was not written by a lab/);
    expect(readFileSync(file, "utf8")).toBe("current-context: production\n");
  });

  test("is written whole, for its owner, with the folders it needs", () => {
    const file = join(home, "a/b/kubeconfig");
    writeWhole(file, "text");
    expect(readFileSync(file, "utf8")).toBe("text");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => writeWhole(join(file, "below"), "text")).toThrow(InputError);
  });
});
