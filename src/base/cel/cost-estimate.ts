/**
 * What evaluating an expression may cost at most, before anything is known of its variables but their schemas: cel-go's
 * `checker/cost.go`. Kubernetes refuses expressions that may cost too much.
 */
import { ACCUMULATOR, type Call, type Comprehension, type Expr } from "./ast.ts";
import { REGEX_FACTOR, STRING_FACTOR } from "./call-cost.ts";
import type { Checked } from "./checker.ts";
import { fixed, NOTHING, ONE, plus, type Range, scaled, times, UNKNOWN, union } from "./cost-range.ts";
import { type CelType, DYN } from "./types.ts";
import { CelList, lengthOf } from "./values.ts";

/** An operand, as far as its cost goes. */
export interface CostNode {
  /** The fields on the way from a variable; "@items", "@keys" and "@values" lead into collections. */
  readonly path: readonly string[];
  readonly type: CelType;
  readonly expr: Expr | undefined;
  readonly size: Range | undefined;
}

export interface CallEstimate {
  readonly cost: Range;
  readonly resultSize?: Range | undefined;
}

/** What is known of costs outside of the language. */
export interface CostModel {
  /** The size of what a path leads to. */
  sizeOf(node: CostNode): Range | undefined;
  /** What a call costs, without its arguments. */
  callCost?(
    name: string,
    overload: string,
    target: CostNode | undefined,
    args: readonly CostNode[],
  ): CallEstimate | undefined;
}

export function estimateCost(checked: Checked, model: CostModel): Range {
  return new Estimator(checked, model).cost(checked.expr);
}

interface Local {
  readonly path: readonly string[];
  readonly size: Range | undefined;
  readonly entries: EntrySizes | undefined;
}

interface EntrySizes {
  readonly container: "list" | "map";
  readonly key: Range;
  readonly value: Range;
}

/** Elements that a literal does not have. */
const NO_SIZE: Range = { min: UNKNOWN.max, max: 0n };

class Estimator {
  readonly #checked: Checked;
  readonly #model: CostModel;
  readonly #paths = new Map<number, readonly string[]>();
  readonly #sizes = new Map<number, Range>();
  readonly #entries = new Map<number, EntrySizes>();
  readonly #locals = new Map<string, Local[]>();

