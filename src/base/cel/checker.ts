/**
 * Finds the type of every part of an expression, and says what does not go together, in cel-go's words. Only an expression
 * without issues may be evaluated: `evaluate.ts` relies on what is found here.
 */
import { type Call, type Comprehension, type Expr, qualifiedName, type Select } from "./ast.ts";
import { type Environment, type Overload, TYPE_NAMES } from "./environment.ts";
import type { CelIssue } from "./issues.ts";
import {
  BOOL,
  type CelType,
  DYN,
  ERROR,
  formatType,
  INT,
  isOptionalType,
  listOf,
  mapOf,
  optionalOf,
  sameType,
  typeOfType,
  typeParameter,
} from "./types.ts";
import { assign, assignAll, type Bindings, isDynamic, mostGeneral, substitute } from "./unify.ts";
import { type CelValue, TypeValue, typeOf } from "./values.ts";

/** An expression that makes sense, and what was found out about its parts. */
export interface Checked {
  readonly expr: Expr;
  readonly type: CelType;
  /** By number of expression. */
  readonly types: ReadonlyMap<number, CelType>;
  /** The overloads that a call may mean. */
  readonly overloads: ReadonlyMap<number, readonly Overload[]>;
  /** The variables and types that identifiers and dotted names mean. */
  readonly references: ReadonlyMap<number, Reference>;
  /** Every variable that is looked at. */
  readonly variables: ReadonlySet<string>;
}

/** What a name means: a variable, or a type when there is a value. */
export interface Reference {
  readonly name: string;
  readonly value: CelValue | undefined;
}

export function checkCel(
  environment: Environment,
  expr: Expr,
): Checked | { readonly issues: readonly CelIssue[] } {
  const checker = new Checker(environment);
  checker.check(expr);
  return checker.issues.length > 0 ? { issues: checker.issues } : checker.checked(expr);
}

type Scope = { readonly names: ReadonlyMap<string, CelType>; readonly outer: Scope | undefined };

class Checker {
  readonly issues: CelIssue[] = [];
  readonly #environment: Environment;
  readonly #types = new Map<number, CelType>();
  readonly #overloads = new Map<number, readonly Overload[]>();
  readonly #references = new Map<number, Reference>();
  readonly #variables = new Set<string>();
  #bindings: Bindings = new Map();
  #freeTypes = 0;
  #scope: Scope | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  checked(expr: Expr): Checked {
    const types = new Map<number, CelType>();
    for (const [id, type] of this.#types) types.set(id, substitute(this.#bindings, type, true));
    return {
      expr,
      type: types.get(expr.id) ?? DYN,
      types,
      overloads: this.#overloads,
      references: this.#references,
      variables: this.#variables,
    };
  }

  check(expr: Expr): CelType {
    const type = this.#typeOf(expr);
    this.#types.set(expr.id, type);
    return type;
  }

  #typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case "literal":
        return typeOf(expr.value);
      case "ident":
        return this.#ident(expr.id, expr.name) ?? this.#undeclared(expr, expr.name);
      case "select":
        return this.#select(expr);
      case "call":
        return expr.name === "_?._" ? this.#optionalSelect(expr) : this.#call(expr);
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

