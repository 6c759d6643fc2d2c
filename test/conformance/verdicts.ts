/** What is known of each conformance spec: whether it passes against the lab, and if not, what it needs that a lab does not have. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Why a spec is left out, in the words of `docs/fidelity/conformance.md`. */
export const REASONS = {
  output: "reads what a container printed, or files inside it: nothing of an image runs in a lab",
  exec: "runs a command in a container",
  traffic: "sends requests to a container",
  program: "depends on what a program or script in a container does",
  server: "runs an API server, or a webhook's server, as a pod",
  unmodelled: "needs something that the lab does not model",
} as const;

export type Reason = keyof typeof REASONS;

/** "passes", "passes in CI" for those that CI runs too, or the reason why it is left out and what exactly is missing. */
export type Verdict = "passes" | "passes, in CI too" | Reason | `${Reason}: ${string}`;

const FILE = join(import.meta.dirname, "verdicts.data.json");

/** The verdict of every spec that Kubernetes counts as conformance, by its name. */
export function verdicts(): Readonly<Record<string, Verdict>> {
  return JSON.parse(readFileSync(FILE, "utf8")) as Record<string, Verdict>;
}

/** The names of those that pass; `inCi` takes those only that CI runs. */
export function passing(inCi = false): readonly string[] {
  return Object.entries(verdicts())
    .filter(([, verdict]) => (inCi ? verdict === "passes, in CI too" : verdict.startsWith("passes")))
    .map(([name]) => name);
}
