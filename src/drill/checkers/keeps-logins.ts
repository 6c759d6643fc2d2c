import type { Sample } from "../client-probe.ts";

/**
 * Whether the person who logged in before the fault is still logged in at the end. `null` when nobody could log in or no
 * request of that person was answered: then nothing was seen either way.
 */
export function keepsLogins(samples: readonly Sample[], loggedIn: boolean): boolean | null {
  if (!loggedIn) return null;
  const answers = samples.filter((sample) => sample.client === "user").map((sample) => sample.answer);
  if (answers.some((answer) => answer.failure === "unauthorized")) return false;
  return answers.some((answer) => answer.ok) ? true : null;
}
