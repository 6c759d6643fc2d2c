import { cel } from "../../cel/loader.ts";
import type { ObjectMeta } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { dnsSubdomain, qualifiedName } from "../names.ts";
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

interface LooseValidation {
  readonly expression?: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

interface LooseAnnotation {
  readonly key?: string;
  readonly valueExpression?: string;
}

interface LoosePolicySpec extends LooseScope {
  readonly matchConditions?: readonly LooseCondition[];
  readonly variables?: readonly LooseCondition[];
  readonly validations?: readonly LooseValidation[];
  readonly auditAnnotations?: readonly LooseAnnotation[];
}

interface LoosePolicy {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: LoosePolicySpec;
}

const REASONS = ["Forbidden", "Invalid", "RequestEntityTooLarge"];
const ANNOTATIONS_MAX = 20;
const ANNOTATION_EXPRESSION_MAX = 5 * 1024;

/** Validating admission policies: what they are about, and expressions that make sense. */
export const VALIDATING_POLICY_RULES: KindRules<LoosePolicy> = {
  name: dnsSubdomain,
  passes: AS_NEW,
  statusPasses: AS_NEW,
  check: (errors, { metadata, spec = {} }) => checkPolicy(errors, metadata?.name ?? "", spec),
};

function checkPolicy(errors: FieldErrors, name: string, spec: LoosePolicySpec): void {
  const { paramKind, variables = [], validations = [], auditAnnotations: annotations = [] } = spec;
  checkScope(errors, spec);
  const hasParams = paramKind !== undefined;
  checkMatchConditions(errors, spec.matchConditions, "spec.matchConditions", hasParams);
  if (validations.length === 0 && annotations.length === 0) {
    const why = "validations or auditAnnotations must contain at least one item";
    errors.required("spec.validations", why);
    errors.required("spec.auditAnnotations", why);
  }
  if (validations.length + annotations.length + variables.length === 0) return;
  const compiler = new (cel().PolicyCompiler)(hasParams, variables.length > 0);
  variables.forEach((variable, i) => {
    checkVariable(errors, compiler, variable, `spec.variables[${i}]`);
  });
  validations.forEach((validation, i) => {
    checkValidation(errors, compiler, validation, `spec.validations[${i}]`);
  });
  if (annotations.length > ANNOTATIONS_MAX) {
    const why = `must not have more than ${ANNOTATIONS_MAX} auditAnnotations`;
    errors.invalid("spec.auditAnnotations", annotations, why);
  }
  annotations.forEach((annotation, i) => {
    const path = `spec.auditAnnotations[${i}]`;
    checkAnnotation(errors, compiler, name, annotation, path);
    if (annotations.findIndex(({ key }) => key === annotation.key) < i) {
      errors.duplicate(`${path}.key`, annotation.key ?? "");
    }
  });
}

function checkValidation(
  errors: FieldErrors,
  compiler: PolicyCompiler,
  { expression = "", message = "", messageExpression = "", reason }: LooseValidation,
  path: string,
): void {
  if (expression.trim() === "") errors.required(`${path}.expression`, "expression is not specified");
  else {
    const { error } = compiler.expression(expression, "bool");
    if (error !== undefined) errors.invalid(`${path}.expression`, expression, error);
  }
  if (messageExpression.trim() !== "") {
    const { error } = compiler.expression(messageExpression, "text", false);
    if (error !== undefined) errors.invalid(`${path}.messageExpression`, messageExpression, error);
  } else if (messageExpression !== "") {
    errors.invalid(`${path}.messageExpression`, messageExpression, "must be non-empty if specified");
  }
  if (message !== "" && message.trim() === "") {
    errors.invalid(`${path}.message`, message, "must be non-empty if specified");
  } else if (/[\n\r]/.test(message.trim())) {
    errors.invalid(`${path}.message`, message, "must not contain line breaks");
  }
  if (reason !== undefined && !REASONS.includes(reason)) {
    errors.notSupported(`${path}.reason`, reason, REASONS);
  }
}

function checkAnnotation(
  errors: FieldErrors,
  compiler: PolicyCompiler,
  policy: string,
  { key = "", valueExpression = "" }: LooseAnnotation,
  path: string,
): void {
  if (policy === "") errors.invalid(`${path}.key`, key, "requires metadata.name be non-empty");
  else errors.invalidEach(`${path}.key`, `${policy}/${key}`, qualifiedName(`${policy}/${key}`));
  const text = valueExpression.trim();
  if (text === "") errors.required(`${path}.valueExpression`, "valueExpression is not specified");
  else if (Buffer.byteLength(text) > ANNOTATION_EXPRESSION_MAX) {
    errors.required(
      `${path}.valueExpression`,
      `must not exceed ${ANNOTATION_EXPRESSION_MAX} bytes in length`,
    );
  } else {
    const { error } = compiler.expression(text, "textOrNull");
    if (error !== undefined) errors.invalid(`${path}.valueExpression`, valueExpression, error);
  }
}

interface LooseBinding {
  readonly spec?: {
    readonly policyName?: string;
    readonly paramRef?: LooseParamRef;
    readonly matchResources?: LooseMatchResources;
    readonly validationActions?: readonly string[];
  };
}

const ACTIONS = ["Audit", "Deny", "Warn"];

/** Bindings of validating admission policies: whose they are, with which parameters, and what follows. */
export const POLICY_BINDING_RULES: KindRules<LooseBinding> = {
  name: dnsSubdomain,
  passes: AS_NEW,
  check(errors, { spec = {} }) {
    const { policyName = "", paramRef, matchResources, validationActions = [] } = spec;
    if (policyName === "") errors.required("spec.policyName");
    else errors.invalidEach("spec.policyName", policyName, dnsSubdomain(policyName));
    if (paramRef !== undefined) checkParamRef(errors, paramRef, "spec.paramRef");
    checkMatchResources(errors, matchResources, "spec.matchResources");
    checkActions(errors, validationActions, "spec.validationActions");
  },
};

function checkActions(errors: FieldErrors, actions: readonly string[], path: string): void {
  actions.forEach((action, i) => {
    if (!ACTIONS.includes(action)) errors.notSupported(`${path}[${i}]`, action, ACTIONS);
    if (actions.indexOf(action) < i) errors.duplicate(`${path}[${i}]`, action);
  });
  if (actions.includes("Deny") && actions.includes("Warn")) {
    const why =
      "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)";
    errors.invalid(path, actions, why);
  }
  if (actions.length === 0) errors.required(path, "at least one validation action is required");
}
