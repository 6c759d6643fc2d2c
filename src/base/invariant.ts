/** A broken promise of our own code: never an operational error, never caught to go on as if nothing happened. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** Stops when our own code has broken a promise. On in production too, so that a bug stops instead of spreading.
 * @throws {InvariantError} when `condition` does not hold; `sentence` says what was expected of which object. */
export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new InvariantError(sentence);
}

/** For the `default` of a closed set: a new member becomes a compile error here until it is handled. */
export function unreachable(value: never): never {
  throw new InvariantError(`Unexpected case ${JSON.stringify(value)}`);
}
