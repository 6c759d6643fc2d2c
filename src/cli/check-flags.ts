import type { Severity } from "../harden/checks/check.ts";
import type { SourceFlags } from "./source-options.ts";

/** What stands on the command line. */
export interface CheckFlags extends SourceFlags {
  readonly failOn: Severity;
  readonly proveFixes?: boolean;
  readonly output: CheckForm;
}

export const CHECK_FORMS = ["table", "json", "junit", "sarif", "markdown", "html"] as const;
export type CheckForm = (typeof CHECK_FORMS)[number];