  #report({ offset }: { readonly offset: number }, message: string): CelType {
    this.issues.push({ offset, message });
    return ERROR;
  }

  #undeclared(place: Expr, name: string): CelType {
    return this.#report(place, `undeclared reference to '${name}' (in container '')`);
  }

  #ident(id: number, written: string): CelType | undefined {
    const name = written.replace(/^\./, "");
    for (let scope = name === written ? this.#scope : undefined; scope !== undefined; scope = scope.outer) {
      const type = scope.names.get(name);
      if (type === undefined) continue;
      this.#references.set(id, { name, value: undefined });
      return type;
    }
    const variable = this.#environment.variables.get(name);
    if (variable !== undefined) {
      this.#variables.add(name);
      this.#references.set(id, { name, value: undefined });
      return variable;
    }
    const type = TYPE_NAMES.get(name) ?? this.#environment.structs.typeNamed(name);
    if (type === undefined) return undefined;
    this.#references.set(id, { name, value: new TypeValue(type) });
    return typeOfType(type);
  }

  #select(expr: Select): CelType {
    const name = qualifiedName(expr);
    const named = name === undefined ? undefined : this.#ident(expr.id, name);
    if (named !== undefined) return named;
    const type = this.#field(expr, expr.operand, expr.field, false);
    return expr.testOnly ? BOOL : substitute(this.#bindings, type, false);
  }

  #optionalSelect(expr: Call): CelType {
    const [operand, field] = expr.arguments as readonly [Expr, Expr];
    this.check(field);
    const name = field.kind === "literal" ? String(field.value) : "";
    const type = this.#field(expr, operand, name, true);
    return substitute(this.#bindings, type, false);
  }

  #field(place: Expr, operand: Expr, field: string, isOptional: boolean): CelType {
    const type = substitute(this.#bindings, this.check(operand), false);
    const wasOptional = isOptionalType(type);
    const target = wasOptional ? (type.parameters[0] as CelType) : type;
    const result = this.#fieldOf(place, target, field);
    return wasOptional || isOptional ? optionalOf(result) : result;
  }

  #fieldOf(place: Expr, target: CelType, field: string): CelType {
    switch (target.kind) {
      case "map":
        return target.parameters[1] as CelType;
      case "struct":
        return (
          this.#environment.structs.fieldOf(target.name, field) ??
          this.#report(
            place,
            this.#environment.structs.isFieldless?.(target.name)
              ? `unexpected failed resolution of '${target.name}'`
              : `undefined field '${field}'`,
          )
        );
      case "typeParam":
        this.#assign(DYN, target);
        return DYN;
      default:
        if (!isDynamic(target)) {
          this.#report(place, `type '${formatType(target)}' does not support field selection`);
        }
        return DYN;
    }
  }

  #call(expr: Call): CelType {
    for (const argument of expr.arguments) this.check(argument);
    if (expr.target === undefined) {
      const overloads = this.#functionNamed(expr.name);
      if (overloads === undefined) return this.#undeclared(expr, expr.name);
      return this.#resolve(expr, expr.name, overloads, expr.arguments, false);
    }
    const prefix = qualifiedName(expr.target);
    const spaced = prefix === undefined ? undefined : this.#functionNamed(`${prefix}.${expr.name}`);
    if (spaced !== undefined) {
      return this.#resolve(expr, `${prefix}.${expr.name}`, spaced, expr.arguments, false);
    }
    this.check(expr.target);
    const overloads = this.#functionNamed(expr.name);
    if (overloads === undefined) return this.#undeclared(expr, expr.name);
    return this.#resolve(expr, expr.name, overloads, [expr.target, ...expr.arguments], true);
  }

  #functionNamed(name: string): readonly Overload[] | undefined {
    return this.#environment.functions.get(name.replace(/^\./, ""));
  }

  #resolve(
    expr: Call,
    name: string,
    overloads: readonly Overload[],
    args: readonly Expr[],
    isMember: boolean,
  ): CelType {
    if (name === "_&&_" || name === "_||_") return this.#logical(expr, overloads, args);
    const given = args.map((each) => this.#types.get(each.id) ?? ERROR);
    const matching: Overload[] = [];
    let result: CelType | undefined;
    for (const overload of overloads) {
      if (overload.isMember !== isMember) continue;
      const [type, ...wanted] = this.#instantiated(overload) as [CelType, ...CelType[]];
      if (!this.#assignAll(given, wanted)) continue;
      matching.push(overload);
      const found = substitute(this.#bindings, type, false);
      if (result === undefined) result = found;
      else if (result.kind !== "dyn" && !sameType(found, result)) result = DYN;
    }
    this.#overloads.set(expr.id, matching);
    return result ?? this.#noMatch(expr, name, given, isMember);
  }

  #noMatch(expr: Call, name: string, given: readonly CelType[], isMember: boolean): CelType {
    const words = given.map((type) => formatType(substitute(this.#bindings, type, true)));
    const receiver = isMember ? `${words.shift()}.` : "";
    const signature = `${receiver}(${words.join(", ")})`;
    return this.#report(expr, `found no matching overload for '${name}' applied to '${signature}'`);
  }

  #logical(expr: Call, overloads: readonly Overload[], args: readonly Expr[]): CelType {
    this.#overloads.set(expr.id, overloads);
    const wrong = args.filter((each) => !this.#assign(this.#types.get(each.id) ?? ERROR, BOOL));
    for (const each of wrong) this.#mismatch(each, BOOL, this.#types.get(each.id) ?? ERROR);
    return wrong.length > 0 ? ERROR : BOOL;
  }

  #mismatch(place: { readonly offset: number }, expected: CelType, found: CelType): CelType {
    return this.#report(place, `expected type '${formatType(expected)}' but found '${formatType(found)}'`);
  }

  /** Result and parameters of an overload, its type parameters replaced by fresh ones. */
  #instantiated({ result, parameters }: Overload): readonly CelType[] {
    const fresh = new Map<string, CelType>();
    const renamed = (type: CelType): CelType => {
      if (type.kind !== "typeParam") {
        return type.parameters.length === 0 ? type : { ...type, parameters: type.parameters.map(renamed) };
      }
      const known = fresh.get(type.name) ?? this.#freeType();
      fresh.set(type.name, known);
      return known;
    };
    return [result, ...parameters].map(renamed);
  }

  #freeType(): CelType {
    return typeParameter(`_var${this.#freeTypes++}`);
  }

  #assign(one: CelType, other: CelType): boolean {
    return this.#kept(assign(this.#bindings, one, other));
  }

  #assignAll(one: readonly CelType[], other: readonly CelType[]): boolean {
    return this.#kept(assignAll(this.#bindings, one, other));
  }

  #kept(bindings: Bindings | undefined): boolean {
    if (bindings !== undefined) this.#bindings = bindings;
    return bindings !== undefined;
  }

  #list({ elements, optional }: Extract<Expr, { kind: "list" }>): CelType {
    let joined: CelType | undefined;
    elements.forEach((element, i) => {
      joined = this.#join(joined, this.#unwrapped(element, this.check(element), optional.has(i)));
    });
    return listOf(joined ?? this.#freeType());
  }

  #map({ entries }: Extract<Expr, { kind: "map" }>): CelType {
    let [keys, values]: readonly (CelType | undefined)[] = [];
    for (const { key, value, isOptional } of entries) {
      keys = this.#join(keys, this.check(key));
      values = this.#join(values, this.#unwrapped(value, this.check(value), isOptional));
    }
    return mapOf(keys ?? this.#freeType(), values ?? this.#freeType());
  }

  #struct(expr: Extract<Expr, { kind: "struct" }>): CelType {
    const name = expr.type.replace(/^\./, "");
    const type = this.#environment.structs.typeNamed(name) ?? TYPE_NAMES.get(name);
    if (type === undefined) return this.#undeclared(expr, expr.type);
    if (type.kind !== "struct") return this.#report(expr, `'${type.name}' is not a message type`);
    for (const field of expr.fields) {
      const given = this.#unwrapped(field.value, this.check(field.value), field.isOptional);
      const wanted = this.#environment.structs.fieldOf(name, field.name);
      if (wanted === undefined) this.#report(field, `undefined field '${field.name}'`);
      else if (!this.#assign(wanted, given)) {
        const [expected, found] = [formatType(wanted), formatType(substitute(this.#bindings, given, true))];
        const why = `expected type of field '${field.name}' is '${expected}' but provided type is '${found}'`;
        this.#report(field, why);
      }
    }
    return type;
  }

  /** What is in an optional element; one that is none is a mistake. */
  #unwrapped(place: Expr, type: CelType, isOptional: boolean): CelType {
    if (!isOptional) return type;
    if (isOptionalType(type)) return type.parameters[0] as CelType;
    if (!isDynamic(type)) this.#mismatch(place, optionalOf(type), type);
    return type;
  }

  #join(previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current;
    return this.#assign(previous, current) ? mostGeneral(previous, current) : DYN;
  }

  #comprehension(expr: Comprehension): CelType {
    const range = substitute(this.#bindings, this.check(expr.range), false);
    const gathered = this.check(expr.init);
    const outer = this.#scope;
    this.#scope = { names: new Map([[expr.accumulator, gathered]]), outer };
    const inner = this.#scope;
    const [first, second] = this.#iterated(expr, range);
    const names = new Map([[expr.variable, first]]);
    if (expr.variable2 !== undefined) names.set(expr.variable2, second);
    this.#scope = { names, outer: inner };
    this.#expect(expr.condition, BOOL);
    this.#expect(expr.step, gathered);
    this.#scope = inner;
    const result = this.check(expr.result);
    this.#scope = outer;
    return substitute(this.#bindings, result, false);
  }

  #iterated({ range: place, variable2 }: Comprehension, range: CelType): readonly [CelType, CelType] {
    const [first = DYN, second = DYN] = range.parameters;
    switch (range.kind) {
      case "list":
        return variable2 === undefined ? [first, first] : [INT, first];
      case "map":
        return [first, second];
      case "dyn":
      case "error":
      case "typeParam":
        this.#assign(DYN, range);
        return [DYN, DYN];
      default: {
        const why = "cannot be range of a comprehension (must be list, map, or dynamic)";
        this.#report(place, `expression of type '${formatType(range)}' ${why}`);
        return [ERROR, ERROR];
      }
    }
  }

  #expect(expr: Expr, type: CelType): void {
    const found = this.check(expr);
    if (!this.#assign(type, found)) this.#mismatch(expr, type, found);
  }
}
