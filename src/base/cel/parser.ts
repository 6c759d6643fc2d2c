import type { Expr, ListLiteral, MapEntry, StructField } from "./ast.ts";
import { ExprFactory } from "./expr-factory.ts";
import type { CelIssue } from "./issues.ts";
import { type Token, type TokenKind, tokenize } from "./lexer.ts";
import { bytesOf, unquote } from "./literals.ts";
import { expandGlobal, expandReceiver, MacroError } from "./macros.ts";
import { INT_MAX, INT_MIN, UINT_MAX, UnsignedInt } from "./values.ts";

/** What a source says, or why it says nothing. */
export type Parsed = { readonly expr: Expr } | { readonly issues: readonly CelIssue[] };

/** How deep expressions may be nested, as cel-go limits it. */
const DEPTH_MAX = 250;

/** How many characters a source may have, as cel-go limits it. */
const SOURCE_MAX = 100_000;

/** Reads an expression by cel-go's grammar, optional syntax included. */
export function parseCel(source: string): Parsed {
  const length = [...source].length;
  if (length > SOURCE_MAX) {
    const message = `expression code point size exceeds limit: size: ${length}, limit ${SOURCE_MAX}`;
    return { issues: [{ offset: 0, message }] };
  }
  const issues: CelIssue[] = [];
  const parser = new Parser(tokenize(source, issues), issues);
  const expr = parser.parse();
  return expr === undefined || issues.length > 0 ? { issues } : { expr };
}

/** Ends the reading: what follows a broken place is not looked at. */
class Broken extends Error {}

const RESERVED = new Set(
  "as break const continue else false for function if import in let loop package namespace null return true var void while".split(
    " ",
  ),
);
/** Reserved words that are literals or operators: they never are identifiers to the lexer. */
const KEYWORDS = new Set(["true", "false", "null", "in"]);

const RELATIONS = new Set(["<", "<=", ">=", ">", "==", "!=", "in"]);

const ANY_EXPRESSION =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

