/** The flags that plan, diff, apply, verify, status share: which cluster, which policies, which part of them. */
import { type Command, InvalidArgumentError } from "commander";
import { addSourceOptions, type SourceFlags } from "./source-options.ts";

export interface PolicyFlags extends SourceFlags {
  readonly policy?: string[];
  readonly only?: string[];
  readonly phase?: 1 | 2 | 3;
  readonly forceConflicts?: boolean;
}

export const PLAN_FORMS = ["table", "json", "yaml", "markdown"] as const;

/** What stands on the command line of `holdfast plan`. */
export interface PlanFlags extends PolicyFlags {
  readonly output: (typeof PLAN_FORMS)[number];
  /** A rendered chart. */
  readonly against?: string;
}

/** What stands on the command line of `holdfast apply`. */
export interface ApplyFlags extends PolicyFlags {
  readonly yes?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

export const VERIFY_FORMS = ["table", "json"] as const;

/** What stands on the command lines of `holdfast verify` and `holdfast status`. */
export interface VerifyFlags extends PolicyFlags {
  readonly output: (typeof VERIFY_FORMS)[number];
}

/** What stands on the command line of `holdfast rollback`. */
export interface RollbackFlags {
  readonly lab?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly to?: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly yes?: boolean;
}

export function addPolicyOptions(command: Command): Command {
  return addSourceOptions(command)
    .option("--policy <path...>", "the policies: files, folders or -; those in the cluster when absent")
    .option("--only <target...>", "these workloads only, as name, namespace/name or kind/namespace/name")
    .option(
      "--phase <n>",
      "the steps of this phase only: 1 workloads, 2 sessions, 3 disruption budgets",
      phase,
    )
    .option("--force-conflicts", "take fields from controllers too, which may set them back");
}

function phase(text: string): 1 | 2 | 3 {
  if (text === "1" || text === "2" || text === "3") return Number(text) as 1 | 2 | 3;
  throw new InvalidArgumentError("Expected 1, 2 or 3.");
}
