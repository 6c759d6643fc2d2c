import { Command } from "commander";
import { requireLive } from "./live-only.ts";
import { duration } from "./option-values.ts";
import { type ApplyFlags, addPolicyOptions } from "./policy-options.ts";
import { checkSource } from "./source-options.ts";

/** `holdfast apply`: does exactly what `holdfast plan` says. */
export function applyCommand(): Command {
  const command = new Command("apply").description(
    "do what plan says, workload by workload; one that does not become healthy is taken back",
  );
  return addPolicyOptions(command)
    .option("--yes", "do it without asking")
    .option("--timeout <time>", "how long a workload may take to become healthy", duration, 600_000)
    .action(async (flags: ApplyFlags, command: Command) => {
      checkSource(flags, command);
      requireLive(flags, "apply", command);
      const { runApply } = await import("./apply-run.ts");
      await runApply(flags, command);
    });
}
