/**
 * Evaluates checked expressions. Each part is turned into a function once; what it costs is counted while it runs, as
 * kube-apiserver's cel-go counts it, and an evaluation that costs more than its limit ends.
 */
import type { Call, Comprehension, Expr } from "./ast.ts";
import { type CallCost, callCost } from "./call-cost.ts";
import type { Checked } from "./checker.ts";
import type { Overload } from "./environment.ts";
import type { CelType } from "./types.ts";
import {
  CelError,
  CelList,
  type CelValue,
  equal,
  isMap,
  LiteralMap,
  noSuchOverload,
  OPTIONAL_NONE,
  Optional,
  typeName,
  typeOf,
} from "./values.ts";

/** Gives variables their values; `undefined` for one that has none. */
export type Activation = (variable: string) => CelValue | undefined;

/** A value, or why there is none; and what it took to find out. */
export type Outcome = { readonly cost: number } & (
  | { readonly value: CelValue; readonly error?: undefined }
  | { readonly error: CelError; readonly value?: undefined }
);

/** An expression ready to be evaluated any number of times. */
export type Program = (activation: Activation, costLimit: number) => Outcome;

export class CostExceeded extends CelError {
  constructor() {
    super("operation cancelled: actual cost limit exceeded");
  }
}

export function programOf(checked: Checked, costs: CallCost = callCost): Program {
  const compiler = new Compiler(checked, costs);
  const run = compiler.compile(checked.expr);
  return (activation, costLimit) => {
    const frame: Frame = { activation, slots: new Array(compiler.slots), cost: 0, costLimit };
    try {
      const value = run(frame);
      return { value, cost: frame.cost };
    } catch (error) {
      if (error instanceof CelError) return { error, cost: frame.cost };
      if (error instanceof RangeError)
        return { error: new CelError("evaluation nested too deeply"), cost: frame.cost };
      throw error;
    }
  };
}

interface Frame {
  readonly activation: Activation;
  /** What loops have in hand; an error that a quantifier may yet absorb stands there as itself. */
  readonly slots: (CelValue | CelError)[];
  cost: number;
  readonly costLimit: number;
}

type Run = (frame: Frame) => CelValue;

/** Costs of cel-go that are no calls. */
const LIST_COST = 10;
const MAP_COST = 30;
const STRUCT_COST = 40;

function pay(frame: Frame, cost: number): void {
  frame.cost += cost;
  if (frame.cost > frame.costLimit) throw new CostExceeded();
}

class Compiler {
  slots = 0;
  readonly #checked: Checked;
  readonly #costs: CallCost;
  readonly #names = new Map<string, number[]>();

  constructor(checked: Checked, costs: CallCost) {
    this.#checked = checked;
    this.#costs = costs;
  }

  compile(expr: Expr): Run {
    switch (expr.kind) {
      case "literal":
        return () => expr.value;
      case "ident":
        return this.#name(expr.id, expr.name);
      case "select":
        return this.#select(expr);
      case "call":
        return this.#call(expr);
      case "list":
        return this.#list(expr);
      case "map":
        return this.#map(expr);
      case "struct":
        return this.#struct(expr);
      case "comprehension":
        return this.#comprehension(expr);
    }
  }

