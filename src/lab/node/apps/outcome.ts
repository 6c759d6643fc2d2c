import type { RequestFailure } from "../traffic.ts";

/** How a step of a request went, and how long it took. A step that went wrong says what was in the way. */
export type Step<T> =
  | { readonly ok: true; readonly value: T; readonly tookMs: number }
  | {
      readonly ok: false;
      readonly failure: RequestFailure;
      readonly why: string;
      /** What the application could not reach, where it was the application that was stopped. */
      readonly need?: string;
      readonly tookMs: number;
    };

/** Answered with what was asked for. */
export function went<T>(value: T, tookMs: number): Step<T> {
  return { ok: true, value, tookMs };
}

/** Answered, but not with what was asked for. */
export function wentWrong(
  failure: RequestFailure,
  why: string,
  tookMs: number,
): Extract<Step<never>, { readonly ok: false }> {
  return { ok: false, failure, why, tookMs };
}

/** Never answered: whoever asked gives up in the end. */
export function unanswered(why: string): Extract<Step<never>, { readonly ok: false }> {
  return { ok: false, failure: "timeout", why, tookMs: Number.POSITIVE_INFINITY };
}
