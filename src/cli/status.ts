import { Command } from "commander";
import { oneOf } from "./option-values.ts";
import { addPolicyOptions, VERIFY_FORMS, type VerifyFlags } from "./policy-options.ts";
import { checkSource } from "./source-options.ts";

/** `holdfast status`: what is configured beside what is intended. */
export function statusCommand(): Command {
  const command = new Command("status").description(
    "show what is configured beside what policies intend, workload by workload, and which revision is in force",
  );
  return addPolicyOptions(command)
    .option("-o, --output <form>", VERIFY_FORMS.join(", "), oneOf(VERIFY_FORMS), "table")
    .action(async (flags: VerifyFlags, command: Command) => {
      checkSource(flags, command);
      const { runStatus } = await import("./status-run.ts");
      await runStatus(flags, command);
    });
}