  #name(id: number, written: string): Run {
    const { name = written, value } = this.#checked.references.get(id) ?? {};
    if (value !== undefined) return () => value;
    const slot = written.startsWith(".") ? undefined : this.#names.get(name)?.at(-1);
    if (slot !== undefined) {
      return (frame) => {
        pay(frame, 1);
        const held = frame.slots[slot] as CelValue | CelError;
        if (held instanceof CelError) throw held;
        return held;
      };
    }
    return (frame) => {
      pay(frame, 1);
      const held = frame.activation(name);
      if (held === undefined) throw new CelError(`no such attribute(s): ${name}`);
      return held;
    };
  }

  #select(expr: Extract<Expr, { kind: "select" }>): Run {
    if (this.#checked.references.has(expr.id)) return this.#name(expr.id, expr.field);
    const operand = this.compile(expr.operand);
    const { field, testOnly } = expr;
    return (frame) => {
      const value = operand(frame);
      if (testOnly) return has(value, field);
      pay(frame, 1);
      return fieldOf(value, field);
    };
  }

  #call(expr: Call): Run {
    const { name, arguments: args } = expr;
    switch (name) {
      case "_&&_":
        return this.#logical(args, false);
      case "_||_":
        return this.#logical(args, true);
      case "_?_:_":
        return this.#conditional(args);
      case "@not_strictly_false":
        return this.#notStrictlyFalse(args);
      case "_?._":
        return this.#optionalSelect(args);
      case "_[?_]":
        return this.#optionalIndex(args);
      case "_[_]":
        return this.#index(args);
      case "or":
      case "orValue":
        if (this.#resolved(expr)[0]?.id.startsWith("optional_")) return this.#alternative(expr);
        return this.#plainCall(expr);
      default:
        return this.#plainCall(expr);
    }
  }

  #resolved({ id }: Call): readonly Overload[] {
    return this.#checked.overloads.get(id) ?? [];
  }

  #plainCall(expr: Call): Run {
    const overloads = this.#resolved(expr);
    const isMember = overloads[0]?.isMember === true;
    const operands =
      isMember && expr.target !== undefined ? [expr.target, ...expr.arguments] : expr.arguments;
    const runs = operands.map((each) => this.compile(each));
    const only = overloads.length === 1 ? overloads[0] : undefined;
    return (frame) => {
      const values = runs.map((run) => run(frame));
      const overload =
        only !== undefined && matches(only, values) ? only : overloads.find((each) => matches(each, values));
      if (overload === undefined) throw noSuchOverload();
      const result = overload.call(...values);
      pay(frame, this.#costs(expr.name, overload.id, values, result));
      return result;
    };
  }

  /** `||` when `decisive` is true, `&&` when it is false: one decisive side decides, whatever the other is. */
  #logical([one, other]: readonly Expr[], decisive: boolean): Run {
    const [left, right] = [this.compile(one as Expr), this.compile(other as Expr)];
    return (frame) => {
      const first = attempt(left, frame);
      if (first === decisive) return decisive;
      const second = attempt(right, frame);
      if (second === decisive) return decisive;
      for (const each of [first, second]) {
        if (each instanceof CelError) throw each;
        if (typeof each !== "boolean") throw noSuchOverload();
      }
      return !decisive;
    };
  }

  #conditional([condition, yes, no]: readonly Expr[]): Run {
    const [test, left, right] = [condition, yes, no].map((each) => this.compile(each as Expr)) as [
      Run,
      Run,
      Run,
    ];
    return (frame) => {
      const value = test(frame);
      if (typeof value !== "boolean") throw noSuchOverload();
      return value ? left(frame) : right(frame);
    };
  }

  #notStrictlyFalse([argument]: readonly Expr[]): Run {
    const run = this.compile(argument as Expr);
    return (frame) => attempt(run, frame) !== false;
  }

  #optionalSelect([operand, field]: readonly Expr[]): Run {
    const run = this.compile(operand as Expr);
    const name = field?.kind === "literal" ? String(field.value) : "";
    return (frame) => {
      const value = run(frame);
      pay(frame, 1);
      const held = value instanceof Optional ? value.value : value;
      if (held === undefined) return OPTIONAL_NONE;
      if (!has(held, name)) return OPTIONAL_NONE;
      return new Optional(fieldOf(held, name) as CelValue);
    };
  }

  #optionalIndex([operand, index]: readonly Expr[]): Run {
    const [left, right] = [this.compile(operand as Expr), this.compile(index as Expr)];
    return (frame) => {
      const [value, key] = [left(frame), right(frame)];
      pay(frame, 1);
      const held = value instanceof Optional ? value.value : value;
      const found = held === undefined ? undefined : at(held, key);
      return found === undefined ? OPTIONAL_NONE : new Optional(found);
    };
  }

  #index([operand, index]: readonly Expr[]): Run {
    const [left, right] = [this.compile(operand as Expr), this.compile(index as Expr)];
    return (frame) => {
      const [value, key] = [left(frame), right(frame)];
      pay(frame, 1);
      if (value instanceof Optional) {
        const found = value.value === undefined ? undefined : at(value.value, key);
        return found === undefined ? OPTIONAL_NONE : new Optional(found);
      }
      const found = at(value, key);
      if (found !== undefined) return found;
      if (value instanceof CelList) throw new CelError(`index out of bounds: ${format(key)}`);
      throw new CelError(`no such key: ${format(key)}`);
    };
  }

  /** `optional.or(other)` and `optional.orValue(other)`: the other is looked at only when it is needed. */
  #alternative(expr: Call): Run {
    const [left, right] = [this.compile(expr.target as Expr), this.compile(expr.arguments[0] as Expr)];
    return (frame) => {
      const value = left(frame);
      if (!(value instanceof Optional)) throw noSuchOverload();
      pay(frame, 1);
      if (value.value !== undefined) return expr.name === "or" ? value : value.value;
      const other = right(frame);
      if (expr.name === "or" && !(other instanceof Optional)) throw noSuchOverload();
      return other;
    };
  }

  #list({ elements, optional }: Extract<Expr, { kind: "list" }>): Run {
    const runs = elements.map((each) => this.compile(each));
    return (frame) => {
      const items: CelValue[] = [];
      runs.forEach((run, i) => {
        const value = optional.has(i) ? present(run(frame)) : run(frame);
        if (value !== undefined) items.push(value);
      });
      pay(frame, LIST_COST);
      return new CelList(items);
    };
  }

  #map({ entries }: Extract<Expr, { kind: "map" }>): Run {
    const runs = entries.map(({ key, value, isOptional }) => ({
      key: this.compile(key),
      value: this.compile(value),
      isOptional,
    }));
    return (frame) => {
      const made: [CelValue, CelValue][] = [];
      for (const { key, value, isOptional } of runs) {
        const name = key(frame);
        const given = isOptional ? present(value(frame)) : value(frame);
        if (given !== undefined) made.push([name, given]);
      }
      pay(frame, MAP_COST);
      return new LiteralMap(made);
    };
  }

  #struct({ id, fields }: Extract<Expr, { kind: "struct" }>): Run {
    const type = this.#checked.types.get(id) as CelType;
    const runs = fields.map(({ name, value, isOptional }) => ({
      name,
      run: this.compile(value),
      isOptional,
    }));
    return (frame) => {
      const made: [CelValue, CelValue][] = [];
      for (const { name, run, isOptional } of runs) {
        const given = isOptional ? present(run(frame)) : run(frame);
        if (given !== undefined) made.push([name, given]);
      }
      pay(frame, STRUCT_COST);
      return new LiteralMap(made, type);
    };
  }

  #comprehension(expr: Comprehension): Run {
    const [range, init] = [this.compile(expr.range), this.compile(expr.init)];
    const gathered = this.#bind(expr.accumulator);
    const first = this.#bind(expr.variable);
    const second = expr.variable2 === undefined ? undefined : this.#bind(expr.variable2);
    const [condition, step] = [this.compile(expr.condition), this.compile(expr.step)];
    this.#unbind(expr.variable);
    if (expr.variable2 !== undefined) this.#unbind(expr.variable2);
    const result = this.compile(expr.result);
    this.#unbind(expr.accumulator);
    const isQuantifier = expr.step.kind === "call" && /^_(&&|\|\|)_$/.test(expr.step.name);
    return (frame) => {
      const over = range(frame);
      const { slots } = frame;
      slots[gathered] = gathering(init(frame));
      for (const [key, value] of entriesOf(over, second !== undefined)) {
        slots[first] = key;
        if (second !== undefined) slots[second] = value;
        if (condition(frame) !== true) break;
        slots[gathered] = isQuantifier ? attempt(step, frame) : step(frame);
      }
      const value = result(frame);
      return value instanceof CelList && value.isGathering ? new CelList(value.items) : value;
    };
  }

  #bind(name: string): number {
    const slot = this.slots++;
    this.#names.set(name, [...(this.#names.get(name) ?? []), slot]);
    return slot;
  }

  #unbind(name: string): void {
    this.#names.get(name)?.pop();
  }
}