class Parser {
  readonly #tokens: readonly Token[];
  readonly #issues: CelIssue[];
  readonly #make = new ExprFactory();
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], issues: CelIssue[]) {
    this.#tokens = tokens;
    this.#issues = issues;
  }

  parse(): Expr | undefined {
    try {
      const expr = this.#expression();
      if (this.#token.kind !== "end") this.#unexpected("<EOF>", this.#tokens[this.#next + 1]?.kind === "end");
      return expr;
    } catch (error) {
      if (error instanceof Broken) return undefined;
      throw error;
    }
  }

  get #token(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #advance(): Token {
    const token = this.#token;
    this.#next++;
    return token;
  }

  #is(text: string): boolean {
    const { kind, text: given } = this.#token;
    return given === text && (kind === "punctuation" || (kind === "ident" && KEYWORDS.has(text)));
  }

  #skip(text: string): Token | undefined {
    return this.#is(text) ? this.#advance() : undefined;
  }

  #expect(text: string, expected = `'${text}'`): Token {
    const found = this.#skip(text);
    if (found !== undefined) return found;
    const { text: given, offset } = this.#token;
    // As ANTLR recovers: one token too many, one too few, or no way on.
    if (this.#tokens[this.#next + 1]?.text === text) this.#unexpected(expected, true);
    const startsExpression = this.#startsExpression(this.#token);
    const canFollow = text === ":" ? startsExpression : text !== "}" && !startsExpression;
    if (!canFollow || expected !== `'${text}'`) this.#unexpected(expected);
    this.#fail(offset, `Syntax error: missing '${text}' at '${given}'`);
  }

  #fail(offset: number, message: string): never {
    this.#issues.push({ offset, message });
    throw new Broken(message);
  }

  #unexpected(expected: string, isExtra = false): never {
    const { text, offset } = this.#token;
    const word = isExtra ? "extraneous" : "mismatched";
    this.#fail(offset, `Syntax error: ${word} input '${text}' expecting ${expected}`);
  }

  #deeper<T>(offset: number, read: () => T): T {
    if (++this.#depth > DEPTH_MAX) this.#fail(offset, "expression recursion limit exceeded: 250");
    const result = read();
    this.#depth--;
    return result;
  }

  #expression(): Expr {
    return this.#deeper(this.#token.offset, () => {
      const condition = this.#logical("||", () => this.#logical("&&", () => this.#relation()));
      const question = this.#skip("?");
      if (question === undefined) return condition;
      const yes = this.#logical("||", () => this.#logical("&&", () => this.#relation()));
      this.#expect(":");
      return this.#make.at(question.offset).call("_?_:_", condition, yes, this.#expression());
    });
  }

  /** Long chains become balanced trees, so that their depth stays small. */
  #logical(operator: "&&" | "||", read: () => Expr): Expr {
    const terms = [read()];
    const offsets: number[] = [];
    for (let found = this.#skip(operator); found !== undefined; found = this.#skip(operator)) {
      offsets.push(found.offset);
      terms.push(read());
    }
    const balanced = (low: number, high: number): Expr => {
      const middle = Math.floor((low + high + 1) / 2);
      const left = middle === low ? (terms[middle] as Expr) : balanced(low, middle - 1);
      const right = middle === high ? (terms[middle + 1] as Expr) : balanced(middle + 1, high);
      return this.#make.at(offsets[middle] as number).call(`_${operator}_`, left, right);
    };
    return offsets.length === 0 ? (terms[0] as Expr) : balanced(0, offsets.length - 1);
  }

  #relation(): Expr {
    let left = this.#calculation();
    while (RELATIONS.has(this.#token.text) && this.#is(this.#token.text)) {
      const { text, offset } = this.#advance();
      const right = this.#calculation();
      left = this.#make.at(offset).call(text === "in" ? "@in" : `_${text}_`, left, right);
    }
    return left;
  }

  #calculation(operators = ["+", "-"]): Expr {
    const operand = () => (operators.includes("+") ? this.#calculation(["*", "/", "%"]) : this.#unary());
    let left = operand();
    while (operators.some((operator) => this.#is(operator))) {
      const { text, offset } = this.#advance();
      left = this.#make.at(offset).call(`_${text}_`, left, operand());
    }
    return left;
  }

  #unary(): Expr {
    const operator = this.#is("!") ? "!" : this.#is("-") ? "-" : undefined;
    if (operator === undefined) return this.#member();
    const { offset } = this.#token;
    const following = this.#tokens[this.#next + 1];
    if (operator === "-" && (following?.kind === "int" || following?.kind === "float")) {
      return this.#member();
    }
    let count = 0;
    while (this.#skip(operator) !== undefined) count++;
    const operand = this.#member();
    return count % 2 === 0 ? operand : this.#make.at(offset).call(`${operator}_`, operand);
  }

  #member(): Expr {
    let operand = this.#primary();
    const depth = this.#depth;
    for (;;) {
      const { offset } = this.#token;
      if (this.#skip(".") !== undefined) {
        operand = this.#deeperOnce(offset, this.#selection(operand, offset));
      } else if (this.#skip("[") !== undefined) {
        const name = this.#skip("?") === undefined ? "_[_]" : "_[?_]";
        const index = this.#expression();
        this.#expect("]");
        operand = this.#deeperOnce(offset, this.#make.at(offset).call(name, operand, index));
      } else {
        this.#depth = depth;
        return operand;
      }
    }
  }

  #deeperOnce(offset: number, expr: Expr): Expr {
    if (++this.#depth > DEPTH_MAX) this.#fail(offset, "expression recursion limit exceeded: 250");
    return expr;
  }

  #selection(operand: Expr, dot: number): Expr {
    const isOptional = this.#skip("?") !== undefined;
    const { kind, text, offset } = this.#token;
    if (kind === "escaped") this.#fail(offset, "unsupported syntax: '`'");
    if (kind === "ident" && CONSTANTS.has(text)) this.#unexpected("IDENTIFIER");
    if (kind !== "ident" || KEYWORDS.has(text)) {
      this.#fail(offset, `Syntax error: no viable alternative at input '.${text === "<EOF>" ? "" : text}'`);
    }
    this.#advance();
    const field = text;
    if (isOptional) {
      return this.#make.at(dot).call("_?._", operand, this.#make.at(offset).literal(field));
    }
    const open = this.#skip("(");
    if (open === undefined) {
      return this.#make.at(dot).node({ kind: "select", operand, field, testOnly: false });
    }
    const args = this.#arguments();
    const make = this.#make.at(open.offset);
    return (
      this.#macro(open.offset, () => expandReceiver(make, field, operand, args)) ??
      make.memberCall(field, operand, ...args)
    );
  }

  #macro(offset: number, expand: () => Expr | undefined): Expr | undefined {
    try {
      return expand();
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      this.#issues.push({ offset: error.offset, message: error.message });
      return this.#make.at(offset).literal(null);
    }
  }

  #arguments(): readonly Expr[] {
    const args: Expr[] = [];
    if (this.#skip(")") !== undefined) return args;
    do args.push(this.#expression());
    while (this.#skip(",") !== undefined);
    this.#expect(")");
    return args;
  }

  #primary(): Expr {
    const token = this.#token;
    const { kind, text, offset } = token;
    if (this.#skip("(") !== undefined) {
      const inner = this.#expression();
      this.#expect(")");
      return inner;
    }
    if (this.#skip("[") !== undefined) return this.#list(offset);
    if (this.#skip("{") !== undefined) return this.#map(offset);
    if (this.#is(".") || (kind === "ident" && !KEYWORDS.has(text))) return this.#name();
    return this.#literal(token);
  }

  #literal({ kind, text, offset }: Token): Expr {
    const isNegative = this.#is("-");
    if (isNegative) this.#advance();
    const token = isNegative ? this.#token : { kind, text };
    const make = this.#make.at(offset);
    const read = LITERALS[token.kind];
    const constant = CONSTANTS.get(token.text);
    if (token.kind === "ident" && constant !== undefined && !isNegative) {
      this.#advance();
      return make.literal(constant);
    }
    if (read === undefined) this.#noExpression();
    this.#advance();
    try {
      return make.literal(read(`${isNegative ? "-" : ""}${token.text}`));
    } catch (error) {
      this.#issues.push({ offset, message: (error as Error).message });
      return make.literal(null);
    }
  }

  #noExpression(): never {
    const [before, after] = [this.#tokens[this.#next - 1], this.#tokens[this.#next + 1]];
    const isCall = before?.text === "(" && this.#tokens[this.#next - 2]?.kind === "ident";
    const expected = isCall ? ANY_EXPRESSION.replace("'(',", "'(', ')',") : ANY_EXPRESSION;
    const isExtra = after !== undefined && this.#startsExpression(after);
    this.#unexpected(expected, isExtra && this.#token.kind !== "end");
  }

  #startsExpression({ kind, text }: Token): boolean {
    if (kind === "ident") return text !== "in";
    return LITERALS[kind] !== undefined || (kind === "punctuation" && "([{.-!".includes(text));
  }

  /** An identifier, a call, or the type of a struct literal. */
  #name(): Expr {
    const { offset: start } = this.#token;
    const isRooted = this.#skip(".") !== undefined;
    const { kind, text, offset } = this.#token;
    if (kind !== "ident" || KEYWORDS.has(text)) this.#unexpected("IDENTIFIER");
    const struct = this.#structName();
    if (struct !== undefined) return this.#struct(`${isRooted ? "." : ""}${struct}`);
    this.#advance();
    if (RESERVED.has(text)) this.#fail(start, `reserved identifier: ${text}`);
    const name = `${isRooted ? "." : ""}${text}`;
    const open = this.#skip("(");
    if (open === undefined) return this.#make.at(offset).ident(name);
    const args = this.#arguments();
    const make = this.#make.at(open.offset);
    return this.#macro(open.offset, () => expandGlobal(make, name, args)) ?? make.call(name, ...args);
  }

  /** The dotted name up to a `{`, if there is one. */
  #structName(): string | undefined {
    const names: string[] = [];
    for (let i = this.#next; ; i += 2) {
      const [name, after] = [this.#tokens[i], this.#tokens[i + 1]];
      if (name?.kind !== "ident") return undefined;
      names.push(name.text);
      if (after?.text === "{" && after.kind === "punctuation") {
        this.#next = i + 1;
        return names.join(".");
      }
      if (after?.text !== ".") return undefined;
    }
  }

  #struct(type: string): Expr {
    const { offset } = this.#advance();
    const fields: StructField[] = [];
    while (!this.#is("}")) {
      const isOptional = this.#skip("?") !== undefined;
      const { kind, text } = this.#token;
      if (kind !== "ident") this.#unexpected("{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}");
      this.#advance();
      const colon = this.#expect(":");
      const id = this.#make.nextId();
      fields.push({ id, offset: colon.offset, name: text, value: this.#expression(), isOptional });
      if (this.#skip(",") === undefined) break;
    }
    this.#expect("}");
    return this.#make.at(offset).node({ kind: "struct", type, fields });
  }

  #list(offset: number): ListLiteral {
    const elements: Expr[] = [];
    const optional = new Set<number>();
    while (!this.#is("]")) {
      if (this.#skip("?") !== undefined) optional.add(elements.length);
      elements.push(this.#expression());
      if (this.#skip(",") === undefined) break;
    }
    this.#expect("]", "{']', ','}");
    return this.#make.at(offset).node({ kind: "list", elements, optional });
  }

  #map(offset: number): Expr {
    const entries: MapEntry[] = [];
    while (!this.#is("}")) {
      const isOptional = this.#skip("?") !== undefined;
      const key = this.#expression();
      const colon = this.#expect(":");
      const id = this.#make.nextId();
      entries.push({ id, offset: colon.offset, key, value: this.#expression(), isOptional });
      if (this.#skip(",") === undefined) break;
    }
    this.#expect("}", "{'}', ','}");
    return this.#make.at(offset).node({ kind: "map", entries });
  }
}

const CONSTANTS = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

const LITERALS: Partial<
  Record<TokenKind, (text: string) => bigint | UnsignedInt | number | string | Uint8Array>
> = {
  int: readInt,
  uint(text) {
    const value = BigInt(text.slice(0, -1));
    if (value > UINT_MAX) throw new SyntaxError("invalid uint literal");
    return new UnsignedInt(value);
  },
  float: Number,
  string: (text) => unquote(text, false),
  bytes: bytesOf,
};

function readInt(text: string): bigint {
  const value = text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
  if (value > INT_MAX || value < INT_MIN) throw new SyntaxError("invalid int literal");
  return value;
}
