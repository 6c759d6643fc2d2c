import { getOwn } from "../../../base/get-own.ts";
import { compareQuantities, formatQuantity, milliValue } from "../../../base/quantity.ts";
import type { ResourceList } from "../../types/index.ts";
import {
  checkAmount,
  checkContainerResourceName,
  checkResourceName,
  exceeds,
  isOvercommitAllowed,
  isQuotaResource,
  isSameAmount,
} from "../amounts.ts";
import type { FieldErrors } from "../field-errors.ts";
import { dnsSubdomain, qualifiedName } from "../names.ts";
import { AS_NEW, type KindRules } from "../rules.ts";

interface ScopeRequirement {
  readonly scopeName?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

interface LooseQuota {
  readonly spec?: {
    readonly hard?: ResourceList;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] };
  };
}

type QuotaSpec = NonNullable<LooseQuota["spec"]>;

/** ResourceQuotas: known resources, and scopes that fit them. */
export const RESOURCE_QUOTA_RULES: KindRules<LooseQuota> = {
  name: dnsSubdomain,
  check: (errors, { spec = {} }) => checkQuota(errors, spec),
  update(errors, { spec = {} }, { spec: old = {} }) {
    if (spec === old) return;
    checkQuota(errors, spec);
    const [scopes, before] = [new Set(spec.scopes), new Set(old.scopes)];
    if (scopes.size !== before.size || [...scopes].some((scope) => !before.has(scope))) {
      errors.invalid("spec.scopes", spec.scopes ?? null, "field is immutable");
    }
  },
};

function checkQuota(errors: FieldErrors, spec: QuotaSpec): void {
  for (const name in spec.hard) {
    const at = `spec.hard[${name}]`;
    checkResourceName(errors, name, at);
    if (!name.includes("/") && !isQuotaResource(name)) {
      errors.invalid(at, name, "must be a standard resource for quota");
    }
    checkAmount(errors, name, spec.hard[name] as string, at);
  }
  checkScopes(errors, spec);
  checkScopeSelector(errors, spec);
}

const POD_SCOPES = [
  "Terminating",
  "NotTerminating",
  "NotBestEffort",
  "PriorityClass",
  "CrossNamespacePodAffinity",
];
const SCOPES = [...POD_SCOPES, "BestEffort", "VolumeAttributesClass"];
const POD_RESOURCES = [
  "pods",
  "cpu",
  "memory",
  "limits.cpu",
  "limits.memory",
  "requests.cpu",
  "requests.memory",
];

function fitsScope(scope: string, resource: string): boolean {
  if (scope === "BestEffort") return resource === "pods";
  if (scope === "VolumeAttributesClass")
    return ["persistentvolumeclaims", "requests.storage"].includes(resource);
  return !POD_SCOPES.includes(scope) || POD_RESOURCES.includes(resource);
}

function quotaResources({ hard }: QuotaSpec): readonly string[] {
  return Object.keys(hard ?? {})
    .filter(isQuotaResource)
    .sort();
}

function checkScopes(errors: FieldErrors, spec: QuotaSpec): void {
  const { scopes = [] } = spec;
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.invalid("spec.scopes", scopes, "unsupported scope");
    for (const resource of quotaResources(spec)) {
      if (!fitsScope(scope, resource)) {
        errors.invalid("spec.scopes", scopes, "unsupported scope applied to resource");
      }
    }
  }
  checkConflicts(errors, scopes, scopes, "spec.scopes");
}

function checkConflicts(
  errors: FieldErrors,
  scopes: readonly string[],
  shown: readonly string[] | null,
  path: string,
): void {
  for (const scope of ["BestEffort", "Terminating"]) {
    if (scopes.includes(scope) && scopes.includes(`Not${scope}`))
      errors.invalid(path, shown, "conflicting scopes");
  }
}

const EXISTS_ONLY =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
const VALUELESS = [
  "BestEffort",
  "NotBestEffort",
  "Terminating",
  "NotTerminating",
  "CrossNamespacePodAffinity",
];

function checkScopeSelector(errors: FieldErrors, spec: QuotaSpec): void {
  const path = "spec.scopeSelector.matchExpressions";
  const requirements = spec.scopeSelector?.matchExpressions ?? [];
  for (const { scopeName: scope = "", operator = "", values = [] } of requirements) {
    if (!SCOPES.includes(scope)) errors.invalid(`${path}.scopeName`, scope, "unsupported scope");
    for (const resource of quotaResources(spec)) {
      if (!fitsScope(scope, resource)) {
        errors.invalid(path, internalSelector(requirements), "unsupported scope applied to resource");
      }
    }
    if (VALUELESS.includes(scope) && operator !== "Exists") {
      errors.invalid(`${path}.operator`, operator, EXISTS_ONLY);
    }
    checkScopeValues(errors, operator, values, path);
  }
  checkConflicts(
    errors,
    requirements.map(({ scopeName = "" }) => scopeName),
    spec.scopes ?? null,
    path,
  );
}

function checkScopeValues(
  errors: FieldErrors,
  operator: string,
  values: readonly string[],
  path: string,
): void {
  if (operator === "In" || operator === "NotIn") {
    if (values.length > 0) return;
    const rule = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    errors.required(`${path}.values`, rule);
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length === 0) return;
    const rule = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    errors.invalid(`${path}.values`, values, rule);
  } else errors.invalid(`${path}.operator`, operator, "not a valid selector operator");
}

function internalSelector(requirements: readonly ScopeRequirement[]): object {
  const form = ({ scopeName = "", operator = "", values }: ScopeRequirement) => ({
    ScopeName: scopeName,
    Operator: operator,
    Values: values ?? null,
  });
  return { MatchExpressions: requirements.map(form) };
}

