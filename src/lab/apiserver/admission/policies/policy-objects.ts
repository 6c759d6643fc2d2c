import type { PolicyText } from "../../../../kube/cel/validating-policy.ts";
import type { Kind } from "../../../../kube/kind.ts";
import { KINDS } from "../../../../kube/kinds.ts";
import type { KubeObject, LabelSelector } from "../../../../kube/types/index.ts";
import type { AdmissionRule } from "../rules.ts";

/** A rule that may be about single objects. */
export interface NamedRule extends AdmissionRule {
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
