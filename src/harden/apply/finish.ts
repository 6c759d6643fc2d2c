/** What is done about an apply, or a taking back, that was stopped half-way: the journal has all that is needed for either. */
import type { Client } from "../../client/client.ts";
import { isDone, performStep } from "./change-object.ts";
import { type GateOptions, waitForGate } from "./gate.ts";
import type { JournalEntry } from "./journal.ts";
import type { StepRecord } from "./step-record.ts";
import { type TakenBack, takeBack } from "./take-back.ts";

/** How an unfinished component ended. */
export interface Finished extends TakenBack {
  readonly entry: JournalEntry;
  readonly kind: "applied" | "rolled-back" | "left-behind";
  /** What stood in the way of finishing it, where it was taken back. */
  readonly why?: string;
}

export function isUnfinished({ state }: JournalEntry): boolean {
  return state === "applying" || state === "rolling-back";
}

/** Does what is left of the steps; takes all of them back where that fails. What was being taken back is taken back. */
export async function finishEntry(entry: JournalEntry, options: GateOptions): Promise<Finished> {
  if (entry.state === "rolling-back") return rollBackEntry(entry, options);
  try {
    for (const step of await leftOf(entry.steps, options.client)) {
      await performStep(step, options.client);
      await waitForGate(step, options);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...(await rollBackEntry(entry, options)), why };
  }
  await entry.mark("applied");
  return { entry, kind: "applied", stays: [], notUndone: [], unhealthy: [] };
}

/** From the last step that shows in the cluster on: it may have been done in part, and nobody waited for its gate. */
async function leftOf(steps: readonly StepRecord[], client: Client): Promise<readonly StepRecord[]> {
  for (let last = steps.length - 1; last > 0; last--) {
    if (await isDone(steps[last] as StepRecord, client)) return steps.slice(last);
  }
  return steps;
}

/** Takes a component back to what it was before, and waits until it is healthy. */
export async function rollBackEntry(entry: JournalEntry, options: GateOptions): Promise<Finished> {
  await entry.mark("rolling-back");
  const taken = await takeBack(entry.steps, options);
  const kind = taken.notUndone.length > 0 ? "left-behind" : "rolled-back";
  await entry.mark(kind);
  return { entry, kind, ...taken };
}
