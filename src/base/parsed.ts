/** What a parser answers: the value, or the sentence that says what is wrong with the text. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

/** The text was understood. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** The text was not understood; `error` is worded as the real API server words it. */
export function notParsed(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}
