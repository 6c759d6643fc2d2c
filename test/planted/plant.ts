/** Plants bugs in a copy of the sources and lets the tests that have to notice them run there. */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import type { PlantedBug } from "./bugs.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** All that tests read. */
const COPIED = [
  "src",
  "test/support",
  "test/parity",
  "bench/clusters.mjs",
  "stacks",
  "docs",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
];
/** A test that hangs has told nobody anything. */
const LONGEST_MS = 900_000;

export type Run =
  | { readonly kind: "passed"; readonly tests: number }
  /** Titles of those that failed. */
  | { readonly kind: "failed"; readonly tests: readonly string[] }
  /** Nothing was tested: the files do not load, or the run did not end. */
  | { readonly kind: "broken"; readonly why: string };

/** What is wrong with the entry; nothing when its text stands in its file once. @param root the folder that holds `src` */
export function misfit({ name, file, text, wrong }: PlantedBug, root = ROOT): string | undefined {
  if (!existsSync(join(root, file))) return `${name}: there is no ${file}`;
  const times = readFileSync(join(root, file), "utf8").split(text).length - 1;
  if (times !== 1) return `${name}: ${JSON.stringify(text)} stands ${times} times in ${file}, not once`;
  return text === wrong ? `${name}: changes nothing` : undefined;
}

/** A copy of the sources in which tests run. */
export class PlantedCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), "holdfast-planted-"));

  constructor() {
    for (const name of COPIED) cpSync(join(ROOT, name), join(this.#folder, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.#folder, "node_modules"));
  }

  /** What these tests import, one way or another, and the copy does not hold: they would not load there. */
  missing(tests: readonly string[]): readonly string[] {
    const seen = new Set(tests.flatMap((test) => testFiles(join(this.#folder, test))));
    const missing: string[] = [];
    for (const file of seen) {
      for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
        const imported = join(dirname(file), path);
        if (existsSync(imported)) seen.add(imported);
        else missing.push(`${relative(this.#folder, file)} imports ${path}`);
      }
    }
    return missing;
  }

  /** The bug's tests, with the bug in place. @throws when its text is not there */
  async runWith(bug: PlantedBug): Promise<Run> {
    const problem = misfit(bug, this.#folder);
    if (problem !== undefined) throw new Error(problem);
    const path = join(this.#folder, bug.file);
    const right = readFileSync(path, "utf8");
    // A function, because "$" in a replacement has a meaning.
    writeFileSync(
      path,
      right.replace(bug.text, () => bug.wrong),
    );
    try {
      return await this.run(bug.tests, true);
    } finally {
      writeFileSync(path, right);
    }
  }

  /** @param onlyFirst whether the first failure is enough */
  async run(tests: readonly string[], onlyFirst: boolean): Promise<Run> {
    const report = join(this.#folder, "report.json");
    rmSync(report, { force: true });
    const { status, output } = await vitest(this.#folder, [
      ...(onlyFirst ? ["--bail=1"] : []),
      "--reporter=json",
      `--outputFile=${report}`,
      ...tests,
    ]);
    if (!existsSync(report)) return { kind: "broken", why: `the tests did not end (${status}): ${output}` };
    return runOf(JSON.parse(readFileSync(report, "utf8")));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The tests of a folder, or the file itself. */
function testFiles(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  const inside = readdirSync(path, { recursive: true, encoding: "utf8" });
  return inside.filter((file) => file.endsWith(".test.ts")).map((file) => join(path, file));
}

interface Report {
  readonly numTotalTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

function runOf({ numTotalTests, success, testResults }: Report): Run {
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === "failed").map(({ title }) => title),
  );
  if (failed.length > 0) return { kind: "failed", tests: failed };
  if (success && numTotalTests > 0) return { kind: "passed", tests: numTotalTests };
  const why = testResults.map(({ message }) => message).find((message) => message !== "");
  return { kind: "broken", why: why ?? "no test ran" };
}

function vitest(folder: string, args: readonly string[]): Promise<{ status: string; output: string }> {
  return new Promise((done) => {
    const program = join(ROOT, "node_modules/vitest/vitest.mjs");
    // The outer run's settings are not this one's: its report, above all, would be written over.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => name !== "VITEST" && !name.startsWith("HOLDFAST_")),
    );
    const child = spawn(process.execPath, [program, "run", "--root", folder, ...args], { cwd: folder, env });
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    child.stdout.resume();
    const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      done({ status: signal ?? `code ${code}`, output: output.trim().slice(-500) });
    });
  });
}
