import type { Hardenable } from "../traits.ts";
import { type Rule, withPodSpec } from "./rule.ts";

const LEAVE_AFTER_SECONDS = 30;
const KEYS = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/** Leaves a dead node after half a minute instead of five. */
export const tolerations: Rule = {
  id: "tolerations",
  phase: 1,
  reason: () =>
    `pods leave a node that is not ready after ${LEAVE_AFTER_SECONDS} s instead of 300 s: replacements come that much sooner`,
  edit: (workload) => leavingSoon(workload),
};

/** The workload with tolerations that end after half a minute, where it has none of its own. */
export function leavingSoon<T extends Hardenable>(workload: T): T {
  return withPodSpec(workload, (spec) => {
    const existing = spec.tolerations ?? [];
    const missing = KEYS.filter((key) => !existing.some((toleration) => toleration.key === key));
    if (missing.length === 0) return spec;
    const added = missing.map((key) => ({
      key,
      operator: "Exists" as const,
      effect: "NoExecute" as const,
      tolerationSeconds: LEAVE_AFTER_SECONDS,
    }));
    return { ...spec, tolerations: [...existing, ...added] };
  });
}
