import type { PolicyText } from "../../../../kube/cel/validating-policy.ts";
import type { Kind } from "../../../../kube/kind.ts";
import { KINDS } from "../../../../kube/kinds.ts";
import type { KubeObject, LabelSelector } from "../../../../kube/types/index.ts";

/** What a rule selects requests by. "*" stands for all, "pods/*" for every subresource of pods. */
export interface NamedRule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  readonly scope?: string;
  readonly resourceNames?: readonly string[];
}

/** Which requests a policy or a binding is about. */
export interface MatchResources {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly resourceRules?: readonly NamedRule[];
  readonly excludeResourceRules?: readonly NamedRule[];
  readonly matchPolicy?: string;
}

export interface ParamKind {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelector;
  readonly parameterNotFoundAction?: string;
}

export interface ValidatingAdmissionPolicy extends KubeObject {
  readonly spec: PolicyText & { readonly paramKind?: ParamKind; readonly matchConstraints: MatchResources };
}

export interface PolicyBinding extends KubeObject {
  readonly spec: {
    readonly policyName: string;
    readonly paramRef?: ParamRef;
    readonly matchResources?: MatchResources;
    readonly validationActions: readonly string[];
  };
}

function kindNamed<T extends KubeObject>(name: string): Kind<T> {
  return KINDS.find(
    ({ group, kind }) => group === "admissionregistration.k8s.io" && kind === name,
  ) as Kind as Kind<T>;
}

export const validatingPolicies = kindNamed<ValidatingAdmissionPolicy>("ValidatingAdmissionPolicy");
export const policyBindings = kindNamed<PolicyBinding>("ValidatingAdmissionPolicyBinding");
