import { goJson } from "../../../../base/go-json.ts";
import { cel } from "../../../../kube/cel/loader.ts";
import type { Objection, ValidatingPolicy } from "../../../../kube/cel/validating-policy.ts";
import { STATUS_CODES, StatusError, type StatusReason } from "../../../../kube/status-error.ts";
import type { Caller } from "../../server.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../chain.ts";
import { refusal } from "../refusal.ts";
import { isExempt } from "../rules.ts";
import { PolicyHooks, type Task } from "./hooks.ts";
import type { PolicyContext } from "./matching.ts";
import { policyInput } from "./policy-input.ts";
import {
  type ValidatingAdmissionPolicy,
  type ValidatingPolicyBinding,
  validatingBindings,
  validatingPolicies,
} from "./policy-objects.ts";

/** Why a request is refused, and in whose name. */
interface Denial extends Objection {
  readonly policy: ValidatingAdmissionPolicy;
  readonly binding: ValidatingPolicyBinding | undefined;
}

/** What policies in CEL refuse or warn of. */
export function validatingAdmissionPolicy(context: PolicyContext): AdmissionPlugin {
  const hooks = new PolicyHooks(context.api, validatingPolicies, validatingBindings);
  return {
    name: "ValidatingAdmissionPolicy",
    handlesConnect: true,
    validate(request) {
      if (hooks.size === 0 || isExempt(request.kind)) return;
      const [first] = judge(context, hooks.tasks(context, request), request);
      if (first !== undefined) throw denied(request, first);
    },
  };
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

/** Asks every policy with every binding; those who warn do so at once. */
function judge(
  context: PolicyContext,
  tasks: readonly Task<ValidatingAdmissionPolicy, ValidatingPolicyBinding>[],
  request: AdmissionRequest,
): readonly Denial[] {
  const notes = new Map<string, Set<string>>();
  const denials = tasks.flatMap((task): readonly Denial[] => {
    const { policy, binding } = task;
    if (task.kind === "misconfigured") return [{ policy, binding, message: task.why }];
    const input = policyInput(context, request, task.seenAs, task.param);
    const { objections, failures, notes: told } = compiledPolicy(policy).judge(input);
    for (const { key, value } of told) {
      const whole = `${policy.metadata.name}/${key}`;
      notes.set(whole, (notes.get(whole) ?? new Set()).add(value));
    }
    const standing = objections.flatMap((objection) => act(policy, task.binding, objection, request));
    return [...standing, ...failures].map((each) => ({ policy, binding, ...each }));
  });
  // Several bindings may note different things under one key.
  for (const [key, values] of notes) request.caller.annotate?.(key, [...values].join(", "));
  return denials;
}

/** What a binding makes of an objection: those it denies for stand. */
function act(
  policy: ValidatingAdmissionPolicy,
  binding: ValidatingPolicyBinding,
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
  { metadata, spec }: ValidatingPolicyBinding,
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
