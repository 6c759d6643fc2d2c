import { invariant } from "../../../../base/invariant.ts";
import type { MutatingPolicyText } from "../../../../kube/cel/mutating-policy.ts";
import type { PolicyText } from "../../../../kube/cel/validating-policy.ts";
import type { Kind } from "../../../../kube/kind.ts";
import { findKind } from "../../../../kube/kinds.ts";
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

/** What all policies have. */
export interface Policy extends KubeObject {
  readonly spec: {
    readonly failurePolicy?: string;
    readonly paramKind?: ParamKind;
    readonly matchConstraints: MatchResources;
  };
}

/** What all bindings have. */
export interface Binding extends KubeObject {
  readonly spec: {
    readonly policyName: string;
    readonly paramRef?: ParamRef;
    readonly matchResources?: MatchResources;
  };
}

export interface ValidatingAdmissionPolicy extends Policy {
  readonly spec: Policy["spec"] & PolicyText;
  readonly status?: { readonly observedGeneration?: number };
}

export interface ValidatingPolicyBinding extends Binding {
  readonly spec: Binding["spec"] & { readonly validationActions: readonly string[] };
}

export interface MutatingAdmissionPolicy extends Policy {
  readonly spec: Policy["spec"] & MutatingPolicyText & { readonly reinvocationPolicy: "Never" | "IfNeeded" };
}

function kindNamed<T extends KubeObject>(version: string, name: string): Kind<T> {
  const found = findKind(`admissionregistration.k8s.io/${version}`, name);
  invariant(found, `The table of kinds has no ${name}`);
  return found as Kind as Kind<T>;
}

export const validatingPolicies = kindNamed<ValidatingAdmissionPolicy>("v1", "ValidatingAdmissionPolicy");
export const validatingBindings = kindNamed<ValidatingPolicyBinding>(
  "v1",
  "ValidatingAdmissionPolicyBinding",
);
export const mutatingPolicies = kindNamed<MutatingAdmissionPolicy>("v1beta1", "MutatingAdmissionPolicy");
export const mutatingBindings = kindNamed<Binding>("v1beta1", "MutatingAdmissionPolicyBinding");
