/**
 * Code in documents runs: `ts` blocks as modules against the sources, each `holdfast` line of an `sh` block through the built
 * program. Blocks of other languages are shown, not run. Links between documents lead somewhere.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].concat(
  readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
);

interface Block {
  readonly name: string;
  readonly code: string;
}

function blocks(language: string): Block[] {
  return pages.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)]
      .filter(([, found]) => found === language)
      .map(([, , code = ""], i) => ({ name: `${page}, ${language} block ${i + 1}`, code })),
  );
}

const scratch = resolve("test/.docs");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(blocks("ts"))("$name runs", async ({ name, code }) => {
  mkdirSync(scratch, { recursive: true });
  const file = join(scratch, `${name.replace(/\W+/g, "-")}.ts`);
  writeFileSync(file, code.replaceAll('from "holdfast"', 'from "../../src/index.ts"'));
  await import(pathToFileURL(file).href);
});

const commands = blocks("sh").flatMap(({ name, code }) =>
  code
    .split("\n")
    .filter((line) => line.startsWith("holdfast "))
    .map((line) => ({ name: `${name}: ${line}`, line })),
);

test.each(commands)(
  "$name",
  ({ line }) => {
    mkdirSync(scratch, { recursive: true });
    const main = resolve("dist/cli/main.js");
    expect(existsSync(main), "the program is built first: npm run build").toBe(true);
    const stack = resolve("stacks/opentakserver/manifests");
    const args = line
      .split(/\s+/)
      .slice(1)
      .map((word) => (word === "./manifests" ? stack : word));
    execFileSync(process.execPath, [main, ...args], { cwd: scratch, stdio: "pipe", timeout: 60_000 });
  },
  90_000,
);

describe("links", () => {
  const links = pages.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, link = ""]) => ({
      name: `${page} to ${link}`,
      target: join(dirname(page), link),
    })),
  );
  test.each(links)("$name leads somewhere", ({ target }) => {
    expect(existsSync(target)).toBe(true);
  });
});
