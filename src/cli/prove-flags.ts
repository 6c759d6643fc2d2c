import type { LossChoice } from "../prove/losses/losses.ts";
import type { Verdict } from "../prove/result.ts";
import type { SourceFlags } from "./source-options.ts";

/** What stands on the command line. */
export interface ProveFlags extends SourceFlags {
  /** Milliseconds. */
  readonly within?: number;
  readonly losses: readonly LossChoice[];
  readonly nodesAtOnce?: number;
  readonly failOn: readonly Verdict[];
  readonly baseline?: string;
  readonly with?: string[];
  readonly explain?: string;
  readonly all?: boolean;
  readonly output: Form;
}

export const FORMS = ["table", "json", "html", "junit", "sarif", "markdown"] as const;
export type Form = (typeof FORMS)[number];
