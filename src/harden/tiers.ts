/** What a workload shall be like, field by field: a tier's defaults, overridden by what a policy says itself. */
import type { PolicySpec, SpreadStrength, StringMap } from "../kube/types/index.ts";

/** Every field of a policy with a value; absent ones are left to the planner or to the workload. */
export interface Settings {
  readonly tier: 1 | 2 | 3;
  /** At least so many. */
  readonly replicas: number;
  readonly spread: { readonly nodes: SpreadStrength; readonly zones: SpreadStrength };
  readonly rollout: { readonly maxSurge?: number; readonly maxUnavailable?: number };
  /** Pods that drains may take at a time; `undefined` for no budget. */
  readonly budget: number | undefined;
  readonly unreachableSeconds: number;
  readonly priorityClassName: string | undefined;
  readonly termination: { readonly withdrawSeconds: number; readonly graceSeconds: number };
  readonly sessionAffinity: {
    readonly mode: "Auto" | "ClientIP" | "None";
    readonly timeoutSeconds: number;
  };
  readonly storage: {
    readonly className: string | undefined;
    readonly copies: number | undefined;
    readonly shareClaims: boolean;
  };
  readonly resources: { readonly requests: StringMap; readonly limits: StringMap };
  readonly probes: { readonly timeoutSeconds: number; readonly startSeconds: number };
  /** What the policy says itself: where that cannot be had it is refused, where a tier's default cannot the nearest is taken. */
  readonly stated: { readonly replicas: boolean };
}

type Defaults = Pick<Settings, "replicas" | "spread" | "budget" | "unreachableSeconds">;

/**
 * Two copies are what survives one loss. A third helps against a second loss before the first is mended, which is what tier 1 asks
 * for. Tier 3 runs once and is quick to start elsewhere.
 */
const DEFAULTS: Readonly<Record<1 | 2 | 3, Defaults>> = {
  1: { replicas: 3, spread: { nodes: "Required", zones: "Preferred" }, budget: 1, unreachableSeconds: 30 },
  2: { replicas: 2, spread: { nodes: "Required", zones: "Off" }, budget: 1, unreachableSeconds: 30 },
  3: { replicas: 1, spread: { nodes: "Off", zones: "Off" }, budget: 1, unreachableSeconds: 60 },
};

/** Longer than it takes until every node has taken a pod out of its tables. */
const TERMINATION = { withdrawSeconds: 10, graceSeconds: 60 };
/** A client keeps its pod as long as Kubernetes has it by default. */
const AFFINITY = { mode: "Auto", timeoutSeconds: 10_800 } as const;
/** A first start migrates a database and makes certificates. */
const PROBES = { timeoutSeconds: 5, startSeconds: 300 };

export function settingsOf(spec: Omit<PolicySpec, "targets">): Settings {
  const defaults = DEFAULTS[spec.tier];
  const { enabled = true, maxUnavailable = defaults.budget } = spec.disruptionBudget ?? {};
  const { className, copies, shareClaims = false } = spec.storage ?? {};
  return {
    tier: spec.tier,
    replicas: spec.replicas ?? defaults.replicas,
    spread: { ...defaults.spread, ...spec.spread },
    rollout: spec.rollout ?? {},
    budget: enabled ? maxUnavailable : undefined,
    unreachableSeconds: spec.unreachableSeconds ?? defaults.unreachableSeconds,
    priorityClassName: spec.priorityClassName,
    termination: terminationOf(spec),
    sessionAffinity: { ...AFFINITY, ...spec.sessionAffinity },
    storage: { className, copies, shareClaims },
    resources: { requests: spec.resources?.requests ?? {}, limits: spec.resources?.limits ?? {} },
    probes: { ...PROBES, ...spec.probes },
    stated: { replicas: spec.replicas !== undefined },
  };
}

/** A withdrawal that a policy lengthens takes the default grace with it. */
function terminationOf({ termination = {} }: Omit<PolicySpec, "targets">): Settings["termination"] {
  const { withdrawSeconds = TERMINATION.withdrawSeconds } = termination;
  const slack = TERMINATION.graceSeconds - TERMINATION.withdrawSeconds;
  const { graceSeconds = Math.max(TERMINATION.graceSeconds, withdrawSeconds + slack) } = termination;
  return { withdrawSeconds, graceSeconds };
}

/** What the demo and the checks improve a workload to, where no policy says anything: survives the loss of any one node. */
export const SURVIVES_ONE_LOSS = settingsOf({ tier: 2, storage: { shareClaims: true } });
