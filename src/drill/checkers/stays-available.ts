import type { Sample } from "../client-probe.ts";

export interface Availability {
  /** From sending the first failed request of the longest unbroken series of failures to the next success. */
  readonly outageSeconds: number;
  /** Whether that series had not ended when watching stopped. */
  readonly outageGoesOn: boolean;
  /** Failed requests / all requests, 0 … 1, rounded to four decimals. */
  readonly failedShare: number;
}

/** What the reader saw of the service: judged by what clients got, never by what the API says. */
export function staysAvailable(samples: readonly Sample[], untilMs: number): Availability {
  const reads = samples.filter((sample) => sample.client === "reader").sort((a, b) => a.sentMs - b.sentMs);
  let longestMs = 0;
  let goesOn = false;
  let failed = 0;
  let firstFailureMs: number | undefined;
  const close = (endMs: number, open: boolean) => {
    if (firstFailureMs === undefined) return;
    if (endMs - firstFailureMs > longestMs) {
      longestMs = endMs - firstFailureMs;
      goesOn = open;
    }
    firstFailureMs = undefined;
  };
  for (const { sentMs, answer } of reads) {
    if (answer.ok) close(sentMs + answer.latencyMs, false);
    else {
      failed++;
      firstFailureMs ??= sentMs;
    }
  }
  close(untilMs, true);
  return {
    outageSeconds: Math.round(longestMs) / 1000,
    outageGoesOn: goesOn,
    failedShare: reads.length === 0 ? 0 : Math.round((failed / reads.length) * 10_000) / 10_000,
  };
}
