import type { SourceFlags } from "./source-options.ts";

/** What stands on the command line. */
export interface DoctorFlags extends SourceFlags {
  readonly output: DoctorForm;
}

export const DOCTOR_FORMS = ["table", "json", "markdown"] as const;
export type DoctorForm = (typeof DOCTOR_FORMS)[number];
