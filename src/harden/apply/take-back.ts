/** Takes a component's steps back, last first, each once the one before it has led to what it was done for. */
import { isStatus } from "../../kube/status-error.ts";
import { takeBackStep } from "./change-object.ts";
import { type GateOptions, waitForGate } from "./gate.ts";
import { recordText, type StepRecord } from "./step-record.ts";

export interface TakenBack {
  /** What stays on purpose. */
  readonly stays: readonly string[];
  /** What could not be taken back, each with why. */
  readonly notUndone: readonly string[];
  /** What is as it was before and did not become healthy in time. */
  readonly unhealthy: readonly string[];
}

export async function takeBack(records: readonly StepRecord[], options: GateOptions): Promise<TakenBack> {
  const stays: string[] = [];
  const notUndone: string[] = [];
  const unhealthy: string[] = [];
  for (const [i, record] of [...records.entries()].reverse()) {
    try {
      stays.push(...(await takeBackStep(record, options.client)));
    } catch (error) {
      notUndone.push(`${recordText(record.target)}: ${whyOf(error)}`);
      continue;
    }
    try {
      await waitForGate({ target: record.target, gate: gateBefore(records, i) }, options);
    } catch (error) {
      // Whoever is gone has nothing to wait for.
      if (!isStatus(error, "NotFound")) unhealthy.push(whyOf(error));
    }
  }
  return { stays, notUndone, unhealthy };
}

/** What was so before a step: what the last step of the same object before it led to, or healthy, where it is the first. */
function gateBefore(records: readonly StepRecord[], at: number): StepRecord["gate"] {
  const { action, gate, target } = records[at] as StepRecord;
  if (action === "create" || gate === "none") return "none";
  const earlier = records
    .slice(0, at)
    .findLast((other) => other.action === "patch" && recordText(other.target) === recordText(target));
  return earlier?.gate ?? "rolled-out";
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
