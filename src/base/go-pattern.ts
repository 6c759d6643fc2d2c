/** Regular expressions as Go writes them, for the engine of JavaScript. */
const cache = new Map<string, RegExp>();
const CACHED_MAX = 2_000;

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** The expression, or `undefined` when it is none. It matches anywhere in a text, as Go's do. */
export function goPattern(pattern: string): RegExp | undefined {
  let compiled = cache.get(pattern);
  if (compiled !== undefined) return compiled;
  const [, flags = ""] = /^\(\?([imsU]+)\)/.exec(pattern) ?? [];
  const body = flags === "" ? pattern : pattern.slice(flags.length + 3);
  try {
    compiled = new RegExp(translate(body), `u${flags.replace(/[^ims]/g, "")}`);
  } catch {
    return undefined;
  }
  if (cache.size >= CACHED_MAX) cache.clear();
  cache.set(pattern, compiled);
  return compiled;
}

/** Escapes that JavaScript does not know or wants left out, POSIX classes, and names of groups. */
function translate(pattern: string): string {
  return pattern
    .replace(/\(\?P</g, "(?<")
    .replace(/\[:(\^?)([a-z]+):\]/g, (all, not, name) => (not === "" ? (CLASSES[name] ?? all) : all))
    .replace(/\\([\s\S])/gu, (all, character) => {
      if (character === "z") return "$";
      if (character === "A") return "^";
      if (character === "a") return "\\x07";
      return /[\s\w^$\\.*+?()[\]{}|/-]/u.test(character) && character !== "_" ? all : character;
    });
}