  constructor(checked: Checked, model: CostModel) {
    this.#checked = checked;
    this.#model = model;
  }

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case "literal":
        return NOTHING;
      case "ident":
        return this.#ident(expr.id, expr.name);
      case "select":
        return this.#select(expr);
      case "call":
        return this.#call(expr);
      case "list":
        return this.#list(expr);
      case "map":
        return this.#map(expr);
      case "struct":
        return plus(fixed(40), ...expr.fields.map(({ value }) => this.cost(value)));
      case "comprehension":
        return isBinding(expr) ? this.#binding(expr) : this.#comprehension(expr);
    }
  }

  #ident(id: number, written: string): Range {
    const { name = written } = this.#checked.references.get(id) ?? {};
    this.#paths.set(id, this.#local(name)?.path ?? [name]);
    return ONE;
  }

  #select(expr: Extract<Expr, { kind: "select" }>): Range {
    const reference = this.#checked.references.get(expr.id);
    if (reference !== undefined) return this.#ident(expr.id, reference.name);
    const operand = this.cost(expr.operand);
    if (expr.testOnly) return operand;
    this.#paths.set(expr.id, [...this.#pathOf(expr.operand), expr.field]);
    return ["map", "struct", "typeParam"].includes(this.#typeOf(expr.operand).kind)
      ? plus(operand, ONE)
      : operand;
  }

  #call(expr: Call): Range {
    if (expr.name === "dyn") return this.#dyn(expr);
    const overloads = this.#overloadsOf(expr);
    const isMember = overloads[0]?.isMember === true;
    const costs = expr.arguments.map((each) => this.cost(each));
    const nodes = expr.arguments.map((each) => this.#node(each));
    if (overloads.length === 0) return NOTHING;
    const receiver = isMember ? expr.target : undefined;
    const target = receiver && this.cost(receiver);
    const targetNode = receiver && this.#node(receiver);
    const name = this.#nameOf(expr, isMember);
    let cost: Range = NO_SIZE;
    let size: Range | undefined;
    for (const { id } of overloads) {
      const estimate = this.#overload({ expr, name, overload: id, target: targetNode, args: nodes, costs });
      cost = union(cost, estimate.cost);
      if (estimate.resultSize !== undefined)
        size = size === undefined ? estimate.resultSize : union(size, estimate.resultSize);
      size = this.#indexed(expr, id) ?? size ?? this.#sizeOf(expr);
    }
    if (size !== undefined) this.#sizes.set(expr.id, size);
    return target === undefined ? cost : plus(target, cost);
  }

  /** The checker says nothing of optional selection, which is a call to the parser only. */
  #overloadsOf(expr: Call): readonly { readonly id: string; readonly isMember: boolean }[] {
    if (expr.name === "_?._") return [{ id: "select_optional_field", isMember: false }];
    return this.#checked.overloads.get(expr.id) ?? [];
  }

  /** A function of a name space has the whole name. */
  #nameOf({ name, target }: Call, isMember: boolean): string {
    return target?.kind === "ident" && !isMember ? `${target.name}.${name}` : name;
  }

  /** `dyn(x)` costs one more than x, and is as large. */
  #dyn(expr: Call): Range {
    const [argument] = expr.arguments as readonly [Expr];
    const cost = plus(ONE, this.cost(argument));
    this.#copySizes(expr, argument);
    return cost;
  }

  #indexed(expr: Call, overload: string): Range | undefined {
    const [first] = expr.arguments;
    if (first === undefined || (overload !== "index_list" && overload !== "index_map")) return undefined;
    this.#paths.set(expr.id, [...this.#pathOf(first), overload === "index_list" ? "@items" : "@values"]);
    return this.#entriesOf(first)?.value;
  }

  #list(expr: Extract<Expr, { kind: "list" }>): Range {
    const costs = expr.elements.map((each) => this.cost(each));
    const start = expr.elements.length === 0 ? NOTHING : NO_SIZE;
    const value = expr.elements.reduce((size, each) => union(size, this.#sizeOrUnknown(each)), start);
    this.#entries.set(expr.id, { container: "list", key: ONE, value });
    return plus(fixed(10), ...costs);
  }

  #map(expr: Extract<Expr, { kind: "map" }>): Range {
    const costs = expr.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]);
    const start = expr.entries.length === 0 ? NOTHING : NO_SIZE;
    const key = expr.entries.reduce((size, each) => union(size, this.#sizeOrUnknown(each.key)), start);
    const value = expr.entries.reduce((size, each) => union(size, this.#sizeOrUnknown(each.value)), start);
    this.#entries.set(expr.id, { container: "map", key, value });
    return plus(fixed(30), ...costs);
  }

  #binding(expr: Comprehension): Range {
    const range = this.cost(expr.range);
    const init = this.cost(expr.init);
    this.#pushValue(expr.accumulator, expr.init);
    const result = this.cost(expr.result);
    this.#pop(expr.accumulator);
    this.#copySizes(expr, expr.result);
    return plus(range, init, result);
  }

  #comprehension(expr: Comprehension): Range {
    const before = plus(this.cost(expr.range), this.cost(expr.init));
    this.#pushValue(expr.accumulator, expr.init);
    const { variable2 } = expr;
    if (variable2 === undefined) this.#pushElement(expr.variable, expr.range, "single");
    else {
      this.#pushElement(expr.variable, expr.range, "key");
      this.#pushElement(variable2, expr.range, "value");
    }
    const each = plus(this.cost(expr.condition), this.cost(expr.step));
    this.#pop(expr.variable);
    if (variable2 !== undefined) this.#pop(variable2);
    const result = this.cost(expr.result);
    this.#pop(expr.accumulator);
    const count = this.#sizeOrUnknown(expr.range);
    this.#rememberLoop(expr, count);
    return plus(before, result, times(count, each));
  }

  #rememberLoop(expr: Comprehension, count: Range): void {
    if (expr.init.kind === "literal") {
      const size = this.#sizeOf(expr.init);
      if (size !== undefined) this.#sizes.set(expr.id, size);
    } else if (expr.init.kind === "list" || expr.init.kind === "map") {
      this.#sizes.set(expr.id, count);
      const entries = this.#entriesOf(expr.step);
      if (entries !== undefined) this.#entries.set(expr.id, entries);
    }
  }

  #overload(call: OverloadCall): CallEstimate {
    const args = plus(...call.costs);
    const own = this.#model.callCost?.(call.name, call.overload, call.target, call.args);
    if (own !== undefined) return { cost: plus(own.cost, args), resultSize: own.resultSize };
    const estimate = this.#standard(call);
    return estimate ?? { cost: plus(ONE, args) };
  }

  #standard({ expr, overload, target, args, costs }: OverloadCall): CallEstimate | undefined {
    const sum = plus(...costs);
    const size = (node: CostNode | undefined) => node?.size ?? UNKNOWN;
    const [first, second, third] = args;
    switch (overload) {
      case "string_format":
        return { cost: plus(scaled(size(target), STRING_FACTOR), sum) };
      case "string_to_bytes":
        return {
          cost: plus(scaled(size(first), STRING_FACTOR), sum),
          resultSize: { min: size(first).min, max: BigInt.asUintN(64, size(first).max * 4n) },
        };
      case "bytes_to_string":
        return {
          cost: plus(scaled(size(first), STRING_FACTOR), sum),
          resultSize: { min: size(first).min / 4n, max: size(first).max },
        };
      case "strings_quote":
        return {
          cost: plus(scaled(size(first), STRING_FACTOR), sum),
          resultSize: { min: size(first).min + 2n, max: BigInt.asUintN(64, size(first).max * 2n + 2n) },
        };
      case "starts_with_string":
      case "ends_with_string":
        return { cost: plus(scaled(size(first), STRING_FACTOR), sum) };
      case "in_list":
        return { cost: plus(scaled(size(second), 1), sum) };
      case "list_sets_contains_list":
      case "list_sets_intersects_list":
      case "list_sets_equivalent_list": {
        const rounds = overload === "list_sets_equivalent_list" ? 2 : 1;
        return { cost: plus(scaled(times(size(first), size(second)), rounds), ONE, sum) };
      }
      case "matches_string": {
        const text = scaled(plus(size(target), ONE), STRING_FACTOR);
        return { cost: plus(times(text, scaled(size(first), REGEX_FACTOR)), sum) };
      }
      case "contains_string": {
        const text = scaled(size(target), STRING_FACTOR);
        return { cost: plus(times(text, scaled(size(first), STRING_FACTOR)), sum) };
      }
      case "logical_or":
      case "logical_and": {
        const [left = NOTHING, right = NOTHING] = costs;
        return { cost: { min: left.min, max: plus(left, right).max } };
      }
      case "conditional":
        return this.#conditional(expr, args, costs);
      case "add_string":
      case "add_bytes":
      case "add_list": {
        const resultSize = plus(size(first), size(second));
        this.#joinEntries(expr, first, second);
        const own = overload === "add_list" ? ONE : scaled(resultSize, STRING_FACTOR);
        return { cost: plus(own, sum), resultSize };
      }
      default:
        if (third !== undefined || !COMPARISONS.test(overload)) return undefined;
        return { cost: plus(comparison(size(first), size(second)), sum) };
    }
  }

  #conditional(expr: Call, [, yes, no]: readonly CostNode[], costs: readonly Range[]): CallEstimate {
    this.#joinEntries(expr, yes, no);
    const [condition = NOTHING, left = NOTHING, right = NOTHING] = costs;
    const resultSize = union(yes?.size ?? UNKNOWN, no?.size ?? UNKNOWN);
    return { cost: plus(condition, union(left, right)), resultSize };
  }

  #joinEntries(expr: Call, one: CostNode | undefined, other: CostNode | undefined): void {
    const left = one?.expr && this.#entriesOf(one.expr);
    const right = other?.expr && this.#entriesOf(other.expr);
    if (left === undefined || right === undefined) return;
    const joined = {
      container: left.container,
      key: union(left.key, right.key),
      value: union(left.value, right.value),
    };
    this.#entries.set(expr.id, joined);
  }

  #typeOf(expr: Expr): CelType {
    return this.#checked.types.get(expr.id) ?? DYN;
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #push(name: string, local: Local): void {
    this.#locals.set(name, [...(this.#locals.get(name) ?? []), local]);
  }

  #pushValue(name: string, expr: Expr): void {
    this.#push(name, { path: this.#pathOf(expr), size: this.#sizeOf(expr), entries: this.#entriesOf(expr) });
  }

  #pushElement(name: string, range: Expr, which: "single" | "key" | "value"): void {
    const entries = this.#entriesOf(range);
    const isList = (entries?.container ?? this.#typeOf(range).kind) === "list";
    const isKey = which === "key" || (which === "single" && !isList);
    const step = isKey ? (isList ? "@indices" : "@keys") : isList ? "@items" : "@values";
    const size = isKey ? entries?.key : entries?.value;
    this.#push(name, { path: [...this.#pathOf(range), step], size, entries: undefined });
  }

  #pop(name: string): void {
    this.#locals.get(name)?.pop();
  }

  #pathOf(expr: Expr): readonly string[] {
    const local = expr.kind === "ident" ? this.#local(expr.name) : undefined;
    return local?.path ?? this.#paths.get(expr.id) ?? [];
  }

  #node(expr: Expr): CostNode {
    const path = this.#pathOf(expr);
    return {
      path: path[0] === ACCUMULATOR ? [] : path,
      type: this.#typeOf(expr),
      expr,
      size: this.#sizeOf(expr),
    };
  }

  #sizeOrUnknown(expr: Expr): Range {
    return this.#sizeOf(expr) ?? UNKNOWN;
  }

  #sizeOf(expr: Expr): Range | undefined {
    const known = this.#sizes.get(expr.id) ?? literalSize(expr);
    if (known !== undefined) return known;
    const type = this.#typeOf(expr);
    const told = this.#model.sizeOf({ path: this.#pathOf(expr), type, expr, size: undefined });
    if (told !== undefined) {
      this.#sizes.set(expr.id, told);
      return told;
    }
    if (isScalar(type)) return ONE;
    return expr.kind === "ident" ? this.#local(expr.name)?.size : undefined;
  }

  #entriesOf(expr: Expr): EntrySizes | undefined {
    const known = this.#entries.get(expr.id);
    return known ?? (expr.kind === "ident" ? this.#local(expr.name)?.entries : undefined);
  }

  #copySizes(to: Expr, from: Expr): void {
    const [size, entries] = [this.#sizeOf(from), this.#entriesOf(from)];
    if (size !== undefined) this.#sizes.set(to.id, size);
    if (entries !== undefined) this.#entries.set(to.id, entries);
  }
}

