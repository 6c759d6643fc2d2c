/**
 * Compiles the rules of a definition's schema, and adds up what they may cost at most: CEL's own words where one makes no sense,
 * and a refusal where one could keep the server busy for too long.
 */
import { cel } from "../../cel/loader.ts";
import { hasRules, type StructuralSchema } from "../../custom/structural-schema.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalRule, isSchema, itemsOf, type SchemaProps } from "./schema-props.ts";

type CompiledRule = ReturnType<ReturnType<typeof cel>["compileRules"]>[number];
type DeclaredType = NonNullable<ReturnType<ReturnType<typeof cel>["declare"]>>;

/** What one rule of a definition may cost, and all rules of one schema. */
const RULE_LIMIT = 10_000_000n;
const SCHEMA_LIMIT = 100_000_000n;
const UNBOUNDED = 2n ** 64n - 1n;

/** A place of the schema on the way to its rules. */
interface Place {
  readonly schema: SchemaProps;
  readonly path: string;
  readonly type: DeclaredType | undefined;
  /** How many values can stand here; `undefined` when nothing limits them. */
  readonly cardinality: bigint | undefined;
  /** The list or map above in which values cannot be told from one another. */
  readonly uncorrelatable: string | undefined;
}

interface Totals {
  total: bigint;
  readonly expensive: { readonly path: string; readonly cost: bigint }[];
}

export interface RuleOccasion {
  /** Whether the schema was there before: then single rules may cost what they like. */
  readonly isUnchanged: boolean;
  /** Whether something is wrong with the schema at a place or below it. */
  isWrong(path: string): boolean;
}

/** @throws {Pending} while CEL is not loaded */
export function checkRules(
  errors: FieldErrors,
  root: SchemaProps,
  path: string,
  occasion: RuleOccasion,
): void {
  if (!hasRules(root as StructuralSchema)) return;
  const type = cel().declare(root as StructuralSchema, true, "selfType");
  const totals: Totals = { total: 0n, expensive: [] };
  const top: Place = { schema: root, path, type, cardinality: 1n, uncorrelatable: undefined };
  visit(errors, top, totals, occasion);
  if (totals.total <= SCHEMA_LIMIT) return;
  totals.expensive.sort((one, other) => (one.cost > other.cost ? -1 : 1));
  for (const each of totals.expensive.slice(0, 4)) {
    errors.forbidden(
      each.path,
      "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema",
    );
  }
  const name = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
  errors.forbidden(path, tooCostly(name, totals.total, SCHEMA_LIMIT));
}

function visit(errors: FieldErrors, place: Place, totals: Totals, occasion: RuleOccasion): void {
  for (const below of placesBelow(place)) {
    if (hasRules(below.schema as StructuralSchema)) visit(errors, below, totals, occasion);
  }
  const rules = place.schema["x-kubernetes-validations"] ?? [];
  const { type } = place;
  if (rules.length === 0 || type === undefined || occasion.isWrong(place.path)) return;
  const { isUnchanged } = occasion;
  cel()
    .compileRules(type, rules)
    .forEach((compiled, i) => {
      const at = `${place.path}.x-kubernetes-validations[${i}]`;
      const count = place.cardinality ?? cel().maxCardinality(type);
      observe(errors, compiled, { at, cost: product(compiled.maxCost, count), isUnchanged }, totals);
      tellProblems(errors, compiled, at, place.uncorrelatable);
    });
}

function placesBelow(place: Place): readonly Place[] {
  const { schema, path, type, uncorrelatable } = place;
  const cardinality = cardinalityBelow(place);
  const places: Place[] = [];
  const { additionalProperties: values } = schema;
  if (isSchema(values)) {
    const at = `${path}.additionalProperties`;
    places.push({ schema: values, path: at, type: type?.element, cardinality, uncorrelatable });
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const at = `${path}.properties[${name}]`;
    const field = [...(type?.fields?.values() ?? [])].find((each) => each.name === name);
    places.push({
      schema: property,
      path: at,
      type: field?.type ?? declared(property, name),
      cardinality,
      uncorrelatable,
    });
  }
  const items = itemsOf(schema);
  if (items !== undefined) {
    const isKeyed = schema["x-kubernetes-list-type"] === "map";
    const forbidden = isKeyed ? uncorrelatable : (uncorrelatable ?? path);
    places.push({
      schema: items,
      path: `${path}.items`,
      type: type?.element,
      cardinality,
      uncorrelatable: forbidden,
    });
  }
  return places;
}

/** A field that rules above cannot see has a type of its own. */
function declared(schema: SchemaProps, name: string): DeclaredType | undefined {
  if (!hasRules(schema as StructuralSchema)) return undefined;
  return cel().declare(schema as StructuralSchema, schema["x-kubernetes-embedded-resource"] === true, name);
}

function cardinalityBelow({ schema, cardinality }: Place): bigint | undefined {
  const { type, additionalProperties, maxProperties, maxItems } = schema;
  if (cardinality === undefined) return undefined;
  const limit = (max: number | undefined) =>
    max === undefined ? undefined : product(cardinality, BigInt(Math.max(0, max)));
  if (type === "array") return limit(maxItems);
  return type === "object" && additionalProperties !== undefined ? limit(maxProperties) : cardinality;
}

function product(one: bigint, other: bigint): bigint {
  const value = one * other;
  return value > UNBOUNDED ? UNBOUNDED : value;
}

interface Observed {
  readonly at: string;
  readonly cost: bigint;
  /** What was stored before is not held to the limit of a single rule. */
  readonly isUnchanged: boolean;
}

function observe(
  errors: FieldErrors,
  { message, messageError, messageMaxCost }: CompiledRule,
  { at, cost, isUnchanged }: Observed,
  totals: Totals,
): void {
  const told = [{ path: `${at}.rule`, cost, name: "estimated rule cost" }];
  if (messageError === undefined && message !== undefined) {
    told.push({
      path: `${at}.messageExpression`,
      cost: messageMaxCost,
      name: "estimated messageExpression cost",
    });
  }
  for (const each of told) {
    if (!isUnchanged && each.cost > RULE_LIMIT) {
      errors.forbidden(each.path, tooCostly(each.name, each.cost, RULE_LIMIT));
    }
    totals.total = totals.total + each.cost > UNBOUNDED ? UNBOUNDED : totals.total + each.cost;
    if (each.cost >= SCHEMA_LIMIT / 100n) totals.expensive.push(each);
  }
}

function tooCostly(name: string, cost: bigint, limit: bigint): string {
  const by = Number(cost) / Number(limit);
  const factor = by > 100 ? "more than 100x" : by < 1.5 ? `${by.toFixed(6)}x` : `${by.toFixed(1)}x`;
  const advice =
    "try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared";
  return `${name} exceeds budget by factor of ${factor} (${advice})`;
}

function tellProblems(
  errors: FieldErrors,
  { rule, error, messageError, usesOldSelf }: CompiledRule,
  at: string,
  uncorrelatable: string | undefined,
): void {
  if (error !== undefined) errors.invalid(`${at}.rule`, internalRule(rule), error);
  if (messageError !== undefined) errors.invalid(`${at}.messageExpression`, internalRule(rule), messageError);
  if (usesOldSelf && uncorrelatable !== undefined) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`;
    errors.invalid(`${at}.rule`, rule.rule, why);
  }
  if (!usesOldSelf && error === undefined && rule.optionalOldSelf !== undefined) {
    errors.invalid(
      `${at}.optionalOldSelf`,
      rule.optionalOldSelf,
      "may not be set if oldSelf is not used in rule",
    );
  }
}
