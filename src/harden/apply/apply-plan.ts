import { StatusError } from "../../kube/status-error.ts";
import { type Plan, type Step, type StepTarget, targetText } from "../step.ts";
import { ChangedSinceError, performStep } from "./change-object.ts";
import { type GateOptions, waitForGate } from "./gate.ts";
import type { Journal } from "./journal.ts";
import { recordSteps, type StepRecord } from "./step-record.ts";
import { takeBack } from "./take-back.ts";

export interface ApplyOptions extends GateOptions {
  /** Written before anything is done; without one what is done is known to this process alone. */
  readonly journal?: Journal;
  /** Told of each step before it is done. */
  readonly onStep?: (step: StepRecord, component: StepTarget) => void;
  /** Told what became of each component, as soon as it is known. */
  readonly onOutcome?: (outcome: ComponentOutcome) => void;
}

/** What became of one component. Steps that were done before a failure have been taken back, in reverse order. */
export type ComponentOutcome = { readonly component: StepTarget } & (
  | { readonly kind: "applied"; readonly steps: number }
  /** Somebody changed it since the plan was made: nothing of it was done, or all of that was taken back. */
  | ({ readonly kind: "changed" } & Failure)
  | ({ readonly kind: "rolled-back" } & Failure)
  | ({ readonly kind: "left-behind"; readonly notUndone: readonly string[] } & Failure)
);

/** Where a component ended. */
export interface Failure {
  readonly step: Step;
  readonly why: string;
  /** The steps that were done before it, in order. */
  readonly before: readonly Step[];
  /** What was not taken back on purpose: data, and what others have changed since. */
  readonly stays: readonly string[];
  /** What was taken back and did not become healthy in time. */
  readonly unhealthy: readonly string[];
}

/**
 * Does exactly the plan's steps, each once its predecessor's gate is met, one component after another. Where a step of a component
 * fails that component is taken back, and the next one begun.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<ComponentOutcome[]> {
  const outcomes: ComponentOutcome[] = [];
  for (const [component, steps] of byComponent(plan.steps)) {
    const outcome = await applyComponent(component, steps, options);
    options.onOutcome?.(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function applyComponent(
  component: StepTarget,
  steps: readonly Step[],
  options: ApplyOptions,
): Promise<ComponentOutcome> {
  const { client, journal, onStep } = options;
  const records = await recordSteps(steps, client);
  const entry = await journal?.begin(targetText(component), records);
  const done: StepRecord[] = [];
  for (const [i, record] of records.entries()) {
    try {
      onStep?.(record, component);
      await performStep(record, client);
      done.push(record);
      await waitForGate(record, options);
    } catch (error) {
      // What the server has refused has changed nothing; an answer that got lost may stand for a change.
      if (!done.includes(record) && !(error instanceof StatusError) && !(error instanceof ChangedSinceError))
        done.push(record);
      await entry?.mark("rolling-back");
      const { notUndone, ...taken } = await takeBack(done, options);
      await entry?.mark(notUndone.length > 0 ? "left-behind" : "rolled-back");
      const why = error instanceof Error ? error.message : String(error);
      const failure = { component, step: steps[i] as Step, why, before: steps.slice(0, i), ...taken };
      if (notUndone.length > 0) return { kind: "left-behind", ...failure, notUndone };
      return { kind: error instanceof ChangedSinceError ? "changed" : "rolled-back", ...failure };
    }
  }
  await entry?.mark("applied");
  return { component, kind: "applied", steps: steps.length };
}

/** In the order of the plan. */
export function byComponent(steps: readonly Step[]): [component: StepTarget, steps: Step[]][] {
  const found = new Map<string, [StepTarget, Step[]]>();
  for (const step of steps) {
    const key = targetText(step.component);
    const known = found.get(key);
    if (known === undefined) found.set(key, [step.component, [step]]);
    else known[1].push(step);
  }
  return [...found.values()];
}
