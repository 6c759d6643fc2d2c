/** Does what `holdfast doctor` is told: gathers, asks for the logs that would help, prints. */
import type { Command } from "commander";
import { knownTraits } from "../drill/known-traits.ts";
import { type DoctorResult, diagnose } from "../harden/doctor/diagnose.ts";
import { parseTarget } from "../harden/doctor/target.ts";
import { screenOf } from "../report/screen.ts";
import type { DoctorFlags } from "./doctor-flags.ts";
import { gather } from "./doctor-source.ts";

export async function runDoctor(
  text: string | undefined,
  flags: DoctorFlags,
  command: Command,
): Promise<void> {
  const target = text === undefined ? undefined : parseTarget(text);
  const { profiles, ...gathered } = await gather(flags, command);
  const { namespace } = flags;
  const result = diagnose(
    { ...gathered, traitsOf: (workload) => knownTraits(profiles ?? {}, workload) },
    { ...(target && { target }), ...(namespace !== undefined && { namespace }) },
  );
  await print(result, flags);
  if (result.diagnoses.some(({ expected }) => !expected)) process.exitCode = 1;
}

async function print(result: DoctorResult, { output }: DoctorFlags): Promise<void> {
  const { stdout } = process;
  switch (output) {
    case "json":
      stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
      return;
    case "markdown": {
      const { doctorMarkdown } = await import("../harden/doctor/forms/markdown.ts");
      stdout.write(doctorMarkdown(result));
      return;
    }
    case "table": {
      const { doctorText } = await import("../harden/doctor/forms/text.ts");
      stdout.write(doctorText(result, screenOf(stdout)));
    }
  }
}
