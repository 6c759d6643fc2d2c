import { POD_RULES } from "./pods/pod.ts";
import type { KindRules } from "./rules.ts";
import { CLAIM_RULES } from "./storage/claims.ts";

/** The rules of every kind that has some of its own, by "group/Kind". */
export const RULES: Readonly<Record<string, KindRules<object>>> = {
  "/PersistentVolumeClaim": CLAIM_RULES,
  "/Pod": POD_RULES,
};
