const FIRST_MS = 1_000;
const LAST_MS = 15 * 60_000;

interface Entry {
  readonly pauseMs: number;
  readonly sinceMs: number;
}

/**
 * How often failed daemon pods are replaced: 1 s after the first, doubling to 15 minutes, so that a pod that cannot work is
 * not made and killed all the time. A node that has been quiet for twice the longest pause starts anew.
 */
export class FailedPodBackoff {
  readonly #entries = new Map<string, Entry>();

  /** How long the next replacement has to wait; 0 when it may be now, which counts as done. */
  claim(key: string, nowMs: number): number {
    const entry = this.#entries.get(key);
    const isForgotten = entry === undefined || nowMs - entry.sinceMs > 2 * LAST_MS;
    if (!isForgotten && nowMs - entry.sinceMs < entry.pauseMs) return entry.pauseMs;
    const pauseMs = isForgotten ? FIRST_MS : Math.min(entry.pauseMs * 2, LAST_MS);
    this.#entries.set(key, { pauseMs, sinceMs: nowMs });
    return 0;
  }

  /** Forgets everything about keys that begin so. */
  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }
}
