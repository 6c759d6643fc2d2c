import { Command } from "commander";
import { DOCTOR_FORMS, type DoctorFlags } from "./doctor-flags.ts";
import { oneOf } from "./option-values.ts";
import { addSourceOptions, checkSource } from "./source-options.ts";

/** `holdfast doctor`: why something does not work, and the command that mends it. */
export function doctorCommand(): Command {
  const command = new Command("doctor").description(
    "tell why something does not work: the cause, what shows it, and the command that mends it; changes nothing",
  );
  return addSourceOptions(command)
    .argument(
      "[target]",
      "KIND/NAME, such as pod/web-1, deploy/web, sts/db, pvc/data or node/node-1; else everything",
    )
    .option("-o, --output <form>", DOCTOR_FORMS.join(", "), oneOf(DOCTOR_FORMS), "table")
    .action(async (target: string | undefined, flags: DoctorFlags, command: Command) => {
      checkSource(flags, command);
      const { runDoctor } = await import("./doctor-run.ts");
      await runDoctor(target, flags, command);
    });
}
