import type { ObjectReference } from "../../kube/types/index.ts";

/** What a component wants to tell. */
export interface EventDraft {
  readonly involvedObject: ObjectReference;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/** What becomes of a draft: a new Event, one more on a stored one, or nothing. */
export type Correlation =
  | { readonly kind: "new"; readonly key: string; readonly message: string }
  | { readonly kind: "again"; readonly key: string; readonly message: string; readonly stored: StoredEvent }
  | { readonly kind: "dropped" };

/** What is remembered of an Event that was written. */
export interface StoredEvent {
  readonly name: string;
  readonly count: number;
}

// client-go, tools/record/events_cache.go.
const ENTRIES_MAX = 4_096;
const SIMILAR_MAX = 10;
const SIMILAR_INTERVAL_MS = 600_000;
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;

/**
 * Keeps one component from flooding the cluster with Events, as client-go's correlator does: equal ones are counted; after ten
 * different messages of one reason about one object they are combined; and one object gets no more than a burst of 25, then
 * one in five minutes. It only decides; the recorder writes.
 */
export class EventCorrelator {
  readonly #stored = new RecentMap<StoredEvent>(ENTRIES_MAX);
  readonly #similar = new RecentMap<{ messages: Set<string>; lastMs: number }>(ENTRIES_MAX);
  readonly #tokens = new RecentMap<{ left: number; sinceMs: number }>(ENTRIES_MAX);

  /** What to do with a draft at the moment `nowMs`. */
  correlate(draft: EventDraft, nowMs: number): Correlation {
    const { key, message } = this.#aggregate(draft, nowMs);
    const stored = this.#stored.get(key);
    if (!this.#allows(draft, nowMs)) return { kind: "dropped" };
    return stored === undefined ? { kind: "new", key, message } : { kind: "again", key, message, stored };
  }

  /** Remembers what was written for a key. */
  wrote(key: string, stored: StoredEvent): void {
    this.#stored.set(key, stored);
  }

  #aggregate(draft: EventDraft, nowMs: number): { readonly key: string; readonly message: string } {
    const about = `${objectKey(draft)}\n${draft.type}\n${draft.reason}`;
    let similar = this.#similar.get(about);
    if (similar === undefined || nowMs - similar.lastMs > SIMILAR_INTERVAL_MS) {
      similar = { messages: new Set(), lastMs: nowMs };
    }
    similar.messages.add(draft.message);
    similar.lastMs = nowMs;
    this.#similar.set(about, similar);
    if (similar.messages.size < SIMILAR_MAX)
      return { key: `${about}\n${draft.message}`, message: draft.message };
    // Which one is forgotten does not matter: the set only has to stay at its limit.
    for (const message of similar.messages) {
      similar.messages.delete(message);
      break;
    }
    return { key: about, message: `(combined from similar events): ${draft.message}` };
  }

  #allows(draft: EventDraft, nowMs: number): boolean {
    const key = `${objectKey(draft)}\n${draft.type}`;
    const bucket = this.#tokens.get(key) ?? { left: SPAM_BURST, sinceMs: nowMs };
    const left = Math.min(SPAM_BURST, bucket.left + (nowMs - bucket.sinceMs) / SPAM_REFILL_MS);
    const allowed = left >= 1;
    this.#tokens.set(key, { left: allowed ? left - 1 : left, sinceMs: nowMs });
    return allowed;
  }
}

function objectKey({ involvedObject: { apiVersion, kind, namespace, name, uid } }: EventDraft): string {
  return `${apiVersion}\n${kind}\n${namespace}\n${name}\n${uid}`;
}

/** A map that forgets what was not written for longest. */
class RecentMap<T> {
  readonly #entries = new Map<string, T>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#entriesMax) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
