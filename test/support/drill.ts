import type { Moments } from "../../src/drill/moments.ts";

/** Of a failure after which nothing happened. */
export const NO_MOMENTS: Moments = {
  nodeUnknown: null,
  endpointGone: null,
  firstFailed: null,
  lastFailed: null,
  replacementReady: null,
};
