/**
 * Expressions of admission policies: compiled once for each policy, evaluated for each request within a budget. The words are
 * those of k8s.io/apiserver's `admission/plugin/cel`.
 */
import { type Compiled, compileCel } from "../../base/cel/compile.ts";
import type { Environment } from "../../base/cel/environment.ts";
import type { Activation } from "../../base/cel/evaluate.ts";
import { BOOL, type CelType, DYN, listOf, mapOf, NULL, STRING, sameType } from "../../base/cel/types.ts";
import { CelError, type CelMap, type CelValue } from "../../base/cel/values.ts";
import { type Asked, authorizerOf, resourceCheckOf } from "./authorizer.ts";
import { dynamicValue } from "./dynamic-values.ts";
import { JSON_PATCHES, OBJECT } from "./patch-types.ts";
import { policyEnvironment, VARIABLES } from "./policy-environment.ts";
import { kubernetesCallCost } from "./runtime-cost.ts";

/** What the expressions of one policy, or those of one list of match conditions, may cost together; and one of them. */
const POLICY_BUDGET = 10_000_000;
const CONDITIONS_BUDGET = 2_500_000;
const CALL_LIMIT = 1_000_000;

const OUT_OF_BUDGET =
  "validation failed due to running out of cost budget, no further validation rules will be run";

export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

/** A request as expressions see it, all of it as JSON. */
export interface PolicyInput {
  readonly object: unknown;
  readonly oldObject: unknown;
  readonly request: unknown;
  readonly params: unknown;
  readonly namespaceObject: unknown;
  readonly asked: Asked;
  /** What `authorizer.requestResource` asks about. */
  readonly resource: {
    readonly group: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
}

/** An expression ready to be evaluated, or why it never will be. */
export interface PolicyExpression {
  readonly text: string;
  readonly compiled?: Compiled;
  readonly error?: string;
}

/** What an expression may come to. */
const RESULTS = {
  bool: [BOOL],
  text: [STRING],
  textOrNull: [STRING, NULL],
  object: [OBJECT],
  jsonPatches: [JSON_PATCHES],
} as const satisfies Record<string, readonly CelType[]>;

export type ResultName = keyof typeof RESULTS;

/** What only mutations may come to, and may be made of. */
const PATCHES: readonly ResultName[] = ["object", "jsonPatches"];

/** Compiles the expressions of one policy in the order in which they stand: later ones see the variables of earlier ones. */
export class PolicyCompiler {
  readonly variables = new Map<string, PolicyExpression>();
  readonly #types = new Map<string, CelType>();
  readonly #hasParams: boolean;
  readonly #isComposed: boolean;

  constructor(hasParams: boolean, isComposed: boolean) {
    this.#hasParams = hasParams;
    this.#isComposed = isComposed;
  }

