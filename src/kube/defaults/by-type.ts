import { APPS_DEFAULTS } from "./apps.ts";
import { AUTOSCALING_DEFAULTS } from "./autoscaling.ts";
import { BATCH_DEFAULTS } from "./batch.ts";
import { CLUSTER_DEFAULTS } from "./cluster.ts";
import { POD_DEFAULTS } from "./pods.ts";
import { POLICY_DEFAULTS } from "./policies.ts";
import { SERVICE_DEFAULTS } from "./services.ts";
import { STORAGE_DEFAULTS } from "./storage.ts";
import type { DefaultsTable } from "./type-defaults.ts";

/** Every type that defaults something, by its full name. The inner types of an object have had their turn before it. */
export const DEFAULTS_BY_TYPE: DefaultsTable = {
  ...APPS_DEFAULTS,
  ...AUTOSCALING_DEFAULTS,
  ...BATCH_DEFAULTS,
  ...CLUSTER_DEFAULTS,
  ...POD_DEFAULTS,
  ...POLICY_DEFAULTS,
  ...SERVICE_DEFAULTS,
  ...STORAGE_DEFAULTS,
};
