import type { CallCost } from "./call-cost.ts";
import { type Checked, checkCel } from "./checker.ts";
import type { Environment } from "./environment.ts";
import { type Program, programOf } from "./evaluate.ts";
import { type CelIssue, formatIssues } from "./issues.ts";
import { parseCel } from "./parser.ts";
import { validateCel } from "./validators.ts";

/** An expression that makes sense in its environment. */
export interface Compiled {
  readonly checked: Checked;
  readonly run: Program;
}

/** The expression, or what is wrong with it as cel-go would print it. */
export type Compilation =
  | { readonly ok: true; readonly compiled: Compiled }
  | { readonly ok: false; readonly why: string };

/** Reads, checks and prepares an expression. */
export function compileCel(environment: Environment, source: string, costs?: CallCost): Compilation {
  const checked = parseAndCheck(environment, source);
  if ("issues" in checked) {
    if (source === "" && checked.issues.length > 0) return { ok: false, why: emptyIssue(checked.issues) };
    return { ok: false, why: formatIssues(source, checked.issues) };
  }
  return { ok: true, compiled: { checked, run: programOf(checked, costs) } };
}

function parseAndCheck(
  environment: Environment,
  source: string,
): Checked | { readonly issues: readonly CelIssue[] } {
  const parsed = parseCel(source);
  if ("issues" in parsed) return parsed;
  const checked = checkCel(environment, parsed.expr);
  if ("issues" in checked) return checked;
  const issues = validateCel(checked);
  return issues.length > 0 ? { issues } : checked;
}

/** There is no place in nothing. */
function emptyIssue([issue]: readonly CelIssue[]): string {
  return `ERROR: <input>:1:0: ${issue?.message}`;
}
