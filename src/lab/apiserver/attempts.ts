import { Pending } from "../../base/pending.ts";

/** Waits for what a request lacks. Rejects when it must not wait any longer. */
export type Wait = (ready: Promise<unknown>) => Promise<unknown>;

/**
 * Makes a request, and makes it again whenever it lacked an answer from outside and has been given it: its caller has a memo.
 * Most requests lack nothing: they are answered at once, without a promise.
 */
export function attempt<T>(request: () => T, wait: Wait = untilReady): T | Promise<T> {
  try {
    return request();
  } catch (error) {
    return again(pendingIn(error).ready, request, wait);
  }
}

async function again<T>(first: Promise<unknown>, request: () => T, wait: Wait): Promise<T> {
  for (let ready = first; ; ) {
    await wait(ready);
    try {
      return request();
    } catch (error) {
      ready = pendingIn(error).ready;
    }
  }
}

/** What a failed request waits for: it lacked an answer itself, or a part of the server that worked for it did.
 * @throws the error when it waits for nothing */
function pendingIn(error: unknown): Pending {
  if (error instanceof Pending) return error;
  if (error instanceof Error && error.cause instanceof Pending) return error.cause;
  throw error;
}

function untilReady(ready: Promise<unknown>): Promise<unknown> {
  return ready;
}
