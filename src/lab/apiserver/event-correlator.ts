import { fnv32 } from "../../base/hash.ts";
import type { ObjectReference } from "../../kube/types/index.ts";

/** What a component wants to tell. */
export interface EventDraft {
  readonly involvedObject: ObjectReference;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/** What becomes of a draft: a new Event, one more on a stored one, or nothing. `key` names what was written to `wrote`. */
export type Correlation =
  | { readonly kind: "new"; readonly key: number; readonly message: string }
  | { readonly kind: "again"; readonly key: number; readonly message: string; readonly stored: StoredEvent }
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

/** Messages of one reason about one object, by their hashes. */
interface Similar {
  readonly messages: number[];
  lastMs: number;
}

/**
 * Keeps one component from flooding the cluster with Events, as client-go's correlator does: equal ones are counted; after ten
 * different messages of one reason about one object they are combined; and one object gets no more than a burst of 25, then
 * one in five minutes. It only decides; the recorder writes. Hashes stand for texts: every node has a correlator, and the texts
 * would take more room than the Events.
 */
export class EventCorrelator {
  readonly #stored = new RecentMap<StoredEvent>(ENTRIES_MAX);
  readonly #similar = new RecentMap<Similar>(ENTRIES_MAX);
  readonly #tokens = new RecentMap<{ left: number; sinceMs: number }>(ENTRIES_MAX);

  /** What to do with a draft at the moment `nowMs`. */
  correlate(draft: EventDraft, nowMs: number): Correlation {
    const { key, message } = this.#aggregate(draft, nowMs);
    const stored = this.#stored.get(key);
    if (!this.#allows(draft, nowMs)) return { kind: "dropped" };
    return stored === undefined ? { kind: "new", key, message } : { kind: "again", key, message, stored };
  }

  /** Remembers what was written for a key. */
  wrote(key: number, stored: StoredEvent): void {
    this.#stored.set(key, stored);
  }

  #aggregate(draft: EventDraft, nowMs: number): { readonly key: number; readonly message: string } {
    const about = hash(`${objectKey(draft)}\n${draft.type}\n${draft.reason}`);
    let similar = this.#similar.get(about);
    if (similar === undefined || nowMs - similar.lastMs > SIMILAR_INTERVAL_MS) {
      similar = { messages: [], lastMs: nowMs };
    }
    const text = hash(draft.message);
    if (!similar.messages.includes(text)) similar.messages.push(text);
    similar.lastMs = nowMs;
    this.#similar.set(about, similar);
    if (similar.messages.length < SIMILAR_MAX) return { key: about + text, message: draft.message };
    // Which one is forgotten does not matter: the list only has to stay at its limit.
    similar.messages.shift();
    return { key: about, message: `(combined from similar events): ${draft.message}` };
  }

  #allows(draft: EventDraft, nowMs: number): boolean {
    const key = hash(`${objectKey(draft)}\n${draft.type}`);
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

/** 52 bits: with a few thousand texts the chance that two meet is one in a billion. */
function hash(text: string): number {
  return fnv32(text) * 2 ** 20 + (fnv32(text, 0x9e3779b1) >>> 12);
}

/** A map that forgets what was not written for longest. */
class RecentMap<T> {
  readonly #entries = new Map<number, T>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(key: number): T | undefined {
    return this.#entries.get(key);
  }

  set(key: number, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#entriesMax) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
