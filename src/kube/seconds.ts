/**
 * A length of time that a client gave in seconds, as a number to reckon with: what needs 64 bits is stored as a bigint, so that
 * every digit comes back, and no clock tells it from its rounded value.
 */
export function secondsOf(given: number): number {
  return Number(given);
}
