import type { Check } from "./check.ts";
import { noSpread } from "./no-spread.ts";
import { placedTogether } from "./placed-together.ts";
import { selectorMisses } from "./selector-misses.ts";
import { tooFewReplicas } from "./too-few-replicas.ts";

/** Every check, in the order in which documents list them. */
export const CHECKS: readonly Check[] = [tooFewReplicas, placedTogether, noSpread, selectorMisses];
