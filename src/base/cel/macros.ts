/**
 * Macros: calls that stand for loops. Each gives the comprehension that cel-go would build, so that types, costs and errors
 * come out the same.
 */
import { ACCUMULATOR, type Expr, type Ident, type MapEntry } from "./ast.ts";
import type { ExprFactory } from "./expr-factory.ts";

/** A call that is no macro gives `undefined`; a macro that is called wrongly throws. */
export class MacroError extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

type Expander = (make: ExprFactory, target: Expr, args: readonly Expr[]) => Expr;

/** By name and number of arguments. */
const RECEIVER: Readonly<Record<string, Expander>> = {
  "all/2": quantifier("all"),
  "exists/2": quantifier("exists"),
  "exists_one/2": quantifier("exists_one"),
  "map/2": (make, target, args) => mapped(make, target, args[0], undefined, args[1] as Expr),
  "map/3": (make, target, args) => mapped(make, target, args[0], args[1], args[2] as Expr),
  "filter/2": (make, target, args) => mapped(make, target, args[0], args[1], args[0] as Expr),
  "all/3": quantifier("all"),
  "exists/3": quantifier("exists"),
  "existsOne/3": quantifier("exists_one"),
  "exists_one/3": quantifier("exists_one"),
  "transformList/3": transform((make, [, , value]) => make.add(make.list([value as Expr]))),
  "transformList/4": transform((make, [, , , value]) => make.add(make.list([value as Expr]))),
  "transformMap/3": transform((make, [key, , value]) => make.insert(key as Expr, value as Expr)),
  "transformMap/4": transform((make, [key, , , value]) => make.insert(key as Expr, value as Expr)),
  "transformMapEntry/3": transform((make, [, , entry]) => make.insert(entry as Expr)),
  "transformMapEntry/4": transform((make, [, , , entry]) => make.insert(entry as Expr)),
  "optMap/2": optional("optMap"),
  "optFlatMap/2": optional("optFlatMap"),
};

/** The expression that a member call stands for, when it is a macro. @throws {MacroError} */
export function expandReceiver(
  make: ExprFactory,
  name: string,
  target: Expr,
  args: readonly Expr[],
): Expr | undefined {
  return RECEIVER[`${name}/${args.length}`]?.(make, target, args);
}

/** The same for a plain call: `has(a.b)` is the only one. @throws {MacroError} */
export function expandGlobal(make: ExprFactory, name: string, args: readonly Expr[]): Expr | undefined {
  if (name !== "has" || args.length !== 1) return undefined;
  const [argument] = args as readonly [Expr];
  if (argument.kind !== "select") throw new MacroError(argument.offset, "invalid argument to has() macro");
  return make.node({ kind: "select", operand: argument.operand, field: argument.field, testOnly: true });
}

/** A variable's name; what else may stand there is said in the words of the macro. */
function variableOf(argument: Expr | undefined, otherwise: string): string {
  const { offset } = argument as Expr;
  if (argument?.kind !== "ident" || argument.name.startsWith(".")) throw new MacroError(offset, otherwise);
  if (argument.name === "__result__") {
    throw new MacroError(offset, "iteration variable overwrites accumulator variable");
  }
  return argument.name;
}

/** One variable for the element or key, two for index and element, or key and value. */
function variablesOf(args: readonly Expr[], count: 1 | 2, otherwise: string) {
  const variable = variableOf(args[0], otherwise);
  const variable2 = count === 2 ? variableOf(args[1], otherwise) : undefined;
  if (variable === variable2) {
    throw new MacroError((args[1] as Expr).offset, `duplicate variable name: ${variable}`);
  }
  return { variable, variable2 };
}

function quantifier(name: "all" | "exists" | "exists_one"): Expander {
  return (make, range, args) => {
    const variables = variablesOf(args, args.length === 3 ? 2 : 1, "argument must be a simple name");
    const predicate = args[args.length - 1] as Expr;
    const found = () => make.ident(ACCUMULATOR);
    switch (name) {
      case "all":
        return make.loop(range, variables, {
          init: make.literal(true),
          condition: make.call("@not_strictly_false", found()),
          step: make.call("_&&_", found(), predicate),
          result: found(),
        });
      case "exists":
        return make.loop(range, variables, {
          init: make.literal(false),
          condition: make.call("@not_strictly_false", make.call("!_", found())),
          step: make.call("_||_", found(), predicate),
          result: found(),
        });
      case "exists_one":
        return make.loop(range, variables, {
          init: make.literal(0n),
          condition: make.literal(true),
          step: make.call("_?_:_", predicate, make.call("_+_", found(), make.literal(1n)), found()),
          result: make.call("_==_", found(), make.literal(1n)),
        });
    }
  };
}

function mapped(
  make: ExprFactory,
  range: Expr,
  name: Expr | undefined,
  filter: Expr | undefined,
  value: Expr,
): Expr {
  const variable = variableOf(name, "argument is not an identifier");
  const added = make.add(make.list([value]));
  return make.loop(
    range,
    { variable, variable2: undefined },
    {
      init: make.list([]),
      condition: make.literal(true),
      step: filter === undefined ? added : make.call("_?_:_", filter, added, make.ident(ACCUMULATOR)),
      result: make.ident(ACCUMULATOR),
    },
  );
}

function transform(stepOf: (make: ExprFactory, args: readonly Expr[]) => Expr): Expander {
  return (make, range, args) => {
    const variables = variablesOf(args, 2, "argument must be a simple name");
    const names = [make.ident(variables.variable), ...args.slice(1)];
    const step = stepOf(make, names);
    const isList = step.kind === "call" && step.name === "_+_";
    return make.loop(range, variables, {
      init: isList ? make.list([]) : make.node({ kind: "map", entries: [] as readonly MapEntry[] }),
      condition: make.literal(true),
      step: args.length === 4 ? make.call("_?_:_", args[2] as Expr, step, make.ident(ACCUMULATOR)) : step,
      result: make.ident(ACCUMULATOR),
    });
  };
}

/** The expression with a name for a value: a loop over nothing whose accumulator is the name. */
function boundTo(make: ExprFactory, name: Ident, value: Expr, result: Expr): Expr {
  return make.node({
    kind: "comprehension",
    range: make.list([]),
    variable: "#unused",
    variable2: undefined,
    accumulator: name.name,
    init: value,
    condition: make.literal(false),
    step: make.ident(name.name),
    result,
  });
}

/** `optional.optMap(value, expression)`: the expression of what is there, if it is. */
function optional(name: "optMap" | "optFlatMap"): Expander {
  return (make, target, [variable, result]) => {
    if (variable?.kind !== "ident") {
      const why = `${name}() variable name must be a simple identifier`;
      throw new MacroError((variable as Expr).offset, why);
    }
    const value = boundTo(make, variable, make.memberCall("value", target), result as Expr);
    return make.call(
      "_?_:_",
      make.memberCall("hasValue", target),
      name === "optMap" ? make.call("optional.of", value) : value,
      make.call("optional.none"),
    );
  };
}
