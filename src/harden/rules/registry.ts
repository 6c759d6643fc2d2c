import { imagePolicy } from "./image-policy.ts";
import { priority } from "./priority.ts";
import { patience, readiness } from "./probes.ts";
import { replicas } from "./replicas.ts";
import { resources } from "./resources.ts";
import { rollout } from "./rollout.ts";
import type { Rule } from "./rule.ts";
import { spread } from "./spread.ts";
import { termination } from "./termination.ts";
import { tolerations } from "./tolerations.ts";

/** Every rule that edits a workload, in the order in which they are applied and explained. */
export const RULES: readonly Rule[] = [
  replicas,
  spread,
  rollout,
  termination,
  patience,
  readiness,
  tolerations,
  priority,
  resources,
  imagePolicy,
];
