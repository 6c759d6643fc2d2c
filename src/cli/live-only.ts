import type { Command } from "commander";
import { isLive, type SourceFlags } from "./source-options.ts";

/** Ends with code 2 where the flags lead to files: nothing can be done to those. */
export function requireLive(flags: SourceFlags, verb: string, command: Command): void {
  if (isLive(flags)) return;
  const flag = flags.filename === undefined ? "--snapshot" : "-f";
  command.error(
    `error: ${verb} needs a cluster that answers, and ${flag} names files: use --lab or a kubeconfig`,
  );
}
