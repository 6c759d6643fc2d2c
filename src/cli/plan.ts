import { Command } from "commander";
import { oneOf } from "./option-values.ts";
import { addPolicyOptions, PLAN_FORMS, type PlanFlags } from "./policy-options.ts";
import { checkSource } from "./source-options.ts";

/** `holdfast plan`: what a policy would change, field by field, and why. */
export function planCommand(): Command {
  const command = new Command("plan").description(
    "work out what high-availability policies would change, field by field; changes nothing",
  );
  return addPolicyOptions(command)
    .option(
      "--against <file>",
      "what helm template prints (- for standard input): tells what that upgrade would do to the fields of the plan",
    )
    .option("-o, --output <form>", PLAN_FORMS.join(", "), oneOf(PLAN_FORMS), "table")
    .action(async (flags: PlanFlags, command: Command) => {
      checkSource(flags, command);
      const { runPlan } = await import("./plan-run.ts");
      await runPlan(flags, command);
    });
}