  variable(name: string, text: string): PolicyExpression {
    const variable = compileExpression(this.#environment(true), text, undefined);
    this.variables.set(name, variable);
    this.#types.set(name, seenType(variable.compiled?.checked.type));
    return variable;
  }

  expression(text: string, result: ResultName, hasAuthorizer: boolean = true): PolicyExpression {
    const environment = this.#environment(hasAuthorizer, PATCHES.includes(result));
    return compileExpression(environment, text, RESULTS[result]);
  }

  #environment(hasAuthorizer: boolean, hasPatchTypes = false): Environment {
    const variables = this.#isComposed ? { variables: this.#types } : {};
    return policyEnvironment({ hasParams: this.#hasParams, hasAuthorizer, hasPatchTypes, ...variables });
  }
}

function compileExpression(
  environment: Environment,
  text: string,
  results: readonly CelType[] | undefined,
): PolicyExpression {
  const compilation = compileCel(environment, text, kubernetesCallCost);
  if (!compilation.ok) return { text, error: `compilation failed: ${compilation.why}` };
  const { compiled } = compilation;
  const { type } = compiled.checked;
  if (results === undefined || results.some((each) => sameType(each, type))) return { text, compiled };
  const names = results.map(typeText);
  const wanted = names.length === 1 ? names[0] : `one of [${names.join(" ")}]`;
  return { text, error: `must evaluate to ${wanted} but got ${typeText(type)}` };
}

function typeText({ name, parameters }: CelType): string {
  return parameters.length === 0 ? name : `${name}(${parameters.map(typeText).join(", ")})`;
}

/** Of the types of variables only the simple ones, lists and maps are known to other expressions. */
export function seenType(type: CelType = DYN): CelType {
  switch (type.kind) {
    case "opaque":
    case "struct":
    case "type":
    case "typeParam":
      return DYN;
    case "list":
      return listOf(seenType(type.parameters[0]));
    case "map":
      return mapOf(seenType(type.parameters[0]), seenType(type.parameters[1]));
    default:
      return type;
  }
}

/** What became of one expression. */
export type Evaluation =
  | { readonly value: CelValue; readonly error?: undefined }
  | { readonly error: string; readonly value?: undefined };

/** The budget of several expressions ran out: none of them counts. */
export class OutOfBudget extends Error {
  constructor() {
    super(OUT_OF_BUDGET);
  }
}

/** Evaluates expressions of a policy on a request, all within one budget; variables are evaluated where they are used first. */
export class PolicyRun {
  budget: number;
  readonly #activation: Activation;
  #variablesCost = 0;

  constructor(
    input: PolicyInput,
    variables: ReadonlyMap<string, PolicyExpression>,
    budget: number = POLICY_BUDGET,
  ) {
    this.budget = budget;
    const values = new ComposedVariables(variables, (name, expression) => this.#compose(name, expression));
    this.#activation = (name) => variableOf(input, name, values);
  }

  /** @throws {OutOfBudget} */
  evaluate({ text, compiled, error }: PolicyExpression): Evaluation {
    if (compiled === undefined) return { error: `compilation error: ${error}` };
    const outcome = compiled.run(this.#activation, CALL_LIMIT);
    this.budget -= this.#variablesCost + outcome.cost;
    this.#variablesCost = 0;
    if (this.budget < 0) throw new OutOfBudget();
    if (outcome.error === undefined) return { value: outcome.value };
    return { error: `expression '${text}' resulted in error: ${outcome.error.message}` };
  }

  #compose(name: string, { compiled, error }: PolicyExpression): CelValue {
    const quoted = JSON.stringify(name);
    if (compiled === undefined)
      throw new CelError(`composited variable ${quoted} fails to compile: ${error}`);
    const outcome = compiled.run(this.#activation, CALL_LIMIT);
    this.#variablesCost += outcome.cost;
    if (outcome.error === undefined) return outcome.value;
    throw new CelError(`composited variable ${quoted} fails to evaluate: ${outcome.error.message}`);
  }
}

function variableOf(input: PolicyInput, name: string, variables: CelMap): CelValue | undefined {
  switch (name) {
    case "object":
    case "oldObject":
    case "request":
    case "params":
    case "namespaceObject":
      return dynamicValue(input[name]);
    case "variables":
      return variables;
    case "authorizer":
      return authorizerOf(input.asked);
    case "authorizer.requestResource":
      return resourceCheckOf({ asked: input.asked, ...input.resource });
    default:
      return undefined;
  }
}

/** `variables`: each is evaluated once, when it is looked at. */
class ComposedVariables implements CelMap {
  readonly isMap = true;
  readonly struct = VARIABLES;
  readonly #variables: ReadonlyMap<string, PolicyExpression>;
  readonly #compose: (name: string, expression: PolicyExpression) => CelValue;
  readonly #known = new Map<string, CelValue | CelError>();

  constructor(
    variables: ReadonlyMap<string, PolicyExpression>,
    compose: (name: string, expression: PolicyExpression) => CelValue,
  ) {
    this.#variables = variables;
    this.#compose = compose;
  }

  get size(): number {
    return this.#variables.size;
  }

  keys(): Iterable<CelValue> {
    return this.#variables.keys();
  }

  get(key: CelValue): CelValue | undefined {
    const expression = typeof key === "string" ? this.#variables.get(key) : undefined;
    if (expression === undefined) return undefined;
    const name = key as string;
    let known = this.#known.get(name);
    if (known === undefined) {
      known = attempt(() => this.#compose(name, expression));
      this.#known.set(name, known);
    }
    if (known instanceof CelError) throw known;
    return known;
  }
}

function attempt(compose: () => CelValue): CelValue | CelError {
  try {
    return compose();
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
}

/** Whether conditions let a request through. */
export type Matching =
  | { readonly matches: boolean; readonly error?: undefined }
  | { readonly error: string; readonly matches?: undefined };

/** Conditions that a request must meet before a policy or a webhook looks at it. One that is false is enough to pass it over. */
export class MatchConditions {
  readonly #conditions: readonly PolicyExpression[];
  readonly #variables: ReadonlyMap<string, PolicyExpression>;

  constructor(
    conditions: readonly NamedExpression[],
    compiler: PolicyCompiler = new PolicyCompiler(false, false),
  ) {
    this.#conditions = conditions.map(({ expression }) => compiler.expression(expression, "bool"));
    this.#variables = compiler.variables;
  }

  match(input: PolicyInput): Matching {
    if (this.#conditions.length === 0) return { matches: true };
    const run = new PolicyRun({ ...input, namespaceObject: null }, this.#variables, CONDITIONS_BUDGET);
    const errors: string[] = [];
    try {
      for (const condition of this.#conditions) {
        const { value, error } = run.evaluate(condition);
        if (value === false) return { matches: false };
        if (error !== undefined) errors.push(error);
      }
    } catch (error) {
      if (error instanceof OutOfBudget) return { error: error.message };
      throw error;
    }
    const [first] = errors;
    if (first === undefined) return { matches: true };
    const distinct = [...new Set(errors)];
    return { error: distinct.length === 1 ? first : `[${distinct.join(", ")}]` };
  }
}
