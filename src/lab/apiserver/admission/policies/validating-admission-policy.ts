import { goJson } from "../../../../base/go-json.ts";
import { cel } from "../../../../kube/cel/loader.ts";
import type { Objection, ValidatingPolicy } from "../../../../kube/cel/validating-policy.ts";
import { STATUS_CODES, StatusError, type StatusReason } from "../../../../kube/status-error.ts";
import type { Caller } from "../../server.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../chain.ts";
import { refusal } from "../refusal.ts";
import { isExempt } from "../rules.ts";
import { matchedKind, type PolicyContext, requestedNamespace } from "./matching.ts";
import { collectParams, missingKind } from "./params.ts";
import { policyInput } from "./policy-input.ts";
import {
  type PolicyBinding,
  policyBindings,
  type ValidatingAdmissionPolicy,
  validatingPolicies,
} from "./policy-objects.ts";

/** A policy that is in force: one with bindings. */
interface Hook {
  readonly policy: ValidatingAdmissionPolicy;
  readonly bindings: readonly PolicyBinding[];
}

/** Why a request is refused, and in whose name. */
interface Denial extends Objection {
  readonly policy: ValidatingAdmissionPolicy;
  readonly binding: PolicyBinding | undefined;
}

/** What policies in CEL refuse or warn of. */
export function validatingAdmissionPolicy(context: PolicyContext): AdmissionPlugin {
  const { api } = context;
  /** Worked out anew when a policy or a binding changed. */
  let hooks: readonly Hook[] | undefined;
  const forget = () => {
    hooks = undefined;
  };
  api.onChange(validatingPolicies, forget);
  api.onChange(policyBindings, forget);
  return {
    name: "ValidatingAdmissionPolicy",
    validate(request) {
      hooks ??= hooksOf(context);
      if (hooks.length === 0 || isExempt(request.kind)) return;
      const denials = hooks.flatMap((hook) => judge(context, hook, request));
      const [first] = denials;
      if (first !== undefined) throw denied(request, first);
    },
  };
}

/** Policies without bindings judge nothing. */
function hooksOf({ api }: PolicyContext): readonly Hook[] {
  const bindings = api.list(policyBindings);
  if (bindings.length === 0) return [];
  return api.list(validatingPolicies).flatMap((policy) => {
    const own = bindings.filter(({ spec }) => spec.policyName === policy.metadata.name);
    return own.length === 0 ? [] : [{ policy, bindings: own }];
  });
}

const compiled = new WeakMap<ValidatingAdmissionPolicy, ValidatingPolicy>();

function compiledPolicy(policy: ValidatingAdmissionPolicy): ValidatingPolicy {
  let found = compiled.get(policy);
  if (found === undefined) {
    found = new (cel().ValidatingPolicy)(policy.spec);
    compiled.set(policy, found);
  }
  return found;
}

/** Asks every binding of a policy; those who warn do so at once. */
function judge(
  context: PolicyContext,
  { policy, bindings }: Hook,
  request: AdmissionRequest,
): readonly Denial[] {
  const { paramKind, matchConstraints, failurePolicy } = policy.spec;
  const kind = matchedKind(context, matchConstraints, request);
  if (kind === undefined) return [];
  const misconfigured = (message: string, binding?: PolicyBinding): readonly Denial[] =>
    failurePolicy === "Ignore" ? [] : [{ policy, binding, message }];
  if (paramKind !== undefined && context.kinds.find(paramKind.apiVersion, paramKind.kind) === undefined) {
    return misconfigured(`failed to configure policy: ${missingKind(paramKind)}`);
  }
  const notes = new Map<string, Set<string>>();
  const denials = bindings.flatMap((binding) => {
    const { matchResources, paramRef } = binding.spec;
    if (matchResources !== undefined && matchedKind(context, matchResources, request) === undefined)
      return [];
    const params = collectParams(context, paramKind, paramRef, requestedNamespace(request));
    if (params.error !== undefined) {
      return misconfigured(`failed to configure binding: ${params.error}`, binding);
    }
    return params.list.flatMap((param) => {
      const input = policyInput(context, request, kind, param);
      const { objections, failures, notes: told } = compiledPolicy(policy).judge(input);
      for (const { key, value } of told) notes.set(key, (notes.get(key) ?? new Set()).add(value));
      const standing = objections.flatMap((objection) => act(policy, binding, objection, request));
      return [...standing, ...failures].map((each) => ({ policy, binding, ...each }));
    });
  });
  // Several bindings may note different things under one key.
  for (const [key, values] of notes)
    request.caller.annotate?.(`${policy.metadata.name}/${key}`, [...values].join(", "));
  return denials;
}

/** What a binding makes of an objection: those it denies for stand. */
function act(
  policy: ValidatingAdmissionPolicy,
  binding: PolicyBinding,
  objection: Objection,
  { caller }: AdmissionRequest,
): readonly Objection[] {
  const { validationActions } = binding.spec;
  if (validationActions.includes("Warn")) {
    const whose = `'${policy.metadata.name}' with binding '${binding.metadata.name}'`;
    caller.warn?.(`Validation failed for ValidatingAdmissionPolicy ${whose}: ${objection.message}`);
  }
  if (validationActions.includes("Audit")) noteFailure(binding, objection, caller);
  return validationActions.includes("Deny") ? [objection] : [];
}

function noteFailure(
  { metadata, spec }: PolicyBinding,
  { message, index = 0 }: Objection,
  { annotate }: Caller,
): void {
  const failure = {
    message,
    policy: spec.policyName,
    binding: metadata.name,
    expressionIndex: index,
    validationActions: spec.validationActions,
  };
  annotate?.("validation.policy.admission.k8s.io/validation_failure", goJson([failure]));
}

function denied(
  request: AdmissionRequest,
  { policy, binding, message, reason = "Invalid" }: Denial,
): StatusError {
  const through = binding === undefined ? "" : ` with binding '${binding.metadata.name}'`;
  const why = `ValidatingAdmissionPolicy '${policy.metadata.name}'${through} denied request: ${message}`;
  const error = refusal(request, why);
  const known = reason in STATUS_CODES ? (reason as StatusReason) : "Invalid";
  return new StatusError(known, error.message, {
    ...error.details,
    causes: [{ reason: "", message: why, field: "" }],
  });
}
