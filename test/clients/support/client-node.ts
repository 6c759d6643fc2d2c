import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheFolder } from "../../programs/build.ts";

const FOLDER = resolve(import.meta.dirname, "../client-node");

/** The program beside its library, which is installed once into the user's cache: the path to run with Node. */
export function clientNodeProgram(): string {
  const { dependencies } = JSON.parse(readFileSync(join(FOLDER, "package.json"), "utf8"));
  const installed = join(cacheFolder(), `client-node-${dependencies["@kubernetes/client-node"]}`);
  if (!existsSync(installed)) install(installed);
  const program = join(installed, "main.mjs");
  cpSync(join(FOLDER, "main.mjs"), program);
  return program;
}

function install(installed: string): void {
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), "client-node-"));
  try {
    for (const file of ["package.json", "package-lock.json"]) cpSync(join(FOLDER, file), join(work, file));
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: work });
    renameSync(work, installed);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
