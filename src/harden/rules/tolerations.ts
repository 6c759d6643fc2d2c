import { SURVIVES_ONE_LOSS } from "../tiers.ts";
import type { Hardenable } from "../traits.ts";
import { type Rule, withPodSpec } from "./rule.ts";

const KEYS = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/** Leaves a dead node after half a minute instead of five. */
export const tolerations: Rule = {
  id: "tolerations",
  phase: 1,
  reason: (_, { settings: { unreachableSeconds: seconds }, component }) =>
    component?.capability === "singleton"
      ? `${component.name} is made to run alone, so it leaves a node that is not ready after ${seconds} s instead of 300 s and starts on another: in place of a second replica`
      : `pods leave a node that is not ready after ${seconds} s instead of 300 s: replacements come that much sooner`,
  edit: (workload, { settings }) => leavingSoon(workload, settings.unreachableSeconds),
};

/** The workload with tolerations that end so soon. One of its own stays where it ends sooner, or never does. */
export function leavingSoon<T extends Hardenable>(
  workload: T,
  seconds = SURVIVES_ONE_LOSS.unreachableSeconds,
): T {
  return withPodSpec(workload, (spec) => {
    const existing = (spec.tolerations ?? []).map((toleration) =>
      KEYS.includes(toleration.key ?? "") && (toleration.tolerationSeconds ?? 0) > seconds
        ? { ...toleration, tolerationSeconds: seconds }
        : toleration,
    );
    const missing = KEYS.filter((key) => !existing.some((toleration) => toleration.key === key));
    if (missing.length === 0 && existing.every((each, i) => each === spec.tolerations?.[i])) return spec;
    const added = missing.map((key) => ({
      key,
      operator: "Exists" as const,
      effect: "NoExecute" as const,
      tolerationSeconds: seconds,
    }));
    return { ...spec, tolerations: [...existing, ...added] };
  });
}
