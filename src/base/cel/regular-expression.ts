import { RE2JS } from "re2js";
import { CelError } from "./values.ts";

/** A regular expression in Go's syntax. It takes time in proportion to the text, whatever the expression is. */
export interface RegularExpression {
  matches(text: string): boolean;
  /** The first place that matches. */
  find(text: string): string | undefined;
  /** All of them, or the first few. */
  findAll(text: string, limit: number): readonly string[];
}

const MAX_CACHED = 500;
const cache = new Map<string, RegularExpression>();

/** @throws {CelError} when the text is no regular expression, in Go's words */
export function regularExpression(pattern: string): RegularExpression {
  let found = cache.get(pattern);
  if (found === undefined) {
    if (cache.size >= MAX_CACHED) cache.clear();
    found = compile(pattern);
    cache.set(pattern, found);
  }
  return found;
}

function compile(pattern: string): RegularExpression {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    throw new CelError(error instanceof Error ? error.message : String(error));
  }
  const all = function* (text: string) {
    const matcher = compiled.matcher(text);
    while (matcher.find()) yield matcher.group() ?? "";
  };
  return {
    matches: (text) => compiled.matcher(text).find(),
    find: (text) => all(text).next().value ?? undefined,
    findAll(text, limit) {
      const found: string[] = [];
      for (const each of all(text)) {
        if (limit >= 0 && found.length >= limit) break;
        found.push(each);
      }
      return found;
    },
  };
}
