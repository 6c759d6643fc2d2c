import { cel } from "../../cel/loader.ts";
import type { FieldErrors } from "../field-errors.ts";
import { dnsSubdomain } from "../names.ts";
import { AS_NEW, type KindRules } from "../rules.ts";
import { checkMatchConditions, type LooseCondition } from "./match-conditions.ts";
import { checkMatchResources, type LooseMatchResources } from "./match-resources.ts";
import {
  checkParamRef,
  checkScope,
  checkVariable,
  type LooseParamRef,
  type LooseScope,
  type PolicyCompiler,
} from "./policy-parts.ts";

interface LooseMutation {
  readonly patchType?: string;
  readonly applyConfiguration?: { readonly expression?: string };
  readonly jsonPatch?: { readonly expression?: string };
}

interface LoosePolicySpec extends LooseScope {
  readonly matchConditions?: readonly LooseCondition[];
  readonly variables?: readonly LooseCondition[];
  readonly mutations?: readonly LooseMutation[];
  readonly reinvocationPolicy?: string;
}

const OPERATIONS = ["*", "CONNECT", "CREATE", "UPDATE"];
const PATCH_TYPES = ["ApplyConfiguration", "JSONPatch"];
const REINVOCATION_POLICIES = ["IfNeeded", "Never"];

/** Mutating admission policies: what they are about, and changes that make sense. */
export const MUTATING_POLICY_RULES: KindRules<{ readonly spec?: LoosePolicySpec }> = {
  name: dnsSubdomain,
  passes: AS_NEW,
  check(errors, { spec = {} }) {
    const { paramKind, matchConstraints, variables = [], mutations = [], reinvocationPolicy = "" } = spec;
    const hasParams = paramKind !== undefined;
    checkScope(errors, spec);
    checkOperations(errors, matchConstraints, "spec.matchConstraints");
    checkMatchConditions(errors, spec.matchConditions, "spec.matchConditions", hasParams);
    const compiler = new (cel().PolicyCompiler)(hasParams, true);
    variables.forEach((variable, i) => {
      checkVariable(errors, compiler, variable, `spec.variables[${i}]`);
    });
    if (mutations.length === 0) errors.required("spec.mutations", "mutations must contain at least one item");
    mutations.forEach((mutation, i) => {
      checkMutation(errors, compiler, mutation, `spec.mutations[${i}]`);
    });
    if (reinvocationPolicy === "") errors.required("spec.reinvocationPolicy");
    else if (!REINVOCATION_POLICIES.includes(reinvocationPolicy)) {
      errors.notSupported("spec.reinvocationPolicy", reinvocationPolicy, REINVOCATION_POLICIES);
    }
  },
};

/** Of what is deleted nothing can be changed. */
function checkOperations(
  errors: FieldErrors,
  resources: LooseMatchResources | undefined,
  path: string,
): void {
  for (const { operations } of resources?.resourceRules ?? []) {
    for (const operation of operations ?? []) {
      if (OPERATIONS.includes(operation)) continue;
      errors.notSupported(`${path}.resourceRules.operations`, operation, OPERATIONS);
    }
  }
}

function checkMutation(
  errors: FieldErrors,
  compiler: PolicyCompiler,
  { patchType = "", applyConfiguration, jsonPatch }: LooseMutation,
  path: string,
): void {
  switch (patchType) {
    case "":
      errors.required(`${path}.patchType`);
      break;
    case "JSONPatch":
      checkChange(errors, compiler, patchType, jsonPatch, `${path}.jsonPatch`);
      if (applyConfiguration !== undefined) misplaced(errors, patchType, path, "applyConfiguration");
      break;
    case "ApplyConfiguration":
      checkChange(errors, compiler, patchType, applyConfiguration, `${path}.applyConfiguration`);
      if (jsonPatch !== undefined) misplaced(errors, patchType, path, "jsonPatch");
      break;
    default:
      errors.notSupported(`${path}.patchType`, patchType, PATCH_TYPES);
  }
}

function misplaced(errors: FieldErrors, patchType: string, path: string, field: string): void {
  errors.invalid(`${path}.${field}`, `{${field}}`, `must not be specified when patchType is ${patchType}`);
}

function checkChange(
  errors: FieldErrors,
  compiler: PolicyCompiler,
  patchType: "ApplyConfiguration" | "JSONPatch",
  change: { readonly expression?: string } | undefined,
  path: string,
): void {
  if (change === undefined) {
    errors.required(path, `must be specified when patchType is ${patchType}`);
    return;
  }
  const text = (change.expression ?? "").trim();
  if (text === "") {
    errors.required(`${path}.expression`);
    return;
  }
  const { error } = compiler.expression(text, patchType === "JSONPatch" ? "jsonPatches" : "object");
  if (error !== undefined) errors.invalid(`${path}.expression`, text, error);
}

interface LooseBinding {
  readonly spec?: {
    readonly policyName?: string;
    readonly paramRef?: LooseParamRef;
    readonly matchResources?: LooseMatchResources;
  };
}

/** Bindings of mutating admission policies: whose they are, and with which parameters. */
export const MUTATING_BINDING_RULES: KindRules<LooseBinding> = {
  name: dnsSubdomain,
  passes: AS_NEW,
  check(errors, { spec = {} }) {
    const { policyName = "", paramRef, matchResources } = spec;
    if (policyName === "") errors.required("spec.policyName");
    else errors.invalidEach("spec.policyName", policyName, dnsSubdomain(policyName));
    if (paramRef !== undefined) checkParamRef(errors, paramRef, "spec.paramRef");
    checkMatchResources(errors, matchResources, "spec.matchResources");
    checkOperations(errors, matchResources, "spec.matchResources");
  },
};
