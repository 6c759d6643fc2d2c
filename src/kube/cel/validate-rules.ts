import type { Compiled } from "../../base/cel/compile.ts";
import { type Activation, CostExceeded, holds } from "../../base/cel/evaluate.ts";
import { type Correlated, isFields, oldItem } from "../custom/correlation.ts";
import {
  hasRules,
  type StructuralSchema,
  type ValidationRule,
  valuesOf,
} from "../custom/structural-schema.ts";
import type { StatusCause } from "../status-error.ts";
import { FieldErrors } from "../validation/field-errors.ts";
import {
  activationOf,
  CALL_LIMIT,
  type CompiledRule,
  compileRules,
  messageFrom,
  messageOf,
  nameOf,
  OBJECT_BUDGET,
} from "./custom-rules.ts";
import { escapeName } from "./escape.ts";
import { schemaValue } from "./object-values.ts";
import { type DeclaredType, declare } from "./schema-types.ts";

/** What rules have to say about an object. */
export interface RuleFindings {
  readonly causes: readonly StatusCause[];
  /** What was wrong before as well. */
  readonly warnings: readonly string[];
}

/** The rules of a place and of the places below it that have some. */
interface RuleTree {
  readonly type: DeclaredType;
  readonly rules: readonly CompiledRule[];
  readonly allOf: readonly RuleTree[];
  readonly items: RuleTree | undefined;
  readonly values: RuleTree | undefined;
  readonly properties: ReadonlyMap<string, RuleTree>;
}

const trees = new WeakMap<StructuralSchema, RuleTree>();

/** Evaluates the rules of a schema on an object. `correlated` tells what it was before, if it was. */
export function validateRules(
  schema: StructuralSchema,
  object: unknown,
  correlated: Correlated | undefined,
  place: { readonly path?: string; readonly isResource?: boolean } = {},
): RuleFindings {
  if (!hasRules(schema)) return { causes: [], warnings: [] };
  let tree = trees.get(schema);
  if (tree === undefined) {
    const type = declare(schema, place.isResource ?? true, "selfType");
    if (type === undefined) return { causes: [], warnings: [] };
    tree = treeOf(schema, type);
    trees.set(schema, tree);
  }
  const validation = new RuleValidation();
  const old = correlated?.old;
  validation.visit(tree, { value: object, old, path: place.path ?? "", correlated, nearest: undefined });
  return { causes: validation.errors.list, warnings: validation.warnings };
}

function treeOf(schema: StructuralSchema, type: DeclaredType): RuleTree {
  const values = valuesOf(schema);
  const below = (child: StructuralSchema | undefined, at: DeclaredType | undefined) =>
    child === undefined || at === undefined || !hasRules(child) ? undefined : treeOf(child, at);
  const properties = new Map<string, RuleTree>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const escaped = escapeName(name);
    const isResource = property["x-kubernetes-embedded-resource"] === true;
    const at = escaped === undefined ? declare(property, isResource, name) : type.fields?.get(escaped)?.type;
    const tree = below(property, at);
    if (tree !== undefined) properties.set(name, tree);
  }
  return {
    type,
    rules: compileRules(type, schema["x-kubernetes-validations"]),
    allOf: (schema.allOf ?? []).filter(hasRules).map((each) => treeOf(each, type)),
    items: below(schema.items, type.element),
    values: below(values, type.element),
    properties,
  };
}

/** A value, what it was, and where it stands. */
interface Visited {
  readonly value: unknown;
  readonly old: unknown;
  readonly path: string;
  readonly correlated: Correlated | undefined;
  /** The nearest place above that was there before. */
  readonly nearest: Correlated | undefined;
}

class RuleValidation {
  readonly errors = new FieldErrors();
  readonly warnings: string[] = [];
  #budget = OBJECT_BUDGET;

