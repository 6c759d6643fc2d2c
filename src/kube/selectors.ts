/**
 * Label selectors: which objects are meant. A `LabelSelector` (the object's spelling) and a selector text (the query
 * string's, read by `selector-text.ts`) both compile to a `CompiledSelector`, a list of requirements that must all hold.
 *
 * Objects never change, so the compiled form is kept by the identity of the selector. Nothing here validates: selectors are
 * checked where they enter, and one that slipped through with an unknown operator selects nothing.
 */
import { getOwn } from "../base/get-own.ts";
import type { LabelSelector, StringMap } from "./types/meta.ts";

/** apimachinery's selection.Operator. "exists" and "!" take no values, "gt" and "lt" one integer. */
export type SelectorOperator = "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | "gt" | "lt";

/** One condition on one label. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

const NO_LABELS: StringMap = Object.freeze({});

/** Requirements in order of key, ready to be asked about many objects. */
export class CompiledSelector {
  readonly requirements: readonly LabelRequirement[];
  readonly #selectsNothing: boolean;
  #text: string | undefined;

  constructor(requirements: readonly LabelRequirement[], selectsNothing = false) {
    this.requirements = requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    this.#selectsNothing = selectsNothing;
  }

  /** Whether an object with these labels is selected. */
  matches(labels: StringMap = NO_LABELS): boolean {
    if (this.#selectsNothing) return false;
    for (const requirement of this.requirements) if (!holds(requirement, labels)) return false;
    return true;
  }

  /** Whether no object is left out. */
  get selectsEverything(): boolean {
    return !this.#selectsNothing && this.requirements.length === 0;
  }

  /** The text that apimachinery prints, e.g. "a=b,c in (d,e),!f"; empty for everything and for nothing. */
  toString(): string {
    this.#text ??= this.requirements.map(formatRequirement).join(",");
    return this.#text;
  }
}

const EVERYTHING = new CompiledSelector([]);
const NOTHING = new CompiledSelector([], true);
const compiled = new WeakMap<LabelSelector, CompiledSelector>();

/** The compiled form of a selector object; an absent selector selects nothing, one without terms everything. */
export function compileSelector(selector: LabelSelector | undefined | null): CompiledSelector {
  if (selector == null) return NOTHING;
  let answer = compiled.get(selector);
  if (answer === undefined) {
    answer = compile(selector);
    compiled.set(selector, answer);
  }
  return answer;
}

/** Whether a selector object selects an object with these labels. */
export function selectorMatches(
  selector: LabelSelector | undefined | null,
  labels: StringMap | undefined,
): boolean {
  return compileSelector(selector).matches(labels);
}

/** Whether labels carry every pair of a plain map, as Services and ReplicationControllers select. An empty map selects all. */
export function labelsContain(labels: StringMap | undefined, wanted: StringMap | undefined): boolean {
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false;
  return true;
}

/** The compiled form of a plain map of labels. */
export function compileLabels(wanted: StringMap): CompiledSelector {
  return new CompiledSelector(equalities(wanted));
}

/** How tables show a selector object: metav1.FormatLabelSelector. */
export function formatLabelSelector(selector: LabelSelector | undefined | null): string {
  return compileSelector(selector).toString() || "<none>";
}

const OPERATORS = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!" } as const;

function compile({ matchLabels = {}, matchExpressions = [] }: LabelSelector): CompiledSelector {
  const requirements = equalities(matchLabels);
  for (const { key, operator, values = [] } of matchExpressions) {
    const known: SelectorOperator | undefined = OPERATORS[operator];
    if (known === undefined) return NOTHING;
    requirements.push({ key, operator: known, values });
  }
  return requirements.length === 0 ? EVERYTHING : new CompiledSelector(requirements);
}

function equalities(wanted: StringMap): LabelRequirement[] {
  return Object.entries(wanted).map(([key, value]) => ({ key, operator: "=", values: [value] }));
}

function holds({ key, operator, values }: LabelRequirement, labels: StringMap): boolean {
  const value = getOwn(labels, key);
  switch (operator) {
    case "=":
    case "==":
    case "in":
      return value !== undefined && values.includes(value);
    case "!=":
    case "notin":
      // A label that is not there has none of the values.
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "gt":
    case "lt":
      return value !== undefined && compareIntegers(operator, value, values);
    default:
      return false;
  }
}

/** Both sides must be whole numbers of 64 bits, else nothing is greater or less. */
function compareIntegers(operator: "gt" | "lt", value: string, values: readonly string[]): boolean {
  const left = parseInt64(value);
  const right = values.length === 1 ? parseInt64(values[0] as string) : undefined;
  if (left === undefined || right === undefined) return false;
  return operator === "gt" ? left > right : left < right;
}

/** The number of a text of digits, or `undefined` when it is none that an int64 holds. */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[-+]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

const SIGNS = { "=": "=", "==": "==", "!=": "!=", gt: ">", lt: "<" } as const;

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case "exists":
      return key;
    case "!":
      return `!${key}`;
    case "in":
    case "notin":
      return `${key} ${operator} (${values.toSorted().join(",")})`;
    default:
      return `${key}${SIGNS[operator]}${values.join(",")}`;
  }
}
