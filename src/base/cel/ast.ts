/**
 * Expressions as cel-go's parser builds them: macros are expanded, operators are calls (`_+_`, `_&&_`, `_?_:_`, `_[_]`), and
 * every node has a number of its own, by which the checker and the cost estimate keep what they find out.
 */
import type { CelValue } from "./values.ts";

/** Where loops gather what they find; no source can spell it. */
export const ACCUMULATOR = "@result";

interface Node {
  readonly id: number;
  /** Where it begins, in characters of the source: an operator for binary calls, the bracket for calls and indices. */
  readonly offset: number;
}

export interface Literal extends Node {
  readonly kind: "literal";
  readonly value: CelValue;
}

export interface Ident extends Node {
  readonly kind: "ident";
  readonly name: string;
}

export interface Select extends Node {
  readonly kind: "select";
  readonly operand: Expr;
  readonly field: string;
  /** `has(operand.field)`. */
  readonly testOnly: boolean;
}

export interface Call extends Node {
  readonly kind: "call";
  readonly name: string;
  /** The receiver of a member call. */
  readonly target: Expr | undefined;
  readonly arguments: readonly Expr[];
}

export interface ListLiteral extends Node {
  readonly kind: "list";
  readonly elements: readonly Expr[];
  /** Indices of elements that are left out when they are `optional.none()`. */
  readonly optional: ReadonlySet<number>;
}

/** An entry of a map (`key` is an expression) or a field of a struct (`name` is text). */
export interface MapEntry extends Node {
  readonly key: Expr;
  readonly value: Expr;
  readonly isOptional: boolean;
}

export interface MapLiteral extends Node {
  readonly kind: "map";
  readonly entries: readonly MapEntry[];
}

export interface StructField extends Node {
  readonly name: string;
  readonly value: Expr;
  readonly isOptional: boolean;
}

export interface StructLiteral extends Node {
  readonly kind: "struct";
  readonly type: string;
  readonly fields: readonly StructField[];
}

/** A loop over a list or map; all macros that look at collections are one. */
export interface Comprehension extends Node {
  readonly kind: "comprehension";
  readonly range: Expr;
  readonly variable: string;
  /** The second variable of `list.all(index, value, …)`. */
  readonly variable2: string | undefined;
  readonly accumulator: string;
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

export type Expr = Literal | Ident | Select | Call | ListLiteral | MapLiteral | StructLiteral | Comprehension;

/** The dotted name that an expression spells, if it spells one. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === "ident") return expr.name;
  if (expr.kind !== "select" || expr.testOnly) return undefined;
  const before = qualifiedName(expr.operand);
  return before === undefined ? undefined : `${before}.${expr.field}`;
}

/** The expressions that an expression is made of, in the order of their evaluation. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "literal":
    case "ident":
      return [];
    case "select":
      return [expr.operand];
    case "call":
      return expr.target === undefined ? expr.arguments : [expr.target, ...expr.arguments];
    case "list":
      return expr.elements;
    case "map":
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case "struct":
      return expr.fields.map(({ value }) => value);
    case "comprehension":
      return [expr.range, expr.init, expr.condition, expr.step, expr.result];
  }
}
