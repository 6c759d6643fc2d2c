import { deepEqual } from "../../../base/deep.ts";
import type { LabelSelector } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { checkSelector } from "../labels.ts";
import { dnsSubdomain, pathSegment } from "../names.ts";
import { AS_CHANGED, AS_NEW, type KindRules, type UpdatePass } from "../rules.ts";
import { isSelecting } from "../workloads/template.ts";

const GROUP = "rbac.authorization.k8s.io";

interface Rule {
  readonly verbs?: readonly string[] | null;
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface LooseRole {
  readonly rules?: readonly Rule[] | null;
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

const TWICE_AS_NEW: readonly UpdatePass[] = [...AS_NEW, ...AS_NEW, ...AS_CHANGED];

/** Roles: rules for resources of a namespace. */
export const ROLE_RULES: KindRules<LooseRole> = {
  name: pathSegment,
  passes: TWICE_AS_NEW,
  check: (errors, role) => checkRules(errors, role, true),
};

/** ClusterRoles: rules for everything, perhaps gathered from other roles. */
export const CLUSTER_ROLE_RULES: KindRules<LooseRole> = {
  name: pathSegment,
  passes: TWICE_AS_NEW,
  check(errors, role) {
    checkRules(errors, role, false);
    checkAggregation(errors, role);
  },
};

function checkRules(errors: FieldErrors, { rules }: LooseRole, isNamespaced: boolean): void {
  rules?.forEach((rule, i) => {
    const at = `rules[${i}]`;
    const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs: urls = [] } = rule;
    if ((rule.verbs ?? []).length === 0)
      errors.required(`${at}.verbs`, "verbs must contain at least one value");
    if (urls.length > 0) {
      const path = `${at}.nonResourceURLs`;
      if (isNamespaced) errors.invalid(path, urls, "namespaced rules cannot apply to non-resource URLs");
      if (apiGroups.length + resources.length + resourceNames.length > 0) {
        errors.invalid(path, urls, "rules cannot apply to both regular resources and non-resource URLs");
      }
      return;
    }
    if (apiGroups.length === 0) {
      errors.required(`${at}.apiGroups`, "resource rules must supply at least one api group");
    }
    if (resources.length === 0) {
      errors.required(`${at}.resources`, "resource rules must supply at least one resource");
    }
  });
}

function checkAggregation(errors: FieldErrors, { aggregationRule }: LooseRole): void {
  if (!aggregationRule) return;
  const path = "aggregationRule.clusterRoleSelectors";
  const { clusterRoleSelectors: selectors = [] } = aggregationRule;
  if (selectors.length === 0) {
    errors.required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
  }
  selectors.forEach((selector, i) => {
    checkSelector(errors, selector, `${path}[${i}]`);
    if (!isSelecting(selector)) errors.invalid(`${path}[${i}]`, null, "invalid label selector.");
  });
}

interface Subject {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

interface LooseBinding {
  readonly roleRef?: { readonly apiGroup?: string; readonly kind?: string; readonly name?: string };
  readonly subjects?: readonly Subject[];
}

/** RoleBindings: who has a role in a namespace. */
export const ROLE_BINDING_RULES = bindingRules(["Role", "ClusterRole"]);
/** ClusterRoleBindings: who has a role everywhere. */
export const CLUSTER_ROLE_BINDING_RULES = bindingRules(["ClusterRole"]);

function bindingRules(roleKinds: readonly string[]): KindRules<LooseBinding> {
  const check = (errors: FieldErrors, binding: LooseBinding): void => {
    checkRoleRef(errors, binding.roleRef ?? {}, roleKinds);
    binding.subjects?.forEach((subject, i) => {
      checkSubject(errors, subject, roleKinds.includes("Role"), `subjects[${i}]`);
    });
  };
  return {
    name: pathSegment,
    passes: TWICE_AS_NEW,
    check,
    update(errors, binding, old) {
      if (!deepEqual(binding.roleRef, old.roleRef)) {
        errors.invalid("roleRef", internalForm("rbac.RoleRef", binding.roleRef), "cannot change roleRef");
      }
    },
  };
}

function checkRoleRef(
  errors: FieldErrors,
  { apiGroup = "", kind = "", name = "" }: NonNullable<LooseBinding["roleRef"]>,
  roleKinds: readonly string[],
): void {
  if (apiGroup !== GROUP) errors.notSupported("roleRef.apiGroup", apiGroup, [GROUP]);
  if (!roleKinds.includes(kind)) errors.notSupported("roleRef.kind", kind, roleKinds);
  if (name === "") errors.required("roleRef.name");
  else errors.invalidEach("roleRef.name", name, pathSegment(name));
}

function checkSubject(errors: FieldErrors, subject: Subject, isNamespaced: boolean, path: string): void {
  const { kind = "", name = "", namespace = "", apiGroup = "" } = subject;
  if (name === "") errors.required(`${path}.name`);
  if (kind === "User" || kind === "Group") {
    if (apiGroup !== GROUP) errors.notSupported(`${path}.apiGroup`, apiGroup, [GROUP]);
  } else if (kind === "ServiceAccount") {
    if (name !== "") errors.invalidEach(`${path}.name`, name, dnsSubdomain(name));
    if (apiGroup !== "") errors.notSupported(`${path}.apiGroup`, apiGroup, [""]);
    if (!isNamespaced && namespace === "") errors.required(`${path}.namespace`);
  } else errors.notSupported(`${path}.kind`, kind, ["ServiceAccount", "User", "Group"]);
}
