import type { CelIssue } from "./issues.ts";

export type TokenKind =
  | "ident"
  | "escaped"
  | "int"
  | "uint"
  | "float"
  | "string"
  | "bytes"
  | "punctuation"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** In UTF-16 units. */
  readonly offset: number;
}

const ESCAPE = String.raw`\\(?:[abfnrtv"'\\?\x60]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})`;

/** Longest first where one begins like another. Reserved words among identifiers are the parser's to know. */
const TOKENS: readonly (readonly [TokenKind | "hidden", RegExp])[] = [
  ["hidden", /[\t \r\n\f]+|\/\/[^\n]*/y],
  ["float", /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y],
  ["uint", /0x[0-9a-fA-F]+[uU]|\d+[uU]/y],
  ["int", /0x[0-9a-fA-F]+|\d+/y],
  ["bytes", bytesOrText("[bB]")],
  ["string", bytesOrText("")],
  ["ident", /[A-Za-z_]\w*/y],
  ["escaped", /`[\w.\-/ ]+`/y],
  ["punctuation", /==|!=|<=|>=|&&|\|\||[-<>[\]{}().,!?:+*/%]/y],
];

function bytesOrText(prefix: string): RegExp {
  const forms = [
    String.raw`[rR]"""[\s\S]*?"""`,
    String.raw`[rR]'''[\s\S]*?'''`,
    String.raw`"""(?:${ESCAPE}|[^\\])*?"""`,
    String.raw`'''(?:${ESCAPE}|[^\\])*?'''`,
    String.raw`[rR]"[^"\n\r]*"`,
    String.raw`[rR]'[^'\n\r]*'`,
    String.raw`"(?:${ESCAPE}|[^\\"\n\r])*"`,
    String.raw`'(?:${ESCAPE}|[^\\'\n\r])*'`,
  ];
  return new RegExp(`${prefix}(?:${forms.join("|")})`, "y");
}

/** The tokens of a source, the last of kind `end`; characters that begin none are issues. */
export function tokenize(source: string, issues: CelIssue[]): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < source.length) {
    const token = tokenAt(source, offset);
    if (token === undefined) {
      const text = unrecognized(source, offset);
      issues.push({ offset, message: `Syntax error: token recognition error at: '${escaped(text)}'` });
      offset += text.length;
      continue;
    }
    if (token.kind !== "hidden") tokens.push(token as Token);
    offset += token.text.length;
  }
  tokens.push({ kind: "end", text: "<EOF>", offset: source.length });
  return tokens;
}

function tokenAt(source: string, offset: number) {
  for (const [kind, pattern] of TOKENS) {
    pattern.lastIndex = offset;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return { kind, text, offset };
  }
  return undefined;
}

/** How far a broken token goes: a quotation to the first character that cannot be in it, anything else one character. */
function unrecognized(source: string, offset: number): string {
  const quotation = new RegExp(`['"](?:${ESCAPE}|[^\\\\\\n\\r'"])*(?:\\\\?[\\s\\S])?`, "y");
  quotation.lastIndex = offset;
  const half = /[=&|][\s\S]/uy;
  half.lastIndex = offset;
  return (
    quotation.exec(source)?.[0] ??
    half.exec(source)?.[0] ??
    String.fromCodePoint(source.codePointAt(offset) as number)
  );
}

function escaped(text: string): string {
  return text.replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t");
}
