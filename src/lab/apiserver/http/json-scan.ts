/**
 * Reads JSON texts as Go's decoder does: the same sentence for a syntax error, and a list of the fields given twice, which
 * `JSON.parse` passes over in silence. Values come from `JSON.parse`; this walks the text a second time only for what that hides.
 */

import { type DuplicateField, fieldPath } from "../../../kube/schema/body-text.ts";
import { quote } from "../../../kube/validation/field-errors.ts";

/** What a walk over a text found. */
export interface JsonScan {
  /** Worded as Go's encoding/json words it. */
  readonly error?: string;
  readonly duplicates: readonly DuplicateField[];
  /** Numbers that are not the same any more when `JSON.parse` has read them. */
  readonly literals: readonly NumberLiteral[];
  /** How many objects and lists stand in each other at most. */
  readonly depth: number;
}

/** A number as it stands in the text: too large for a number of ours, or whole though written as if it were not. */
export interface NumberLiteral {
  /** "spec.containers[0].ports[1].containerPort" */
  readonly path: string;
  /** The keys and indices that lead to it. */
  readonly steps: readonly (string | number)[];
  readonly text: string;
}

const END = "unexpected end of JSON input";
/** Where Go's decoder stops. */
export const DEPTH_MAX = 10_000;
const WHITE = /[ \t\r\n]*/y;
// From the space on, everything but the quote and the backslash.
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

class SyntaxFault extends Error {}

/** An object, which has keys, or a list that has begun and not ended. */
interface Container {
  readonly path: string;
  readonly keys: Set<string> | undefined;
  /** Of the part that is being read. */
  index: number;
  key: string;
}

class Scanner {
  readonly #text: string;
  /** By their paths. */
  readonly #duplicates = new Map<string, DuplicateField>();
  readonly #literals: NumberLiteral[] = [];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): JsonScan {
    try {
      this.#value();
      this.#white();
      if (this.#at < this.#text.length) this.#fail("after top-level value");
      return { duplicates: [...this.#duplicates.values()], literals: this.#literals, depth: this.#depth };
    } catch (fault) {
      if (!(fault instanceof SyntaxFault)) throw fault;
      return { error: fault.message, duplicates: [], literals: [], depth: this.#depth };
    }
  }

  /** Containers that are open lie on a stack of their own: texts may be deeper than calls may be. */
  #value(): void {
    const open: Container[] = [];
    let path = "";
    for (;;) {
      const inner = this.#begin(path, open);
      if (inner !== undefined) {
        path = inner;
        continue;
      }
      const next = this.#next(open);
      if (next === undefined) return;
      path = next;
    }
  }

  /** Reads a value, or as much of it as stands before its first part, whose path it then gives. */
  #begin(path: string, open: Container[]): string | undefined {
    this.#white();
    const first = this.#text[this.#at];
    if (first === "{" || first === "[") {
      if (open.length === DEPTH_MAX) this.#fail("exceeded max depth");
      this.#depth = Math.max(this.#depth, open.length + 1);
      this.#at++;
      if (this.#ends(first === "{" ? "}" : "]")) return undefined;
      const container: Container = { path, keys: first === "{" ? new Set() : undefined, index: 0, key: "" };
      open.push(container);
      return this.#part(container);
    }
    if (first === '"') this.#string();
    else if (first === "-" || (first !== undefined && first >= "0" && first <= "9")) {
      this.#number(path, open);
    } else if (first === "t") this.#word("true");
    else if (first === "f") this.#word("false");
    else if (first === "n") this.#word("null");
    else this.#fail("looking for beginning of value");
    return undefined;
  }

  /** After a value: the path of what follows it, or undefined when nothing does. Closes what ends. */
  #next(open: Container[]): string | undefined {
    for (;;) {
      const container = open.at(-1);
      if (container === undefined) return undefined;
      const isObject = container.keys !== undefined;
      if (this.#ends(isObject ? "}" : "]")) {
        open.pop();
        continue;
      }
      if (this.#text[this.#at] !== ",") {
        this.#fail(isObject ? "after object key:value pair" : "after array element");
      }
      this.#at++;
      container.index++;
      return this.#part(container);
    }
  }

  /** The path of a container's next part; of an object's, its key has then been read. */
  #part(container: Container): string {
    const { path, keys, index } = container;
    if (keys === undefined) return `${path}[${index}]`;
    this.#white();
    if (this.#text[this.#at] !== '"') this.#fail("looking for beginning of object key string");
    const key = this.#string();
    const inner = fieldPath(path, key);
    if (!keys.has(key)) keys.add(key);
    else if (!this.#duplicates.has(inner)) {
      this.#duplicates.set(inner, { parent: path, key, after: keys.size });
    }
    container.key = key;
    this.#white();
    if (this.#text[this.#at] !== ":") this.#fail("after object key");
    this.#at++;
    return inner;
  }

  #string(): string {
    const literal = this.#match(STRING);
    if (literal === undefined) this.#failInString();
    return literal.includes("\\") ? JSON.parse(literal) : literal.slice(1, -1);
  }

  /** Finds the character that a string may not hold. */
  #failInString(): never {
    for (this.#at++; ; this.#at++) {
      const c = this.#text[this.#at];
      if (c === undefined || c < " ") this.#fail("in string literal");
      if (c !== "\\") continue;
      this.#at++;
      if (!'"\\/bfnrtu'.includes(this.#text[this.#at] ?? "?")) this.#fail("in string escape code");
      if (this.#text[this.#at] !== "u") continue;
      for (let digit = 0; digit < 4; digit++) {
        this.#at++;
        if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? ""))
          this.#fail("in \\u hexadecimal character escape");
      }
    }
  }

  #number(path: string, open: readonly Container[]): void {
    const text = this.#match(NUMBER);
    if (text === undefined) {
      this.#at++;
      this.#fail("in numeric literal");
    }
    if (isFaithful(text)) return;
    const steps = open.map(({ keys, key, index }) => (keys === undefined ? index : key));
    this.#literals.push({ path, steps, text });
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++, this.#at++) {
      if (this.#text[this.#at] !== word[i]) this.#fail(`in literal ${word} (expecting '${word[i]}')`);
    }
  }

  #ends(bracket: string): boolean {
    this.#white();
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #white(): void {
    WHITE.lastIndex = this.#at;
    WHITE.test(this.#text);
    this.#at = WHITE.lastIndex;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(where: string): never {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) throw new SyntaxFault(END);
    throw new SyntaxFault(`invalid character ${quoteRune(String.fromCodePoint(code))} ${where}`);
  }
}

const DIGITS_SAFE = 15;

/** Whether a number of ours says the same as the text: value and form. */
function isFaithful(text: string): boolean {
  if (/[.eE]/.test(text)) {
    const value = Number(text);
    return !Number.isInteger(value) && String(value) === text;
  }
  return text.length <= DIGITS_SAFE || Number.isSafeInteger(Number(text));
}

/** As Go's quoteChar: 'x', with the two quotes the other way round. */
function quoteRune(rune: string): string {
  if (rune === "'") return "'\\''";
  if (rune === '"') return "'\"'";
  return `'${quote(rune).slice(1, -1)}'`;
}

/** Walks over a text that `JSON.parse` may or may not accept. */
export function scanJson(text: string): JsonScan {
  return new Scanner(text).scan();
}
