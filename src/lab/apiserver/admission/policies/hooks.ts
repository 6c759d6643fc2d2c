import type { Kind } from "../../../../kube/kind.ts";
import type { KubeObject } from "../../../../kube/types/index.ts";
import type { Api } from "../../api.ts";
import type { AdmissionRequest } from "../chain.ts";
import { matchedKind, type PolicyContext, requestedNamespace } from "./matching.ts";
import { collectParams, missingKind } from "./params.ts";
import type { Binding, Policy } from "./policy-objects.ts";

/** A policy that is in force: one with bindings. */
interface Hook<P extends Policy, B extends Binding> {
  readonly policy: P;
  readonly bindings: readonly B[];
}

/** Something that a policy has to do for a request, or why it cannot. */
export type Task<P extends Policy, B extends Binding> =
  | {
      readonly kind: "invocation";
      readonly policy: P;
      readonly binding: B;
      /** The version of the kind in which the policy sees the object. */
      readonly seenAs: Kind;
      readonly param: KubeObject | undefined;
    }
  | {
      readonly kind: "misconfigured";
      readonly policy: P;
      /** Absent when the policy itself is to blame. */
      readonly binding: B | undefined;
      readonly why: string;
    };

/** The policies of one kind that are in force, worked out anew when one of them or a binding changed. */
export class PolicyHooks<P extends Policy, B extends Binding> {
  readonly #api: Api;
  readonly #policies: Kind<P>;
  readonly #bindings: Kind<B>;
  #hooks: readonly Hook<P, B>[] | undefined;

  constructor(api: Api, policies: Kind<P>, bindings: Kind<B>) {
    this.#api = api;
    this.#policies = policies;
    this.#bindings = bindings;
    const forget = () => {
      this.#hooks = undefined;
    };
    api.onChange(policies, forget);
    api.onChange(bindings, forget);
  }

  get size(): number {
    this.#hooks ??= this.#find();
    return this.#hooks.length;
  }

  /** What all of them have to do for a request, in order; failures that a policy does not mind are left out. */
  tasks(context: PolicyContext, request: AdmissionRequest): readonly Task<P, B>[] {
    this.#hooks ??= this.#find();
    return this.#hooks
      .flatMap((hook) => tasksOf(context, hook, request))
      .filter(({ kind, policy }) => kind === "invocation" || policy.spec.failurePolicy !== "Ignore");
  }

  /** Policies without bindings do nothing. */
  #find(): readonly Hook<P, B>[] {
    const bindings = this.#api.list(this.#bindings);
    if (bindings.length === 0) return [];
    return this.#api.list(this.#policies).flatMap((policy) => {
      const own = bindings.filter(({ spec }) => spec.policyName === policy.metadata.name);
      return own.length === 0 ? [] : [{ policy, bindings: own }];
    });
  }
}

function tasksOf<P extends Policy, B extends Binding>(
  context: PolicyContext,
  { policy, bindings }: Hook<P, B>,
  request: AdmissionRequest,
): readonly Task<P, B>[] {
  const { paramKind, matchConstraints } = policy.spec;
  const seenAs = matchedKind(context, matchConstraints, request);
  if (seenAs === undefined) return [];
  if (paramKind !== undefined && context.kinds.find(paramKind.apiVersion, paramKind.kind) === undefined) {
    const why = `failed to configure policy: ${missingKind(paramKind)}`;
    return [{ kind: "misconfigured", policy, binding: undefined, why }];
  }
  return bindings.flatMap((binding): readonly Task<P, B>[] => {
    const { matchResources, paramRef } = binding.spec;
    if (matchResources !== undefined && matchedKind(context, matchResources, request) === undefined)
      return [];
    const params = collectParams(context, paramKind, paramRef, requestedNamespace(request));
    if (params.error !== undefined) {
      return [
        { kind: "misconfigured", policy, binding, why: `failed to configure binding: ${params.error}` },
      ];
    }
    return params.list.map((param) => ({ kind: "invocation", policy, binding, seenAs, param }));
  });
}
