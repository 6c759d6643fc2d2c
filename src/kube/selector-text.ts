/**
 * The text form of label selectors, as it stands in query strings and flags: "a=b,c in (d,e),!f,x!=y,cores>4".
 * Reads what apimachinery's labels.Parse reads, and refuses the rest in the same words.
 */
import { notParsed, type Parsed, parsed } from "../base/parsed.ts";
import { labelKeyProblems, labelValueProblems } from "./label-syntax.ts";
import { CompiledSelector, type LabelRequirement, parseInt64, type SelectorOperator } from "./selectors.ts";

/** Reads a selector text; an empty one selects everything. */
export function parseSelector(text: string): Parsed<CompiledSelector> {
  try {
    return parsed(new CompiledSelector(new SelectorParser(text).parse()));
  } catch (error) {
    if (error instanceof SyntaxProblem) return notParsed(error.message);
    throw error;
  }
}

/** Ends the parser from within; never leaves this file. */
class SyntaxProblem extends Error {}

interface Token {
  readonly kind: "word" | "symbol" | "end";
  readonly text: string;
}

const END: Token = { kind: "end", text: "" };
const TOKENS = /[ \t\r\n]*(?:(==|!=|[=!(),<>])|([^ \t\r\n=!(),<>]+))/gy;

function scan(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [, symbol, word] of text.matchAll(TOKENS)) {
    tokens.push(
      symbol === undefined ? { kind: "word", text: word as string } : { kind: "symbol", text: symbol },
    );
  }
  tokens.push(END);
  return tokens;
}

const OPERATORS: Readonly<Record<string, SelectorOperator>> = {
  "=": "=",
  "==": "==",
  "!=": "!=",
  ">": "gt",
  "<": "lt",
  in: "in",
  notin: "notin",
};

class SelectorParser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = scan(text);
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    if (this.#peek().kind === "end") return requirements;
    if (!this.#startsRequirement()) {
      throw new SyntaxProblem(`found '${this.#peek().text}', expected: !, identifier, or 'end of string'`);
    }
    for (;;) {
      requirements.push(this.#requirement());
      const next = this.#take();
      if (next.kind === "end") return requirements;
      if (!isSymbol(next, ","))
        throw new SyntaxProblem(`found '${next.text}', expected: ',' or 'end of string'`);
      if (!this.#startsRequirement()) {
        throw new SyntaxProblem(`found '${this.#peek().text}', expected: identifier after ','`);
      }
    }
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? END;
  }

  #take(): Token {
    const token = this.#peek();
    this.#position++;
    return token;
  }

  #startsRequirement(): boolean {
    return this.#peek().kind === "word" || isSymbol(this.#peek(), "!");
  }

  #requirement(): LabelRequirement {
    const negated = isSymbol(this.#peek(), "!");
    if (negated) this.#take();
    const { kind, text: key } = this.#take();
    if (kind !== "word") throw unreadable(`found '${key}', expected: identifier`);
    const problems = labelKeyProblems(key);
    // The original's parser has no field path here and prints Go's word for that.
    if (problems.length > 0)
      throw unreadable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems.join("; ")}`);
    if (negated) return { key, operator: "!", values: [] };
    const next = this.#peek();
    if (next.kind === "end" || isSymbol(next, ",")) return { key, operator: "exists", values: [] };
    const operator = this.#operator();
    const isSet = operator === "in" || operator === "notin";
    return checked({ key, operator, values: isSet ? this.#values() : [this.#exactValue()] });
  }

  #operator(): SelectorOperator {
    const { text } = this.#take();
    const operator = OPERATORS[text];
    if (operator === undefined) throw unreadable(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
    return operator;
  }

  #exactValue(): string {
    if (this.#peek().kind === "end" || isSymbol(this.#peek(), ",")) return "";
    const { kind, text } = this.#take();
    if (kind !== "word") throw unreadable(`found '${text}', expected: identifier`);
    return text;
  }

  /** "(a,b)": values may be empty, and equal ones count once. */
  #values(): string[] {
    const open = this.#take();
    if (!isSymbol(open, "(")) throw unreadable(`found '${open.text}' expected: '('`);
    const values = new Set<string>();
    const first = this.#peek();
    if (first.kind !== "word" && !isSymbol(first, ",") && !isSymbol(first, ")")) {
      throw unreadable(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    for (;;) {
      if (this.#peek().kind === "word") values.add(this.#take().text);
      else values.add("");
      const next = this.#peek();
      if (isSymbol(next, ")")) break;
      if (!isSymbol(next, ",")) {
        const expected = isSymbol(this.#tokens[this.#position - 1] ?? END, ",")
          ? "',', or identifier"
          : "',' or ')'";
        throw unreadable(`found '${next.text}', expected: ${expected}`);
      }
      this.#take();
    }
    this.#take();
    return [...values].sort();
  }
}

function isSymbol(token: Token, text: string): boolean {
  return token.kind === "symbol" && token.text === text;
}

function unreadable(problem: string): SyntaxProblem {
  return new SyntaxProblem(`unable to parse requirement: ${problem}`);
}

/** Judges the values; several problems are listed in brackets. */
function checked(requirement: LabelRequirement): LabelRequirement {
  const { key, operator, values } = requirement;
  const problems: string[] = [];
  if (operator === "gt" || operator === "lt") {
    const [value = ""] = values;
    if (parseInt64(value) === undefined) {
      problems.push(invalid("values[0]", value, ["for 'Gt', 'Lt' operators, the value must be an integer"]));
    }
  }
  for (const [i, value] of values.entries()) {
    const wrong = labelValueProblems(value);
    if (wrong.length > 0) problems.push(invalid(`values[${i}][${key}]`, value, wrong));
  }
  if (problems.length === 0) return requirement;
  throw unreadable(problems.length === 1 ? (problems[0] as string) : `[${problems.join(", ")}]`);
}

function invalid(path: string, value: string, problems: readonly string[]): string {
  return `${path}: Invalid value: ${JSON.stringify(value)}: ${problems.join("; ")}`;
}
