import { StatusError } from "../../../kube/status-error.ts";
import { wallNow } from "../../../time/wall-clock.ts";
import type { Wait } from "../attempts.ts";
import { durationMs } from "./go-values.ts";

/** kube-apiserver --request-timeout, which requests may shorten. */
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * How a request waits for what it lacks: until its deadline, after which it is given up and changes nothing any more.
 * Afterwards `catchUp` brings the lab's time up to the machine's.
 */
export function waitWithin(query: URLSearchParams, catchUp: () => void): Wait {
  const startedMs = wallNow();
  return async (ready) => {
    const asked = query.get("timeout");
    const allowedMs = Math.min(
      asked ? durationMs(asked) || REQUEST_TIMEOUT_MS : REQUEST_TIMEOUT_MS,
      REQUEST_TIMEOUT_MS,
    );
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(timeout()), startedMs + allowedMs - wallNow());
    });
    try {
      await Promise.race([ready, timedOut]);
    } finally {
      clearTimeout(timer);
    }
    catchUp();
  };
}

function timeout(): StatusError {
  return new StatusError("Timeout", "Timeout: request did not complete within the allotted timeout");
}
