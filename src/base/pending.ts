/**
 * What cannot be answered yet: something has to be fetched first, which takes a moment that a synchronous core does not have.
 * Whoever can wait does so and asks again; what was asked has left no trace.
 */
export class Pending extends Error {
  readonly ready: Promise<unknown>;
  constructor(what: string, ready: Promise<unknown>) {
    super(`${what} is not there yet; ask again when it is`);
    this.ready = ready;
  }
}