interface OverloadCall {
  readonly expr: Call;
  readonly name: string;
  readonly overload: string;
  readonly target: CostNode | undefined;
  readonly args: readonly CostNode[];
  readonly costs: readonly Range[];
}

const COMPARISONS = /^(?:equals|not_equals|(?:less|greater)(?:_equals)?_(?:string|bytes))$/;

/** As long as the shorter of two; equality of two scalars costs one. */
function comparison(one: Range, other: Range): Range {
  const max = one.max < other.max ? one.max : other.max;
  return scaled({ min: max > 0n ? 1n : 0n, max }, STRING_FACTOR);
}

function isBinding({ range, condition, accumulator }: Comprehension): boolean {
  return (
    range.kind === "list" &&
    range.elements.length === 0 &&
    condition.kind === "literal" &&
    condition.value === false &&
    accumulator !== ACCUMULATOR
  );
}

function literalSize(expr: Expr): Range | undefined {
  if (expr.kind === "list") return fixed(expr.elements.length);
  if (expr.kind === "map") return fixed(expr.entries.length);
  if (expr.kind !== "literal") return undefined;
  const { value } = expr;
  if (typeof value === "string") return fixed(lengthOf(value));
  if (value instanceof Uint8Array) return fixed(value.length);
  return value instanceof CelList ? undefined : ONE;
}

function isScalar(type: CelType): boolean {
  if (type.kind === "opaque") return type.name === "optional_type" && isScalar(type.parameters[0] ?? DYN);
  return ["bool", "double", "duration", "int", "timestamp", "uint"].includes(type.kind);
}
