/**
 * Label selectors in both spellings: the object's (`matchLabels`, `matchExpressions`) and the text of query strings
 * ("app=web,tier notin (a, b),!legacy"). Both become the same list of requirements.
 */
import { notParsed, type Parsed, parsed } from "../base/parsed.ts";
import type { LabelSelector, StringMap } from "./types/index.ts";

export interface LabelRequirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt";
  readonly values: readonly string[];
}

/** Every one must hold; an empty list selects everything. */
export type LabelRequirements = readonly LabelRequirement[];

const NO_LABELS: StringMap = Object.freeze({});

/** The requirements of a selector object. */
export function requirementsOf(selector: LabelSelector): LabelRequirements {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: "In" as const,
    values: [value],
  }));
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }) => ({
    key,
    operator,
    values: values ?? [],
  }));
  return [...labels, ...expressions];
}

/** Whether labels satisfy every requirement. A label that is absent satisfies NotIn. */
export function matchesRequirements(requirements: LabelRequirements, labels: StringMap = NO_LABELS): boolean {
  for (const requirement of requirements) if (!holds(requirement, labels[requirement.key])) return false;
  return true;
}

/** Whether a selector object selects labels: an absent selector selects nothing, an empty one everything. */
export function matchesSelector(selector: LabelSelector | undefined, labels: StringMap = NO_LABELS): boolean {
  if (selector === undefined) return false;
  const { matchLabels, matchExpressions } = selector;
  for (const key in matchLabels) if (matchLabels[key] !== labels[key]) return false;
  for (const { key, operator, values } of matchExpressions ?? []) {
    if (!holds({ key, operator, values: values ?? [] }, labels[key])) return false;
  }
  return true;
}

function holds({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return value !== undefined && Number.parseInt(value, 10) > Number(values[0]);
    case "Lt":
      return value !== undefined && Number.parseInt(value, 10) < Number(values[0]);
  }
}

type Token = { readonly kind: "word" | "end" | "symbol"; readonly text: string };

const SYMBOLS = ["==", "!=", "=", "!", ",", "(", ")", ">", "<"];

/** Reads the text of a query string; errors are worded as apimachinery's lexer and parser word them. */
export function parseLabelSelector(text: string): Parsed<LabelRequirements> {
  const reader = new TokenReader(text);
  const requirements: LabelRequirement[] = [];
  if (reader.peek().kind === "end") return parsed(requirements);
  if (!reader.atRequirement()) {
    return notParsed(`found '${reader.peek().text}', expected: !, identifier, or 'end of string'`);
  }
  for (;;) {
    const requirement = readRequirement(reader);
    if (typeof requirement === "string") return notParsed(`unable to parse requirement: ${requirement}`);
    requirements.push(requirement);
    const next = reader.take();
    if (next.kind === "end") return parsed(requirements.sort(byKey));
    if (next.text !== ",") return notParsed(`found '${next.text}', expected: ',' or 'end of string'`);
    if (!reader.atRequirement()) {
      return notParsed(`found '${reader.peek().text}', expected: identifier after ','`);
    }
  }
}

function byKey(a: LabelRequirement, b: LabelRequirement): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function readRequirement(reader: TokenReader): LabelRequirement | string {
  const negated = reader.peek().text === "!" && reader.peek().kind === "symbol";
  if (negated) reader.take();
  const key = reader.take();
  if (key.kind !== "word") return `found '${key.text}', expected: identifier`;
  const wrong = wrongKey(key.text);
  if (wrong !== undefined) return wrong;
  if (negated) return { key: key.text, operator: "DoesNotExist", values: [] };
  const next = reader.peek();
  if (next.kind === "end" || next.text === ",") return { key: key.text, operator: "Exists", values: [] };
  reader.take();
  const requirement = readOperator(reader, key.text, next);
  if (typeof requirement === "string") return requirement;
  for (const [i, value] of requirement.values.entries()) {
    const why = wrongValue(requirement, i, value);
    if (why !== undefined) return why;
  }
  return requirement;
}

function readOperator(reader: TokenReader, key: string, operator: Token): LabelRequirement | string {
  switch (operator.text) {
    case "=":
    case "==":
      return { key, operator: "In", values: [reader.takeValue()] };
    case "!=":
      return { key, operator: "NotIn", values: [reader.takeValue()] };
    case ">":
      return { key, operator: "Gt", values: [reader.takeValue()] };
    case "<":
      return { key, operator: "Lt", values: [reader.takeValue()] };
    case "in":
    case "notin": {
      const values = readValues(reader);
      if (typeof values === "string") return values;
      return { key, operator: operator.text === "in" ? "In" : "NotIn", values };
    }
    default:
      return `found '${operator.text}', expected: in, notin, =, ==, !=, gt, lt`;
  }
}

function readValues(reader: TokenReader): string[] | string {
  const open = reader.take();
  if (open.text !== "(") return `found '${open.text}' expected: '('`;
  const values = new Set<string>();
  for (;;) {
    values.add(reader.takeValue());
    const next = reader.take();
    if (next.text === ")") return [...values].sort();
    if (next.text !== ",") return `found '${next.text}', expected: ',' or ')'`;
  }
}

/** The words of a selector; blanks separate and mean nothing. */
class TokenReader {
  readonly #text: string;
  #position = 0;
  #peeked: Token | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  peek(): Token {
    this.#peeked ??= this.#read();
    return this.#peeked;
  }

  take(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    return token;
  }

  /** Whether what follows can begin a requirement. */
  atRequirement(): boolean {
    const { kind, text } = this.peek();
    return kind === "word" || text === "!";
  }

  /** A value may be empty: then the next token belongs to what follows. */
  takeValue(): string {
    return this.peek().kind === "word" ? this.take().text : "";
  }

  #read(): Token {
    while (/\s/.test(this.#text.charAt(this.#position))) this.#position++;
    const rest = this.#text.slice(this.#position);
    if (rest === "") return { kind: "end", text: "" };
    const symbol = SYMBOLS.find((candidate) => rest.startsWith(candidate));
    const text = symbol ?? (/^[^\s=!,()<>]+/.exec(rest)?.[0] as string);
    this.#position += text.length;
    return { kind: symbol === undefined ? "word" : "symbol", text };
  }
}

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const PREFIX_RULE =
  "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function wrongKey(key: string): string | undefined {
  const slash = key.lastIndexOf("/");
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const why =
    prefix !== undefined && !SUBDOMAIN.test(prefix)
      ? PREFIX_RULE
      : name.length > 63
        ? "name part must be no more than 63 characters"
        : NAME.test(name)
          ? undefined
          : NAME_RULE;
  return why && `<nil>: Invalid value: ${JSON.stringify(key)}: ${why}`;
}

function wrongValue({ key, operator }: LabelRequirement, i: number, value: string): string | undefined {
  if (operator === "Gt" || operator === "Lt") {
    return /^[-+]?\d+$/.test(value)
      ? undefined
      : `values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`;
  }
  const why =
    value.length > 63 ? "must be no more than 63 characters" : VALUE.test(value) ? undefined : VALUE_RULE;
  return why && `values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${why}`;
}
