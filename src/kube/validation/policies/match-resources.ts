import type { LabelSelector } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkSelector } from "../labels.ts";
import { pathSegment } from "../names.ts";
import type { Loose } from "../rules.ts";

interface Rule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly scope: string;
  readonly resourceNames: readonly string[];
}

export type LooseRule = Loose<Rule>;

export interface LooseMatchResources {
  readonly matchPolicy?: string;
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly resourceRules?: readonly LooseRule[];
  readonly excludeResourceRules?: readonly LooseRule[];
}

export const MATCH_POLICIES = ["Equivalent", "Exact"];
const OPERATIONS = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const SCOPES = ["*", "Cluster", "Namespaced"];

/** Which requests a policy or a binding is about. */
export function checkMatchResources(
  errors: FieldErrors,
  resources: LooseMatchResources | undefined,
  path: string,
): void {
  if (resources === undefined) return;
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules, excludeResourceRules } = resources;
  if (matchPolicy === undefined) errors.required(`${path}.matchPolicy`);
  else if (!MATCH_POLICIES.includes(matchPolicy)) {
    errors.notSupported(`${path}.matchPolicy`, matchPolicy, MATCH_POLICIES);
  }
  checkSelector(errors, namespaceSelector, `${path}.namespaceSelector`);
  checkSelector(errors, objectSelector, `${path}.objectSelector`);
  resourceRules?.forEach((rule, i) => {
    checkRule(errors, rule, `${path}.resourceRules[${i}]`);
  });
  excludeResourceRules?.forEach((rule, i) => {
    checkRule(errors, rule, `${path}.excludeResourceRules[${i}]`);
  });
}

/** What a rule selects requests by. */
export function checkRule(errors: FieldErrors, rule: LooseRule, path: string): void {
  const { scope } = rule;
  const lists = [rule.operations, rule.apiGroups, rule.apiVersions, rule.resources, rule.resourceNames];
  const [operations = [], groups = [], apiVersions = [], resources = [], resourceNames = []] = lists.map(
    (list) => list ?? [],
  );
  resourceNames.forEach((name, i) => {
    errors.invalidEach(`${path}.resourceNames[${i}]`, name, pathSegment(name));
    if (resourceNames.indexOf(name) < i) errors.duplicate(`${path}.resourceNames[${i}]`, name);
  });
  checkWords(errors, operations, `${path}.operations`, "operations");
  operations.forEach((operation, i) => {
    if (!OPERATIONS.includes(operation)) {
      errors.notSupported(`${path}.operations[${i}]`, operation, OPERATIONS);
    }
  });
  checkWords(errors, groups, `${path}.apiGroups`, "API groups");
  checkWords(errors, apiVersions, `${path}.apiVersions`, "API versions");
  apiVersions.forEach((version, i) => {
    if (version === "") errors.required(`${path}.apiVersions[${i}]`);
  });
  checkResources(errors, resources, `${path}.resources`);
  if (scope !== undefined && !SCOPES.includes(scope)) errors.notSupported(`${path}.scope`, scope, SCOPES);
}

function checkWords(errors: FieldErrors, words: readonly string[], path: string, what: string): void {
  if (words.length === 0) errors.required(path);
  if (words.length > 1 && words.includes("*")) {
    errors.invalid(path, words, `if '*' is present, must not specify other ${what}`);
  }
}

function checkResources(errors: FieldErrors, resources: readonly string[], path: string): void {
  if (resources.length === 0) errors.required(path);
  const [wholeResources, wholeSubresources] = [new Set<string>(), new Set<string>()];
  let hasPlain = false;
  resources.forEach((each, i) => {
    if (each === "") {
      errors.required(`${path}[${i}]`);
      return;
    }
    const slash = each.indexOf("/");
    if (slash === -1) {
      hasPlain = each !== "*";
      return;
    }
    const [resource, subresource] = [each.slice(0, slash), each.slice(slash + 1)];
    if (wholeResources.has(resource)) {
      errors.invalid(`${path}[${i}]`, each, `if '${resource}/*' is present, must not specify ${each}`);
    }
    if (wholeSubresources.has(subresource)) {
      errors.invalid(`${path}[${i}]`, each, `if '*/${subresource}' is present, must not specify ${each}`);
    }
    if (subresource === "*") wholeResources.add(resource);
    if (resource === "*") wholeSubresources.add(subresource);
  });
  if (resources.length > 1 && resources.includes("*/*")) {
    errors.invalid(path, resources, "if '*/*' is present, must not specify other resources");
  }
  if (resources.includes("*") && hasPlain) {
    const why = "if '*' is present, must not specify other resources without subresources";
    errors.invalid(path, resources, why);
  }
}