interface LimitItem {
  readonly type?: string;
  readonly max?: ResourceList;
  readonly min?: ResourceList;
  readonly default?: ResourceList;
  readonly defaultRequest?: ResourceList;
  readonly maxLimitRequestRatio?: ResourceList;
}

interface LooseLimitRange {
  readonly spec?: { readonly limits?: readonly LimitItem[] | null };
}

/** LimitRanges: bounds and defaults that do not contradict each other. */
export const LIMIT_RANGE_RULES: KindRules<LooseLimitRange> = {
  name: dnsSubdomain,
  passes: AS_NEW,
  check: checkLimitRange,
};

const LIMIT_TYPES = ["Pod", "Container", "PersistentVolumeClaim"];

function checkLimitRange(errors: FieldErrors, { spec = {} }: LooseLimitRange): void {
  const types = new Set<string>();
  spec.limits?.forEach((item, i) => {
    const at = `spec.limits[${i}]`;
    const { type = "" } = item;
    const wrong = qualifiedName(type);
    errors.invalidEach(`${at}.type`, type, wrong);
    if (wrong.length === 0 && !type.includes("/") && !LIMIT_TYPES.includes(type)) {
      errors.invalid(`${at}.type`, type, "must be a standard limit type or fully qualified");
    }
    if (types.has(type)) errors.duplicate(`${at}.type`, type);
    types.add(type);
    checkLimits(errors, item, at);
  });
}

function checkLimits(errors: FieldErrors, item: LimitItem, path: string): void {
  checkLimitNames(errors, item, "max", path);
  checkLimitNames(errors, item, "min", path);
  const rule = "may not be specified when `type` is 'Pod'";
  for (const field of ["default", "defaultRequest"] as const) {
    if (item.type !== "Pod") checkLimitNames(errors, item, field, path);
    else if (Object.keys(item[field] ?? {}).length > 0) errors.forbidden(`${path}.${field}`, rule);
  }
  if (
    item.type === "PersistentVolumeClaim" &&
    item.min?.storage === undefined &&
    item.max?.storage === undefined
  ) {
    const missing = "either minimum or maximum storage value is required, but neither was provided";
    errors.required(`${path}.limits`, missing);
  }
  checkLimitNames(errors, item, "maxLimitRequestRatio", path);
  const defaults = item.type === "Pod" ? {} : { default: item.default, defaultRequest: item.defaultRequest };
  const { min, max, maxLimitRequestRatio } = item;
  const names = new Set(
    [max, min, defaults.default, defaults.defaultRequest, maxLimitRequestRatio].flatMap((list) =>
      Object.keys(list ?? {}),
    ),
  );
  for (const name of names) checkBounds(errors, name, { ...defaults, min, max, maxLimitRequestRatio }, path);
}

function checkLimitNames(
  errors: FieldErrors,
  item: LimitItem,
  field: Exclude<keyof LimitItem, "type">,
  path: string,
): void {
  for (const name in item[field]) {
    const at = `${path}.${field}[${name}]`;
    if (item.type === "Pod" || item.type === "Container") checkContainerResourceName(errors, name, at);
    else checkResourceName(errors, name, at);
  }
}

interface Bounds {
  readonly min?: ResourceList | undefined;
  readonly max?: ResourceList | undefined;
  readonly default?: ResourceList | undefined;
  readonly defaultRequest?: ResourceList | undefined;
  readonly maxLimitRequestRatio?: ResourceList | undefined;
}

/** Pairs of amounts of which the first must not exceed the second: which field is wrong, which value is shown. */
function checkBounds(errors: FieldErrors, name: string, bounds: Bounds, path: string): void {
  const [min, max] = [getOwn(bounds.min, name), getOwn(bounds.max, name)];
  const [limit, request] = [getOwn(bounds.default, name), getOwn(bounds.defaultRequest, name)];
  const pairs = [
    ["min", min, "min value", max, "max value", min],
    ["defaultRequest", min, "min value", request, "default request value", request],
    ["defaultRequest", request, "default request value", max, "max value", request],
    ["defaultRequest", request, "default request value", limit, "default limit value", request],
    ["default", min, "min value", limit, "default value", min],
    ["default", limit, "default value", max, "max value", max],
  ] as const;
  for (const [field, low, lowName, high, highName, shown] of pairs) {
    if (low === undefined || high === undefined || !exceeds(low, high)) continue;
    const rule = `${lowName} ${low} is greater than ${highName} ${high}`;
    errors.invalid(`${path}.${field}[${name}]`, shown, rule);
  }
  checkRatio(
    errors,
    getOwn(bounds.maxLimitRequestRatio, name),
    min,
    max,
    `${path}.maxLimitRequestRatio[${name}]`,
  );
  if (limit === undefined || request === undefined || isOvercommitAllowed(name)) return;
  if (isSameAmount(limit, request)) return;
  const rule = `default value ${limit} must equal to defaultRequest value ${request} in ${name}`;
  errors.invalid(`${path}.defaultRequest[${name}]`, request, rule);
}

function checkRatio(
  errors: FieldErrors,
  ratio: string | undefined,
  min: string | undefined,
  max: string | undefined,
  path: string,
): void {
  if (ratio === undefined) return;
  const shown = formatQuantity(ratio);
  if (compareQuantities(ratio, 1) < 0) errors.invalid(path, ratio, `ratio ${shown} is less than 1`);
  if (min === undefined || max === undefined) return;
  const most = milliValue(max) / milliValue(min);
  if (milliValue(ratio) / 1000 > most) {
    errors.invalid(path, ratio, `ratio ${shown} is greater than max/min = ${most.toFixed(6)}`);
  }
}
