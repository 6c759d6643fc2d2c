import { Command } from "commander";
import { oneOf } from "./option-values.ts";
import { addPolicyOptions, VERIFY_FORMS, type VerifyFlags } from "./policy-options.ts";
import { checkSource } from "./source-options.ts";

/** `holdfast verify`: whether workloads are as their policies say. */
export function verifyCommand(): Command {
  const command = new Command("verify").description(
    "say for each workload whether it is as its policy says: fields, rules that can work, and where its pods really are",
  );
  return addPolicyOptions(command)
    .option("-o, --output <form>", VERIFY_FORMS.join(", "), oneOf(VERIFY_FORMS), "table")
    .action(async (flags: VerifyFlags, command: Command) => {
      checkSource(flags, command);
      const { runVerify } = await import("./verify-run.ts");
      await runVerify(flags, command);
    });
}