/** A new empty list may be added to in place while a loop fills it. */
function gathering(value: CelValue): CelValue {
  return value instanceof CelList && value.items.length === 0 ? new CelList([], undefined, true) : value;
}

function attempt(run: Run, frame: Frame): CelValue | CelError {
  try {
    return run(frame);
  } catch (error) {
    if (error instanceof CelError && !(error instanceof CostExceeded)) return error;
    throw error;
  }
}

/** Elements of a list or keys of a map; with two variables, index and element or key and value. */
function* entriesOf(over: CelValue, isPaired: boolean): Iterable<readonly [CelValue, CelValue]> {
  if (over instanceof CelList) {
    let index = 0n;
    for (const item of over.items) yield isPaired ? [index++, item] : [item, item];
  } else if (typeof over === "object" && over !== null && isMap(over)) {
    for (const key of over.keys()) yield [key, isPaired ? (over.get(key) as CelValue) : key];
  } else throw noSuchOverload();
}

function present(value: CelValue): CelValue | undefined {
  if (!(value instanceof Optional))
    throw new CelError(`cannot initialize optional entry from non-optional value`);
  return value.value;
}

function has(value: CelValue, field: string): boolean {
  if (value instanceof Optional) return value.value !== undefined && has(value.value, field);
  return typeof value === "object" && value !== null && isMap(value) && value.get(field) !== undefined;
}

