import type {
  Affinity,
  LabelSelector,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkSelector } from "../labels.ts";
import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from "../names.ts";
import type { Loose } from "../rules.ts";

/** Where a pod wants to be and beside whom. */
export function checkAffinity(errors: FieldErrors, affinity: Loose<Affinity>, path: string): void {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  const required = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required) {
    const at = `${path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`;
    checkNodeSelector(errors, required, at);
  }
  nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight = 0, preference }, i) => {
    const at = `${path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    checkWeight(errors, weight, at);
    // Values of preferences were never checked when they could have been, so they never will be.
    checkNodeSelectorTerm(errors, preference ?? {}, `${at}.preference`, { values: false });
  });
  if (podAffinity) checkPodAffinity(errors, podAffinity, `${path}.podAffinity`);
  if (podAntiAffinity) checkPodAffinity(errors, podAntiAffinity, `${path}.podAntiAffinity`);
}

function checkPodAffinity(
  errors: FieldErrors,
  affinity: NonNullable<Loose<Affinity>["podAffinity"]>,
  path: string,
): void {
  affinity.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) => {
    checkPodAffinityTerm(errors, term, `${path}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`);
  });
  affinity.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight = 0, podAffinityTerm }, i) => {
    const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    checkWeight(errors, weight, at);
    checkPodAffinityTerm(errors, podAffinityTerm ?? {}, `${at}.podAffinityTerm`);
  });
}

function checkWeight(errors: FieldErrors, weight: number, path: string): void {
  if (weight <= 0 || weight > 100) errors.invalid(`${path}.weight`, weight, "must be in the range 1-100");
}

function checkPodAffinityTerm(errors: FieldErrors, term: Loose<PodAffinityTerm>, path: string): void {
  checkSelector(errors, term.labelSelector as LabelSelector | undefined, `${path}.labelSelector`);
  checkSelector(errors, term.namespaceSelector as LabelSelector | undefined, `${path}.namespaceSelector`);
  for (const name of term.namespaces ?? []) errors.invalidEach(`${path}.namespace`, name, dnsLabel(name));
  checkLabelKeys(errors, term, path);
  const { topologyKey = "" } = term;
  if (topologyKey === "") errors.required(`${path}.topologyKey`, "can not be empty");
  errors.invalidEach(`${path}.topologyKey`, topologyKey, qualifiedName(topologyKey));
}

interface WithLabelKeys {
  readonly matchLabelKeys?: readonly string[] | undefined;
  readonly mismatchLabelKeys?: readonly string[] | undefined;
  readonly labelSelector?: Loose<LabelSelector> | undefined;
}

/** Keys whose values come from the pod itself: they extend the selector, so there must be one and it must not know them. */
function checkLabelKeys(errors: FieldErrors, term: WithLabelKeys, path: string): void {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  for (const field of ["matchLabelKeys", "mismatchLabelKeys"] as const) {
    const keys = term[field] ?? [];
    if (keys.length > 0 && labelSelector === undefined) {
      errors.forbidden(`${path}.${field}`, "must not be specified when labelSelector is not set");
    } else checkEach(errors, keys, `${path}.${field}`, qualifiedName);
  }
  const selected = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key = "" } of labelSelector?.matchExpressions ?? []) {
    const i = matchLabelKeys.indexOf(key);
    if (i >= 0 && selected.has(key)) {
      errors.invalid(`${path}[${i}]`, key, "exists in both matchLabelKeys and labelSelector");
    }
    selected.add(key);
  }
  matchLabelKeys.forEach((key, i) => {
    if (mismatchLabelKeys.includes(key)) {
      errors.invalid(
        `${path}.matchLabelKeys[${i}]`,
        key,
        "exists in both matchLabelKeys and mismatchLabelKeys",
      );
    }
  });
}

/** Nodes by their labels and names: at least one term. */
export function checkNodeSelector(errors: FieldErrors, selector: Loose<NodeSelector>, path: string): void {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0)
    errors.required(`${path}.nodeSelectorTerms`, "must have at least one node selector term");
  terms.forEach((term, i) => {
    checkNodeSelectorTerm(errors, term, `${path}.nodeSelectorTerms[${i}]`, { values: true });
  });
}

function checkNodeSelectorTerm(
  errors: FieldErrors,
  term: Loose<NodeSelectorTerm>,
  path: string,
  checked: { readonly values: boolean },
): void {
  term.matchExpressions?.forEach((requirement, i) => {
    checkNodeRequirement(errors, requirement, `${path}.matchExpressions[${i}]`, checked);
  });
  term.matchFields?.forEach((requirement, i) => {
    checkFieldRequirement(errors, requirement, `${path}.matchFields[${i}]`);
  });
}

function checkNodeRequirement(
  errors: FieldErrors,
  requirement: Loose<NodeSelectorRequirement>,
  path: string,
  checked: { readonly values: boolean },
): void {
  const { key = "", operator = "", values = [] } = requirement;
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) {
      errors.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    }
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0) {
      errors.forbidden(
        `${path}.values`,
        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      );
    }
  } else if (operator === "Gt" || operator === "Lt") {
    if (values.length !== 1) {
      errors.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
    }
  } else errors.invalid(`${path}.operator`, operator, "not a valid selector operator");
  errors.invalidEach(`${path}.key`, key, qualifiedName(key));
  if (checked.values) {
    checkEach(errors, values, `${path}.values`, labelValue);
  }
}

function checkFieldRequirement(
  errors: FieldErrors,
  { key = "", operator = "", values = [] }: Loose<NodeSelectorRequirement>,
  path: string,
): void {
  if (operator !== "In" && operator !== "NotIn") {
    errors.invalid(`${path}.operator`, operator, "not a valid selector operator");
  } else if (values.length !== 1) {
    const rule = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.required(`${path}.values`, rule);
  }
  if (key !== "metadata.name") errors.invalid(`${path}.key`, key, "not a valid field selector key");
  else checkEach(errors, values, `${path}.values`, dnsSubdomain);
}

function checkEach(
  errors: FieldErrors,
  texts: readonly string[],
  path: string,
  check: (text: string) => readonly string[],
): void {
  texts.forEach((text, i) => {
    errors.invalidEach(`${path}[${i}]`, text, check(text));
  });
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** Which taints a pod bears. */
export function checkTolerations(
  errors: FieldErrors,
  tolerations: readonly Loose<Toleration>[],
  path: string,
): void {
  tolerations.forEach((toleration, i) => {
    const at = `${path}[${i}]`;
    const { key = "", operator = "", value = "", effect = "", tolerationSeconds } = toleration;
    if (key !== "") errors.invalidEach(`${at}.key`, key, qualifiedName(key));
    else if (operator !== "Exists") {
      const rule = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.invalid(`${at}.operator`, operator, rule);
    }
    if (tolerationSeconds !== undefined && effect !== "NoExecute") {
      errors.invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    if (operator === "Equal" || operator === "") {
      const wrong = labelValue(value);
      if (wrong.length > 0) errors.invalid(`${at}.operator`, value, wrong.join(";"));
    } else if (operator !== "Exists") errors.notSupported(`${at}.operator`, operator, ["Equal", "Exists"]);
    else if (value !== "") {
      errors.invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'");
    }
    if (effect !== "") checkTaintEffect(errors, effect, `${at}.effect`);
  });
}

/** What a taint does. */
export function checkTaintEffect(errors: FieldErrors, effect: string, path: string): void {
  if (!EFFECTS.includes(effect)) errors.notSupported(path, effect, EFFECTS);
}

const ACTIONS = ["DoNotSchedule", "ScheduleAnyway"];
const POLICIES = ["Honor", "Ignore"];

/** How evenly pods are to lie across domains. */
export function checkSpread(
  errors: FieldErrors,
  constraints: readonly Loose<TopologySpreadConstraint>[],
  path: string,
): void {
  constraints.forEach((constraint, i) => {
    const at = `${path}[${i}]`;
    const { maxSkew = 0, topologyKey = "", whenUnsatisfiable: action = "", minDomains } = constraint;
    if (maxSkew <= 0) errors.invalid(`${at}.maxSkew`, maxSkew, "must be greater than zero");
    if (topologyKey === "") errors.required(`${at}.topologyKey`, "can not be empty");
    if (!ACTIONS.includes(action)) errors.notSupported(`${at}.whenUnsatisfiable`, action, ACTIONS);
    const isRepeated = constraints
      .slice(i + 1)
      .some((later) => later.topologyKey === topologyKey && later.whenUnsatisfiable === action);
    if (isRepeated) errors.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${action}}`);
    if (minDomains !== undefined) checkMinDomains(errors, minDomains, action, `${at}.minDomains`);
    for (const field of ["nodeAffinityPolicy", "nodeTaintsPolicy"] as const) {
      const policy = constraint[field];
      if (policy !== undefined && !POLICIES.includes(policy))
        errors.notSupported(`${at}.${field}`, policy, POLICIES);
    }
    checkLabelKeys(errors, { ...constraint, mismatchLabelKeys: undefined }, at);
    checkSelector(errors, constraint.labelSelector as LabelSelector | undefined, `${at}.labelSelector`);
  });
}

function checkMinDomains(errors: FieldErrors, minDomains: number, action: string, path: string): void {
  if (minDomains <= 0) errors.invalid(path, minDomains, "must be greater than zero");
  if (action !== "DoNotSchedule") {
    errors.invalid(
      path,
      minDomains,
      `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`,
    );
  }
}
