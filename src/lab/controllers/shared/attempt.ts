import { StatusError } from "../../../kube/status-error.ts";

/** What the API server refused `act` with, if it did; anything else that is thrown is a bug and goes on. */
export function refusalOf(act: () => void): StatusError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
}

/** Acts on every item, whatever becomes of the others, and gives back the refusals in order. */
export function attemptAll<T>(items: Iterable<T>, act: (item: T) => void): readonly StatusError[] {
  const refusals: StatusError[] = [];
  for (const item of items) {
    const refusal = refusalOf(() => act(item));
    if (refusal !== undefined) refusals.push(refusal);
  }
  return refusals;
}

export interface BatchResult {
  readonly succeeded: number;
  /** In order; the batch in which the first happens is the last one. */
  readonly refusals: readonly StatusError[];
}

/**
 * Calls `attempt` for 0 … count-1 in batches of 1, 2, 4, …: while attempts fail (an exhausted quota, say) the API server
 * is asked a few times instead of hundreds.
 */
export function slowStart(count: number, attempt: (index: number) => void): BatchResult {
  const refusals: StatusError[] = [];
  let next = 0;
  for (let batchSize = 1; next < count && refusals.length === 0; batchSize *= 2) {
    for (const end = Math.min(next + batchSize, count); next < end; next++) {
      const refusal = refusalOf(() => attempt(next));
      if (refusal !== undefined) refusals.push(refusal);
    }
  }
  return { succeeded: next - refusals.length, refusals };
}
