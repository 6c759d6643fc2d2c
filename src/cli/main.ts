#!/usr/bin/env node
/** The program: one verb a file, each loaded only when it is asked for, so that `holdfast --help` starts fast. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { exitCodeOf } from "./exit-code.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const VERBS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./demo.ts")).demoCommand(),
  lab: async () => (await import("./lab.ts")).labCommand(),
  check: async () => (await import("./check.ts")).checkCommand(),
  doctor: async () => (await import("./doctor.ts")).doctorCommand(),
  apply: async () => (await import("./apply.ts")).applyCommand(),
  diff: async () => (await import("./diff.ts")).diffCommand(),
  plan: async () => (await import("./plan.ts")).planCommand(),
  prove: async () => (await import("./prove.ts")).proveCommand(),
  rollback: async () => (await import("./rollback.ts")).rollbackCommand(),
  snapshot: async () => (await import("./snapshot.ts")).snapshotCommand(),
  status: async () => (await import("./status.ts")).statusCommand(),
  verify: async () => (await import("./verify.ts")).verifyCommand(),
  completion: async () => (await import("./completion.ts")).completionCommand(program),
};

const program = new Command("holdfast")
  .description(
    "Makes Kubernetes workloads survive the loss of any node, proves it before it happens, and keeps it true.",
  )
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError("Add --help to see what is possible.")
  .exitOverride();

async function main(): Promise<void> {
  const verb = process.argv[2] ?? "";
  const wanted = Object.hasOwn(VERBS, verb) && verb !== "completion" ? [verb] : Object.keys(VERBS);
  for (const name of wanted) {
    const load = VERBS[name];
    if (load !== undefined) program.addCommand((await load()).copyInheritedSettings(program));
  }
  await program.parseAsync();
}

// A reader such as head that has seen enough closes the pipe: no reason to complain.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

main().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  process.stderr.write(`holdfast: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