function fieldOf(value: CelValue, field: string): CelValue {
  if (value instanceof Optional) {
    return value.value !== undefined && has(value.value, field)
      ? new Optional(fieldOf(value.value, field))
      : OPTIONAL_NONE;
  }
  const found = typeof value === "object" && value !== null && isMap(value) ? value.get(field) : undefined;
  if (found === undefined) throw new CelError(`no such key: ${field}`);
  return found;
}

function at(value: CelValue, key: CelValue): CelValue | undefined {
  if (value instanceof CelList) {
    const index = typeof key === "bigint" ? Number(key) : key;
    if (typeof index !== "number") throw new CelError(`unsupported index type '${typeName(key)}' in list`);
    if (!Number.isInteger(index)) throw new CelError(`unsupported index value ${index} in list`);
    return index < 0 ? undefined : value.items[index];
  }
  if (typeof value === "object" && value !== null && isMap(value)) return value.get(key);
  throw noSuchOverload();
}

function matches({ parameters }: Overload, values: readonly CelValue[]): boolean {
  return (
    parameters.length === values.length &&
    parameters.every((parameter, i) => {
      if (parameter.kind === "dyn" || parameter.kind === "typeParam") return true;
      const { kind, name } = typeOf(values[i] as CelValue);
      if (parameter.kind === "opaque" || parameter.kind === "struct") return name === parameter.name;
      // To rules, an object with declared fields is a map as well.
      return parameter.kind === kind || (parameter.kind === "map" && kind === "struct");
    })
  );
}

/** A value as errors quote it. */
function format(value: CelValue): string {
  return typeof value === "object" && value !== null && "value" in value
    ? String(value.value)
    : String(value);
}

/** Whether the outcome of an evaluation is that it holds. */
export function holds({ value }: Outcome): boolean {
  return value !== undefined && equal(value, true);
}
