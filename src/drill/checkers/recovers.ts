import type { Sample } from "../client-probe.ts";

export interface RecoveryInput {
  readonly faultMs: number;
  readonly untilMs: number;
  /** Last moment at which a workload lacked ready pods, from the recorder. */
  readonly lastIncompleteMs: number | undefined;
  /** Whether every workload is whole at the end. */
  readonly wholeAtEnd: boolean;
  readonly samples: readonly Sample[];
  /** Nodes that the fault itself took away: what clients get at their ports says nothing about the repair. */
  readonly unreachableNodes: readonly string[];
}

/**
 * Seconds from the fault until everything was repaired for good: every workload has its ready pods and every request
 * through a node that is still there is answered. `null` when that was not reached while watching.
 */
export function recoveredAfterSeconds(input: RecoveryInput): number | null {
  const { faultMs, untilMs, samples, unreachableNodes } = input;
  const relevant = samples.filter(
    (sample) => sample.client === "reader" && !unreachableNodes.includes(sample.node),
  );
  const lastFailureMs = relevant.reduce(
    (last, sample) => (sample.answer.ok ? last : Math.max(last, sample.sentMs + sample.answer.latencyMs)),
    faultMs,
  );
  const succeedsAfter = relevant.some((sample) => sample.answer.ok && sample.sentMs >= lastFailureMs);
  if (!input.wholeAtEnd || (relevant.length > 0 && !succeedsAfter) || lastFailureMs >= untilMs) return null;
  return Math.round(Math.max(lastFailureMs, input.lastIncompleteMs ?? faultMs) - faultMs) / 1000;
}
