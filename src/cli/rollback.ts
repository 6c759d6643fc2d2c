import { Command } from "commander";
import { duration, wholeNumber } from "./option-values.ts";
import type { RollbackFlags } from "./policy-options.ts";
import { checkSource } from "./source-options.ts";

/** `holdfast rollback`: what was so before a policy was applied. */
export function rollbackCommand(): Command {
  return new Command("rollback")
    .description("restore what was so before a policy was applied, under the names of those who had set it")
    .argument("<policy>", "name of the policy; namespace/name, or -n, for one of a namespace")
    .option(
      "--to <revision>",
      "as it was after this revision, 0 for before the first (the one before the last)",
      wholeNumber(0, 1e9),
    )
    .option("--timeout <time>", "how long a workload may take to become healthy", duration, 600_000)
    .option("--yes", "do it without asking")
    .option("--lab <url|file>", "the running lab at this address, or that this kubeconfig leads to")
    .option("--kubeconfig <file>", "the kubeconfig, in place of KUBECONFIG and ~/.kube/config")
    .option("--context <name>", "the context of the kubeconfig")
    .option("-n, --namespace <name>", "the namespace of the policy, where it has one")
    .action(async (name: string, flags: RollbackFlags, command: Command) => {
      checkSource(flags, command);
      const { runRollback } = await import("./rollback-run.ts");
      await runRollback(name, flags, command);
    });
}
