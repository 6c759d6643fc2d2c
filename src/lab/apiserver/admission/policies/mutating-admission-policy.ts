import { deepEqual } from "../../../../base/deep.ts";
import { cel } from "../../../../kube/cel/loader.ts";
import type { MutatingPolicy } from "../../../../kube/cel/mutating-policy.ts";
import { STATUS_CODES, StatusError, type StatusReason } from "../../../../kube/status-error.ts";
import type { LooseObject } from "../../loose.ts";
import type { AdmissionRequest, ReinvokingPlugin } from "../chain.ts";
import { refusal } from "../refusal.ts";
import type { Reinvocation } from "../reinvocation.ts";
import { isExempt } from "../rules.ts";
import { applyMutation, type MutationContext } from "./apply-mutation.ts";
import { PolicyHooks, type Task } from "./hooks.ts";
import { policyInput } from "./policy-input.ts";
import {
  type Binding,
  type MutatingAdmissionPolicy,
  mutatingBindings,
  mutatingPolicies,
} from "./policy-objects.ts";

type MutationTask = Task<MutatingAdmissionPolicy, Binding>;
type Invocation = Extract<MutationTask, { readonly kind: "invocation" }>;

/** Why a request is refused, and in whose name. */
interface Failure {
  readonly policy: MutatingAdmissionPolicy;
  readonly binding: Binding | undefined;
  readonly why: string;
  readonly reason: StatusReason;
}

/** What policies in CEL change in what is created and updated. */
export function mutatingAdmissionPolicy(context: MutationContext): ReinvokingPlugin {
  const hooks = new PolicyHooks(context.api, mutatingPolicies, mutatingBindings);
  return {
    concerns: ({ kind }) => hooks.size > 0 && !isExempt(kind),
    mutate(request, object, reinvocation) {
      const tasks = hooks.tasks(context, { ...request, object });
      const failures = tasks.flatMap((task) => (task.kind === "misconfigured" ? [misconfigured(task)] : []));
      let now = object;
      let isTouched = false;
      for (const task of tasks) {
        if (task.kind === "misconfigured") continue;
        const outcome = invoke(context, task, { ...request, object: now }, reinvocation);
        failures.push(...outcome.failures);
        isTouched ||= outcome.isTouched;
        now = outcome.object;
      }
      if (failures.length > 0) throw denied(request, failures);
      // Whether or not anything is different: even those who made the last change are asked again.
      if (isTouched) reinvocation.onChange();
      return now;
    },
  };
}

function misconfigured({ policy, binding, why }: Extract<MutationTask, { readonly why: string }>): Failure {
  return { policy, binding, why, reason: "Forbidden" };
}

interface Outcome {
  readonly object: LooseObject;
  /** Whether any mutation came to an end. */
  readonly isTouched: boolean;
  readonly failures: readonly Failure[];
}

/** One policy with one binding and one parameter; a mutation that fails does not keep those after it. */
function invoke(
  context: MutationContext,
  { policy, binding, seenAs, param }: Invocation,
  request: AdmissionRequest & { readonly object: LooseObject },
  reinvocation: Reinvocation,
): Outcome {
  const { failurePolicy, reinvocationPolicy } = policy.spec;
  const nothing: Outcome = { object: request.object, isTouched: false, failures: [] };
  const failed = (why: string): readonly Failure[] =>
    failurePolicy === "Ignore" ? [] : [{ policy, binding, why, reason: "Invalid" }];
  const compiled = compiledPolicy(policy);
  const { matches, error } = compiled.match(policyInput(context, request, seenAs, param));
  if (error !== undefined) return { ...nothing, failures: failed(error) };
  const id = [policy, binding, param].map((each) => idOf(each?.metadata)).join(" ");
  if (!matches || !reinvocation.includes(id)) return nothing;
  let { object } = request;
  let isTouched = false;
  const failures: Failure[] = [];
  for (let i = 0; i < compiled.length; i++) {
    const now = { ...request, object };
    const change = compiled.change(i, policyInput(context, now, seenAs, param));
    const result = applyMutation(context, now, seenAs, change);
    if ("why" in result) failures.push(...failed(result.why));
    else {
      object = result.object;
      isTouched = true;
    }
  }
  if (!deepEqual(object, request.object)) reinvocation.onChange();
  if (reinvocationPolicy === "IfNeeded") reinvocation.saw(id);
  return { object, isTouched, failures };
}

function idOf(metadata: { readonly namespace?: string; readonly name: string } | undefined): string {
  return metadata === undefined ? "" : `${metadata.namespace ?? ""}/${metadata.name}`;
}

const compiledPolicies = new WeakMap<MutatingAdmissionPolicy, MutatingPolicy>();

function compiledPolicy(policy: MutatingAdmissionPolicy): MutatingPolicy {
  let found = compiledPolicies.get(policy);
  if (found === undefined) {
    found = new (cel().MutatingPolicy)(policy.spec);
    compiledPolicies.set(policy, found);
  }
  return found;
}

/** The first failure speaks for all; each is a cause. The code stays that of a refusal, whatever the reason is. */
function denied(request: AdmissionRequest, failures: readonly Failure[]): StatusError {
  const messages = failures.map(({ policy, binding, why }) => {
    const { name } = policy.metadata;
    const whose =
      binding === undefined
        ? `policy ${JSON.stringify(name)}`
        : `policy '${name}' with binding '${binding.metadata.name}'`;
    return `${whose} denied request: ${why}`;
  });
  const causes = messages.map((message) => ({ reason: "", message, field: "" }));
  const { details } = refusal(request, "");
  const reason = failures[0]?.reason ?? "Forbidden";
  return new StatusError(reason, messages[0] ?? "", { ...details, causes }, STATUS_CODES.Forbidden);
}
