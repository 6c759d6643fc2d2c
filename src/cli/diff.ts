import { Command } from "commander";
import { addPolicyOptions, type PolicyFlags } from "./policy-options.ts";
import { checkSource } from "./source-options.ts";

/** `holdfast diff`: what a plan would change, as kubectl diff shows it. */
export function diffCommand(): Command {
  const command = new Command("diff").description(
    "show what plan would change as kubectl diff does; a cluster that answers is asked what it would make of it",
  );
  return addPolicyOptions(command).action(async (flags: PolicyFlags, command: Command) => {
    checkSource(flags, command);
    const { runDiff } = await import("./diff-run.ts");
    await runDiff(flags, command);
  });
}
