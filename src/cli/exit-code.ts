import { ConnectionError } from "../client/client.ts";
import { NoSubjectError } from "../drill/no-subject-error.ts";
import { InputError } from "../view/input-error.ts";

/**
 * 0 holds · 1 findings at or above the level asked for · 2 wrong usage or unreadable input · 3 no cluster reached ·
 * 4 failed and rolled back · 5 failed and something is left behind.
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof InputError || error instanceof NoSubjectError) return 2;
  if (error instanceof ConnectionError) return 3;
  return 5;
}
