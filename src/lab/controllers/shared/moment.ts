import type { Time } from "../../../kube/types/index.ts";

/** The moment of a time that the API server has written, and so has checked. Milliseconds since the epoch. */
export function momentMs(time: Time): number {
  return Date.parse(time);
}
