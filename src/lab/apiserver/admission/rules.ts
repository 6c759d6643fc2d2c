/** What webhooks and policies select requests by. */
import { type Kind, resourceName } from "../../../kube/kind.ts";

/** A rule, as configurations and policies have it. "*" stands for all, "pods/*" for every subresource of pods. */
export interface AdmissionRule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  /** "*" when absent. */
  readonly scope?: string;
}

/** Neither can lock out those who would mend them. */
const EXEMPT = new Set(
  [
    "mutatingwebhookconfigurations",
    "validatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
  ].map((plural) => `${plural}.admissionregistration.k8s.io`),
);

/** Whether nobody is asked about objects of a kind. */
export function isExempt(kind: Kind): boolean {
  return EXEMPT.has(resourceName(kind));
}

/** Whether a rule selects an operation on a kind, or on a subresource of it. One that leaves something out selects nothing. */
export function ruleSelects(
  rule: AdmissionRule,
  kind: Kind,
  operation: string,
  subresource: string,
): boolean {
  const { group, version, plural, namespaced } = kind;
  const { scope = "*", resources = [] } = rule;
  return (
    // A namespace is an object of the cluster.
    (scope === "*" || scope === (namespaced ? "Namespaced" : "Cluster")) &&
    includes(rule.operations, operation) &&
    includes(rule.apiGroups, group) &&
    includes(rule.apiVersions, version) &&
    resources.some((each) => resourceSelects(each, plural, subresource))
  );
}

function includes(list: readonly string[] = [], value: string): boolean {
  return list.includes("*") || list.includes(value);
}

function resourceSelects(pattern: string, plural: string, subresource: string): boolean {
  const [resource, part = ""] = pattern.split("/");
  return (resource === "*" || resource === plural) && (part === "*" || part === subresource);
}
