/** Builds programs from their recipes, once, into the user's cache. */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Binary, type Recipe, recipeOf } from "./recipes.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const LOCK_POLL_MS = 500;

/** A program that is not there and cannot be built here; says why. */
export class ProgramMissing extends Error {}

/** The folder of what was built: under the user's cache directory. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "holdfast");
}

/**
 * The path of a program by its name, built first where the cache has none.
 * @throws {ProgramMissing} when it cannot be built here
 */
export async function program(name: string): Promise<string> {
  const [recipeName, recipe] = recipeOf(name);
  const readyMade = recipe.readyMade && process.env[recipe.readyMade];
  if (readyMade) {
    const path = join(readyMade, name);
    if (!isProgram(path))
      throw new ProgramMissing(`${recipe.readyMade} names ${readyMade}, where no ${name} is`);
    return path;
  }
  const folder = join(cacheFolder(), `${recipeName}-${recipe.version}${ownSources(recipe)}`);
  const path = join(folder, name);
  if (isProgram(path)) return path;
  // One build at a time: each keeps all cores busy.
  await underLock(join(cacheFolder(), "build.lock"), async () => {
    if (!isProgram(path)) await build(recipe, name, folder);
  });
  return path;
}

/** What tells builds of our own programs apart: their sources change without a version. */
function ownSources({ binaries }: Recipe): string {
  const folders = Object.values(binaries).flatMap((binary) => ("folder" in binary ? [binary.folder] : []));
  if (folders.length === 0) return "";
  const hash = createHash("sha256");
  for (const folder of folders) {
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).sort()) {
      const path = join(ROOT, folder, file);
      if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path));
    }
  }
  return `-${hash.digest("hex").slice(0, 12)}`;
}

/** The paths of several programs. @throws {ProgramMissing} */
export async function programs<Name extends string>(
  ...names: readonly Name[]
): Promise<Record<Name, string>> {
  const paths: Partial<Record<Name, string>> = {};
  for (const name of names) paths[name] = await program(name);
  return paths as Record<Name, string>;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function build(recipe: Recipe, name: string, folder: string): Promise<void> {
  const binary = recipe.binaries[name] as Binary;
  const work = mkdtempSync(join(tmpdir(), "holdfast-build-"));
  try {
    process.stderr.write(`building ${name} ${recipe.version} from its Go modules…\n`);
    if ("folder" in binary) cpSync(join(ROOT, binary.folder), work, { recursive: true });
    else writeFileSync(join(work, "tools.go"), `//go:build tools\n\npackage tools\n`);
    writeFileSync(join(work, "go.mod"), goMod(recipe, work));
    const values = Object.entries(recipe.variables ?? {}).map(
      ([variable, value]) => `-X ${variable}=${value}`,
    );
    const flags = [
      "-mod=mod",
      "-trimpath",
      "-ldflags",
      ["-s", "-w", ...values].join(" "),
      "-o",
      join(work, name),
    ];
    const env = recipe.isStatic === true ? { CGO_ENABLED: "0" } : {};
    if ("testsOf" in binary) await go(work, ["test", "-c", ...flags, binary.testsOf], env);
    else await go(work, ["build", ...flags, "package" in binary ? binary.package : "."], env);
    mkdirSync(folder, { recursive: true });
    const arrived = join(folder, `.${name}.${process.pid}`);
    cpSync(join(work, name), arrived);
    renameSync(arrived, join(folder, name));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function goMod({ require, replace = {}, staging }: Recipe, work: string): string {
  const replacements = Object.entries(replace).map(([module, other]) => `replace ${module} => ${other}`);
  if (staging !== undefined) {
    const version = require[staging.of];
    for (const module of stagingModules(`${staging.of}@${version}`, work)) {
      replacements.push(`replace ${module} => ${module} ${staging.version}`);
    }
  }
  const requirements = Object.entries(require).map(([module, version]) => `require ${module} ${version}`);
  return ["module holdfast.dev/programs", "go 1.24.0", ...requirements, ...replacements, ""].join("\n");
}

/**
 * The folder of a Go module, as it was published.
 * @throws {ProgramMissing} without Go
 */
export function moduleFolder(module: string, version: string): string {
  const options = { cwd: tmpdir(), encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] } as const;
  const words = ["mod", "download", "-json", `${module}@${version}`];
  return (JSON.parse(runGo(words, options)) as { Dir: string }).Dir;
}

/** The modules that `module`'s own go.mod names as v0.0.0. */
function stagingModules(module: string, work: string): readonly string[] {
  const options = { cwd: work, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] } as const;
  const { GoMod } = JSON.parse(runGo(["mod", "download", "-json", module], options)) as { GoMod: string };
  const lines = readFileSync(GoMod, "utf8").matchAll(/^\s+(k8s\.io\/[a-z-]+) v0\.0\.0$/gm);
  return [...new Set([...lines].map(([, name]) => name as string))].sort();
}

function runGo(args: readonly string[], options: { cwd: string; encoding: "utf8" }): string {
  try {
    return execFileSync("go", args, options);
  } catch (error) {
    throw asMissing(error);
  }
}

function asMissing(error: unknown): Error {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") {
    return new ProgramMissing("building it takes Go, which is not on this machine");
  }
  return error as Error;
}

function go(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn("go", args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", (error) => failed(asMissing(error)));
    child.on("exit", (code) => {
      if (code === 0) done();
      else failed(new ProgramMissing(`go ${args.join(" ")} ended with ${code}`));
    });
  });
}

/** Runs alone among all processes that ask for the same lock; one that died holding it does not stop the others. */
async function underLock(path: string, act: () => Promise<void>): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true });
  while (!takeLock(path)) await sleep(LOCK_POLL_MS);
  try {
    await act();
  } finally {
    rmSync(path, { force: true });
  }
}

function takeLock(path: string): boolean {
  try {
    const file = openSync(path, "wx");
    writeFileSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch {
    const holder = Number(readIfThere(path));
    if (holder > 0 && !isAlive(holder)) rmSync(path, { force: true });
    return false;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
