/**
 * What happened over time, as data: lanes of spans. Drills fill it, the page draws it.
 * All moments are seconds relative to the fault: negative before it.
 */
export type SpanState = "good" | "partial" | "bad" | "off" | "idle";

export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly state: SpanState;
  /** What a person reads on it, e.g. "Ready", "3 of 4 requests failed". */
  readonly label: string;
}

export interface Lane {
  readonly kind: "node" | "pod" | "requests";
  readonly name: string;
  /** In order of time, not overlapping. */
  readonly spans: readonly Span[];
}

/** A moment worth a line of text. */
export interface Mark {
  readonly atSeconds: number;
  readonly text: string;
}

export interface Timeline {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly lanes: readonly Lane[];
  readonly marks: readonly Mark[];
}
