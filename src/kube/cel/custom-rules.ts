/**
 * Rules of custom resources (`x-kubernetes-validations`): compiled once for each schema, evaluated for each object within a
 * budget. What was wrong before and did not change is a warning, except to rules that look at the old value.
 */
import { type Compiled, compileCel } from "../../base/cel/compile.ts";
import { estimateCost } from "../../base/cel/cost-estimate.ts";
import { withVariables } from "../../base/cel/environment.ts";
import type { Activation, Outcome } from "../../base/cel/evaluate.ts";
import { type CelType, optionalOf } from "../../base/cel/types.ts";
import { OPTIONAL_NONE, Optional } from "../../base/cel/values.ts";
import { followPath } from "../custom/field-path.ts";
import type { StructuralSchema, ValidationRule } from "../custom/structural-schema.ts";
import { kubernetesCostModel } from "./cost-model.ts";
import { KUBERNETES } from "./environment.ts";
import { kubernetesCallCost } from "./runtime-cost.ts";
import { type DeclaredType, REQUEST_MAX, structsIn, typeAt } from "./schema-types.ts";

/** What one evaluation may cost, and all those of one object. */
export const CALL_LIMIT = 1_000_000;
export const OBJECT_BUDGET = 10_000_000;

/** A rule ready to be evaluated, or why it never will be. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program?: Compiled;
  readonly message?: Compiled;
  readonly error?: string;
  readonly messageError?: string;
  readonly usesOldSelf: boolean;
  /** Where its errors are told, below the place of the rule; "" for the place itself. */
  readonly fieldPath: string;
  /** The most that one evaluation may cost, of the rule and of its message. */
  readonly maxCost: bigint;
  readonly messageMaxCost: bigint;
}

/** How often a value of a type can be in one request. */
export function maxCardinality({ minSize }: DeclaredType): bigint {
  return BigInt(Math.floor(REQUEST_MAX / (minSize + 1)));
}

/** Compiles the rules about the values of one type. */
export function compileRules(
  type: DeclaredType,
  rules: readonly ValidationRule[] = type.schema["x-kubernetes-validations"] ?? [],
): readonly CompiledRule[] {
  return rules.map((rule) => compileRule(type, rule));
}

const NOT_COMPILED = { usesOldSelf: false, fieldPath: "", maxCost: 0n, messageMaxCost: 0n } as const;

function compileRule(type: DeclaredType, rule: ValidationRule): CompiledRule {
  const { rule: text = "", optionalOldSelf = false } = rule;
  if (text.trim() === "") return { rule, ...NOT_COMPILED };
  const oldSelf: CelType = optionalOldSelf ? optionalOf(type.cel) : type.cel;
  const variables = [["self", type.cel] as const, ["oldSelf", oldSelf] as const];
  const environment = withVariables(KUBERNETES, variables, structsIn(type));
  const compiled = compileCel(environment, text, kubernetesCallCost);
  if (!compiled.ok) return { rule, error: `compilation failed: ${compiled.why}`, ...NOT_COMPILED };
  const { checked } = compiled.compiled;
  if (checked.type.kind !== "bool") {
    return { rule, error: "cel expression must evaluate to a bool", ...NOT_COMPILED };
  }
  const model = kubernetesCostModel((path) => {
    const found = typeAt(type, path.slice(1));
    return found && { min: 0n, max: BigInt(found.maxElements) };
  });
  const base = {
    rule,
    program: compiled.compiled,
    usesOldSelf: checked.variables.has("oldSelf"),
    fieldPath: fieldPathOf(type.schema, rule),
    maxCost: estimateCost(checked, model).max,
    messageMaxCost: 0n,
  };
  if (!rule.messageExpression) return base;
  const message = compileCel(environment, rule.messageExpression, kubernetesCallCost);
  if (!message.ok) {
    return { ...base, messageError: `messageExpression compilation failed: ${message.why}` };
  }
  if (message.compiled.checked.type.kind !== "string") {
    return { ...base, messageError: "messageExpression must evaluate to a string" };
  }
  const messageMaxCost = estimateCost(message.compiled.checked, model).max;
  return { ...base, message: message.compiled, messageMaxCost };
}

function fieldPathOf(schema: StructuralSchema, { fieldPath }: ValidationRule): string {
  if (!fieldPath) return "";
  const followed = followPath(schema, fieldPath);
  return followed.ok ? followed.path : "";
}

/** What a value is to rules: itself, and what it was. */
export function activationOf(
  self: () => unknown,
  old: (() => unknown) | undefined,
  isOptional: boolean,
): Activation {
  return (variable) => {
    if (variable === "self") return self() as never;
    if (!isOptional) return old?.() as never;
    return old === undefined ? OPTIONAL_NONE : new Optional(old() as never);
  };
}

/** The text that says that a rule failed, when it has no message of its own that can be told. */
export function messageOf(rule: ValidationRule): string {
  return rule.message ? rule.message.trim() : `failed rule: ${(rule.rule ?? "").trim()}`;
}

/** How errors name a rule. */
export function nameOf(rule: ValidationRule): string {
  return (rule.message || rule.rule || "").trim();
}

/** How long a message may be that an expression gives, in bytes. */
const MESSAGE_MAX = 5 * 1024;

/** The message that an expression gave, if it is one. */
export function messageFrom({ value }: Outcome): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" || text.includes("\n") || Buffer.byteLength(text) > MESSAGE_MAX ? undefined : text;
}
