import { Command, InvalidArgumentError } from "commander";
import { SEVERITIES, type Severity } from "../harden/checks/check.ts";
import { CHECK_FORMS, type CheckFlags } from "./check-flags.ts";
import { oneOf } from "./option-values.ts";
import { addSourceOptions, checkSource } from "./source-options.ts";

/** `holdfast check`: what is wrong, and what mends it. */
export function checkCommand(): Command {
  const command = new Command("check").description(
    "find what would hurt when something fails, each with what would happen and what mends it",
  );
  return addSourceOptions(command)
    .option(
      "--fail-on <severity>",
      `end with code 1 on findings of this or above: ${SEVERITIES.join(", ")}`,
      severity,
      "critical",
    )
    .option("--prove-fixes", "prove again with each patch: what losses would do before and after it")
    .option("-o, --output <form>", CHECK_FORMS.join(", "), oneOf(CHECK_FORMS), "table")
    .action(async (flags: CheckFlags, command: Command) => {
      checkSource(flags, command);
      const { runCheck } = await import("./check-run.ts");
      await runCheck(flags, command);
    });
}

function severity(text: string): Severity {
  const found = SEVERITIES.find((one) => one === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Expected one of ${SEVERITIES.join(", ")}.`);
}
