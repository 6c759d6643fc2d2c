import type { IntOrString, LabelSelector, ObjectMeta, PodSpec, ResourceList } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkLabels, checkSelector } from "../labels.ts";
import { checkImmutable } from "../metadata.ts";
import { dnsLabel, dnsSubdomain } from "../names.ts";
import { checkCountOrShare, checkNonnegative, checkShareMax } from "../numbers.ts";
import { checkResources } from "../pods/resources.ts";
import { checkTolerations } from "../pods/scheduling.ts";
import { AS_CHANGED, AS_NEW, type KindRules, type Loose } from "../rules.ts";

interface LooseBudget {
  readonly spec?: {
    readonly minAvailable?: IntOrString;
    readonly maxUnavailable?: IntOrString;
    readonly selector?: LabelSelector;
    readonly unhealthyPodEvictionPolicy?: string;
  };
  readonly status?: Partial<Record<(typeof BUDGET_COUNTS)[number], number>>;
}

const BUDGET_COUNTS = ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"] as const;
const EVICTION_POLICIES = ["AlwaysAllow", "IfHealthyBudget"];

/** PodDisruptionBudgets: a floor or a ceiling, not both. */
export const BUDGET_RULES: KindRules<LooseBudget> = {
  name: dnsSubdomain,
  metadataLast: true,
  passes: ["body"],
  statusPasses: [],
  check: checkBudget,
  status(errors, { status = {} }) {
    for (const field of BUDGET_COUNTS) checkNonnegative(errors, status[field], `status.${field}`);
  },
};

function checkBudget(errors: FieldErrors, { spec = {} }: LooseBudget): void {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const form = {
      MinAvailable: minAvailable,
      Selector: selector ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: policy ?? null,
    };
    errors.invalid("spec", form, "minAvailable and maxUnavailable cannot be both set");
  }
  for (const field of ["minAvailable", "maxUnavailable"] as const) {
    const value = spec[field];
    if (value === undefined) continue;
    checkCountOrShare(errors, value, `spec.${field}`);
    checkShareMax(errors, value, `spec.${field}`);
  }
  checkSelector(errors, selector, "spec.selector");
  if (policy !== undefined && !EVICTION_POLICIES.includes(policy)) {
    errors.notSupported("spec.unhealthyPodEvictionPolicy", policy, EVICTION_POLICIES);
  }
}

interface LoosePriorityClass {
  readonly metadata?: Partial<ObjectMeta>;
  readonly value?: number;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy?: string;
}

const USER_PRIORITY_MAX = 1_000_000_000;
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  "system-node-critical": 2_000_001_000,
  "system-cluster-critical": 2_000_000_000,
};
const PREEMPTION_POLICIES = ["PreemptLowerPriority", "Never"];

/** PriorityClasses: a number that stays, below those of the system. */
export const PRIORITY_CLASS_RULES: KindRules<LoosePriorityClass> = {
  name: dnsSubdomain,
  check(errors, priorityClass) {
    const { metadata, value = 0, preemptionPolicy: policy } = priorityClass;
    const name = metadata?.name ?? "";
    if (name.startsWith("system-")) checkSystemClass(errors, priorityClass, name);
    else if (value > USER_PRIORITY_MAX) {
      errors.forbidden("value", `maximum allowed value of a user defined priority is ${USER_PRIORITY_MAX}`);
    }
    if (policy === "") errors.required("preemptionPolicy");
    else if (policy !== undefined && !PREEMPTION_POLICIES.includes(policy)) {
      errors.notSupported("preemptionPolicy", policy, PREEMPTION_POLICIES);
    }
  },
  update(errors, next, old) {
    if (next.value !== old.value) errors.forbidden("value", "may not be changed in an update.");
    checkImmutable(errors, next.preemptionPolicy, old.preemptionPolicy, "preemptionPolicy");
  },
};

function checkSystemClass(
  errors: FieldErrors,
  { value, globalDefault }: LoosePriorityClass,
  name: string,
): void {
  const expected = SYSTEM_PRIORITIES[name];
  let problem: string;
  if (expected === undefined) problem = `${name} is not a known system priority class`;
  else if (value !== expected) problem = `value of ${name} PriorityClass must be ${expected}`;
  else if (globalDefault) problem = `globalDefault of ${name} PriorityClass must be false`;
  else return;
  const rule = "priority class names with 'system-' prefix are reserved for system use only.";
  errors.forbidden("metadata.name", `${rule} error: ${problem}`);
}

interface LooseLease {
  readonly spec?: {
    readonly leaseDurationSeconds?: number;
    readonly leaseTransitions?: number;
  };
}

/** Leases: times that make sense. */
export const LEASE_RULES: KindRules<LooseLease> = {
  name: dnsSubdomain,
  check: checkLease,
};

function checkLease(errors: FieldErrors, { spec = {} }: LooseLease): void {
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = spec;
  if (seconds !== undefined && seconds <= 0) {
    errors.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0");
  }
  if (transitions !== undefined && transitions < 0) {
    errors.invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0");
  }
}

interface LooseRuntimeClass {
  readonly handler?: string;
  readonly overhead?: { readonly podFixed?: ResourceList };
  readonly scheduling?: {
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly tolerations?: readonly Loose<NonNullable<PodSpec["tolerations"]>[number]>[];
  };
}

/** RuntimeClasses: which handler runs a pod, and what it costs. */
export const RUNTIME_CLASS_RULES: KindRules<LooseRuntimeClass> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_CHANGED],
  check(errors, { handler = "", overhead, scheduling }) {
    errors.invalidEach("handler", handler, dnsLabel(handler));
    if (overhead) checkResources(errors, { limits: overhead.podFixed }, "overhead", new Set());
    if (!scheduling) return;
    checkLabels(errors, scheduling.nodeSelector, "scheduling.nodeSelector");
    checkTolerations(errors, scheduling.tolerations ?? [], "scheduling.tolerations.tolerations");
  },
  update(errors, next, old) {
    checkImmutable(errors, next.handler, old.handler, "handler");
  },
};