  /** Below zero nothing is evaluated any more. */
  get #isSpent(): boolean {
    return this.#budget < 0;
  }

  visit(tree: RuleTree, at: Visited): void {
    if (at.value === null || at.value === undefined || this.#isSpent) return;
    for (const rule of tree.rules) {
      if (this.#isSpent) return;
      if (this.#budget === 0) {
        this.#spend(at.path, tree);
        return;
      }
      this.#evaluate(tree, rule, at);
    }
    for (const each of tree.allOf) this.visit(each, { ...at, correlated: undefined });
    if (Array.isArray(at.value) && tree.items !== undefined) this.#items(tree, tree.items, at);
    if (isFields(at.value)) this.#fields(tree, at);
  }

  #items(tree: RuleTree, items: RuleTree, { value, old, path, correlated, nearest }: Visited): void {
    (value as readonly unknown[]).forEach((item, i) => {
      this.visit(items, {
        value: item,
        old: oldItem(tree.type.schema, item, old),
        path: `${path}[${i}]`,
        correlated: correlated?.item(i),
        nearest: correlated ?? nearest,
      });
    });
  }

  #fields(tree: RuleTree, { value, old, path, correlated, nearest }: Visited): void {
    for (const [name, field] of Object.entries(value as object)) {
      const below = tree.properties.get(name) ?? tree.values;
      if (below === undefined) continue;
      const isProperty = tree.properties.has(name);
      this.visit(below, {
        value: field,
        old: isFields(old) ? old[name] : undefined,
        path: isProperty ? (path === "" ? name : `${path}.${name}`) : `${path}[${name}]`,
        correlated: correlated?.field(name),
        nearest: correlated ?? nearest,
      });
    }
  }

  #evaluate(tree: RuleTree, compiled: CompiledRule, at: Visited): void {
    const { rule, program, error, usesOldSelf } = compiled;
    if (error !== undefined) {
      this.#invalid(at.path, tree, `rule compile error: ${error}`);
      return;
    }
    const isOptional = rule.optionalOldSelf === true;
    const wasThere = at.old !== undefined && at.old !== null;
    if (program === undefined || (usesOldSelf && !wasThere && !isOptional)) return;
    const self = once(() => schemaValue(tree.type, at.value));
    const old = wasThere ? once(() => schemaValue(tree.type, at.old)) : undefined;
    const activation = activationOf(self, old, isOptional);
    const outcome = program.run(activation, CALL_LIMIT);
    if (outcome.cost > this.#budget) {
      this.#spend(at.path, tree);
      return;
    }
    this.#budget -= outcome.cost;
    if (outcome.error !== undefined) this.#failed(tree, compiled, at.path, outcome.error);
    else if (!holds(outcome)) this.#refused(tree, compiled, at, activation);
  }

  #failed(tree: RuleTree, { rule }: CompiledRule, path: string, error: Error): void {
    const why = error.message;
    if (why.startsWith("no such overload")) {
      const told = "call arguments did not match a supported operator, function or macro signature for rule";
      this.#invalid(path, tree, `'${why}': ${told}: ${nameOf(rule)}`);
    } else if (error instanceof CostExceeded) {
      const told = "no further validation rules will be run due to call cost exceeds limit for rule";
      this.#invalid(path, tree, `'${why}': ${told}: ${nameOf(rule)}`);
      this.#budget = -1;
    } else this.#invalid(path, tree, `${why} evaluating rule: ${nameOf(rule)}`);
  }

  #refused(tree: RuleTree, compiled: CompiledRule, at: Visited, activation: Activation): void {
    const { rule, message, fieldPath, usesOldSelf } = compiled;
    const text =
      message === undefined ? messageOf(rule) : this.#message(tree, rule, message, at.path, activation);
    if (text === undefined) return;
    const path = fieldPath === "" ? at.path : at.path === "" ? fieldPath : `${at.path}.${fieldPath}`;
    const said = new FieldErrors();
    report(said, rule.reason, path, tree, text);
    const isOld = (at.correlated ?? at.nearest)?.isEqual === true;
    if (usesOldSelf || !isOld) this.errors.list.push(...said.list);
    else this.warnings.push(...said.list.map(({ field, message: why }) => `${field}: ${why}`));
  }

  /** `undefined` when the budget does not suffice for saying it. */
  #message(
    tree: RuleTree,
    rule: ValidationRule,
    message: Compiled,
    path: string,
    activation: Activation,
  ): string | undefined {
    const outcome = message.run(activation, CALL_LIMIT);
    if (outcome.cost > this.#budget) {
      const why = "running out of cost budget, no further validation rules will be run";
      this.#invalid(path, tree, `messageExpression evaluation failed due to ${why}`);
      this.#budget = -1;
      return undefined;
    }
    if (outcome.error instanceof CostExceeded) {
      const why = "call cost exceeds limit for messageExpression";
      this.#invalid(
        path,
        tree,
        `no further validation rules will be run due to ${why}: "${rule.messageExpression}"`,
      );
      this.#budget = -1;
      return undefined;
    }
    this.#budget -= outcome.cost;
    return messageFrom(outcome) ?? messageOf(rule);
  }

  #invalid(path: string, tree: RuleTree, why: string): void {
    report(this.errors, undefined, path, tree, why);
  }

  #spend(path: string, tree: RuleTree): void {
    const why =
      "validation failed due to running out of cost budget, no further validation rules will be run";
    this.#invalid(path, tree, why);
    this.#budget = -1;
  }
}

/** Instead of the value, errors of rules tell its type. */
function report(
  errors: FieldErrors,
  reason: string | undefined,
  place: string,
  { type: { schema } }: RuleTree,
  why: string,
): void {
  const path = place === "" ? "<nil>" : place;
  const value = schema.type ?? "";
  switch (reason) {
    case "FieldValueForbidden":
      errors.forbidden(path, why);
      break;
    case "FieldValueRequired":
      errors.required(path, why);
      break;
    case "FieldValueDuplicate":
      errors.duplicate(path, value);
      break;
    default:
      errors.invalid(path, value, why);
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
