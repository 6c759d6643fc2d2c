/** What validating and mutating policies have in common. */
import type { cel } from "../../cel/loader.ts";
import type { LabelSelector } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkSelector } from "../labels.ts";
import { dns1035Label, dnsSubdomain, pathSegment } from "../names.ts";
import type { LooseCondition } from "./match-conditions.ts";
import { checkMatchResources, type LooseMatchResources } from "./match-resources.ts";

export type PolicyCompiler = InstanceType<ReturnType<typeof cel>["PolicyCompiler"]>;

/** What a policy is about, and what becomes of a request when it fails. */
export interface LooseScope {
  readonly failurePolicy?: string;
  readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string };
  readonly matchConstraints?: LooseMatchResources;
}

export interface LooseParamRef {
  readonly name?: string;
  readonly selector?: LabelSelector;
  readonly parameterNotFoundAction?: string;
}

const FAILURE_POLICIES = ["Fail", "Ignore"];

export function checkScope(
  errors: FieldErrors,
  { failurePolicy, paramKind, matchConstraints }: LooseScope,
): void {
  if (failurePolicy === undefined) errors.required("spec.failurePolicy");
  else if (!FAILURE_POLICIES.includes(failurePolicy)) {
    errors.notSupported("spec.failurePolicy", failurePolicy, FAILURE_POLICIES);
  }
  if (paramKind !== undefined) checkParamKind(errors, paramKind, "spec.paramKind");
  if (matchConstraints === undefined) errors.required("spec.matchConstraints");
  else {
    checkMatchResources(errors, matchConstraints, "spec.matchConstraints");
    if ((matchConstraints.resourceRules ?? []).length === 0) {
      errors.required("spec.matchConstraints.resourceRules");
    }
  }
}

function checkParamKind(
  errors: FieldErrors,
  { apiVersion = "", kind = "" }: NonNullable<LooseScope["paramKind"]>,
  path: string,
): void {
  const parts = apiVersion.split("/");
  if (apiVersion === "") errors.required(`${path}.apiVersion`);
  else if (parts.length > 2) {
    errors.invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
  } else {
    const version = parts.at(-1) ?? "";
    const group = parts.length === 2 ? (parts[0] ?? "") : "";
    const wrong = group === "" ? [] : dnsSubdomain(group);
    if (wrong.length > 0) errors.invalid(`${path}.apiVersion`, group, wrong.join(","));
    const wrongVersion = version === "" ? [] : dns1035Label(version);
    if (version === "") errors.invalid(`${path}.apiVersion`, apiVersion, "version must be specified");
    else if (wrongVersion.length > 0) errors.invalid(`${path}.apiVersion`, version, wrongVersion.join(","));
  }
  const wrongKind = dns1035Label(kind.toLowerCase());
  if (kind === "") errors.required(`${path}.kind`);
  else if (wrongKind.length > 0) {
    const why = `may have mixed case, but should otherwise match: ${wrongKind.join(",")}`;
    errors.invalid(`${path}.kind`, kind, why);
  }
}

const RESERVED = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);

/** A variable that later expressions may use. */
export function checkVariable(
  errors: FieldErrors,
  compiler: PolicyCompiler,
  { name = "", expression = "" }: LooseCondition,
  path: string,
): void {
  if (name.trim() === "") errors.required(`${path}.name`, "name is not specified");
  else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) || RESERVED.has(name)) {
    errors.invalid(`${path}.name`, name, "must be a valid CEL identifier");
  }
  if (expression.trim() === "") {
    errors.required(`${path}.expression`, "expression is not specified");
    return;
  }
  const { error } = compiler.variable(name, expression);
  if (error !== undefined) errors.invalid(`${path}.expression`, expression, error);
}

const NOT_FOUND_ACTIONS = ["Deny", "Allow"];

/** Which parameters a binding is for. */
export function checkParamRef(
  errors: FieldErrors,
  { name = "", selector, ...ref }: LooseParamRef,
  path: string,
): void {
  const why = "name and selector are mutually exclusive";
  if (name !== "") {
    errors.invalidEach(`${path}.name`, name, pathSegment(name));
    if (selector !== undefined) errors.forbidden(`${path}.name`, why);
  }
  checkSelector(errors, selector, `${path}.selector`);
  if (selector !== undefined && name !== "") errors.forbidden(`${path}.selector`, why);
  if (name === "" && selector === undefined) {
    errors.required(path, "one of name or selector must be specified");
  }
  const { parameterNotFoundAction: action = "" } = ref;
  if (action === "") errors.required(`${path}.parameterNotFoundAction`);
  else if (!NOT_FOUND_ACTIONS.includes(action)) {
    errors.notSupported(`${path}.parameterNotFoundAction`, action, NOT_FOUND_ACTIONS);
  }
}
