import {
  ACCUMULATOR,
  type Call,
  type Comprehension,
  type Expr,
  type Ident,
  type ListLiteral,
  type Literal,
} from "./ast.ts";
import type { CelValue } from "./values.ts";

/** An expression that has no number and place yet. */
type Unplaced = Expr extends infer Each ? (Each extends Expr ? Omit<Each, "id" | "offset"> : never) : never;

/** Numbers the expressions of one source. What a macro makes stands where the macro stood: see `at`. */
export class ExprFactory {
  #next: { id: number };
  readonly #offset: number;

  constructor(offset = 0, next = { id: 1 }) {
    this.#offset = offset;
    this.#next = next;
  }

  /** The same numbering, for expressions that stand at a place. */
  at(offset: number): ExprFactory {
    return new ExprFactory(offset, this.#next);
  }

  nextId(): number {
    return this.#next.id++;
  }

  node<E extends Unplaced>(expr: E): E & { readonly id: number; readonly offset: number } {
    return { ...expr, id: this.nextId(), offset: this.#offset };
  }

  literal(value: CelValue): Literal {
    return this.node({ kind: "literal", value });
  }

  ident(name: string): Ident {
    return this.node({ kind: "ident", name });
  }

  list(elements: readonly Expr[]): ListLiteral {
    return this.node({ kind: "list", elements, optional: NONE });
  }

  call(name: string, ...args: readonly Expr[]): Call {
    return this.node({ kind: "call", name, target: undefined, arguments: args });
  }

  memberCall(name: string, target: Expr, ...args: readonly Expr[]): Call {
    return this.node({ kind: "call", name, target, arguments: args });
  }

  /** What the loop has gathered, and something more. */
  add(list: Expr): Call {
    return this.call("_+_", this.ident(ACCUMULATOR), list);
  }

  /** The same for a map: a key and its value, or a map of entries. */
  insert(...entry: readonly Expr[]): Call {
    return this.call("cel.@mapInsert", this.ident(ACCUMULATOR), ...entry);
  }

  loop(
    range: Expr,
    variables: Pick<Comprehension, "variable" | "variable2">,
    parts: Pick<Comprehension, "init" | "condition" | "step" | "result">,
  ): Comprehension {
    return this.node({ kind: "comprehension", range, ...variables, accumulator: ACCUMULATOR, ...parts });
  }
}

const NONE: ReadonlySet<number> = new Set();
