/** Numbers, durations and texts as Go's strconv and time read and write them, with their words for what is none. */
import { StatusError } from "../../../kube/status-error.ts";

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** A whole number of 64 bits; undefined for no text. @throws {StatusError} BadRequest */
export function readInteger(text: string | null): number | undefined {
  if (text === null || text === "") return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw notParsed(text, "invalid syntax");
  const exact = BigInt(text.replace("+", ""));
  if (exact > INT64_MAX || exact < INT64_MIN) throw notParsed(text, "value out of range");
  return Number(exact);
}

function notParsed(text: string, why: string): StatusError {
  return new StatusError("BadRequest", `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "\u00b5s": 1e-3,
  "\u03bcs": 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** What is wrong with a duration such as "1h30m"; undefined when nothing is. */
export function durationFault(text: string): string | undefined {
  const quoted = JSON.stringify(text);
  const rest = text.replace(/^[+-]/, "");
  if (rest === "0") return undefined;
  if (rest === "") return `time: invalid duration ${quoted}`;
  const parts = /(\d+\.?\d*|\.\d+)([^\d.]*)/y;
  for (let at = 0; at < rest.length; at = parts.lastIndex) {
    parts.lastIndex = at;
    const part = parts.exec(rest);
    if (part === null) return `time: invalid duration ${quoted}`;
    const unit = part[2] ?? "";
    if (unit === "") return `time: missing unit in duration ${quoted}`;
    if (!Object.hasOwn(UNIT_MS, unit))
      return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
  }
  return undefined;
}

/** How long a duration such as "1h30m" is, in milliseconds; it must have no fault. */
export function durationMs(text: string): number {
  let ms = 0;
  for (const [, amount, unit = ""] of text.matchAll(/(\d+\.?\d*|\.\d+)([^\d.]+)/g)) {
    ms += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return text.startsWith("-") ? -ms : ms;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

/** A text in quotes, as strconv.Quote writes it. */
export function quoteText(text: string): string {
  const quoted = text.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    const short = SHORT_ESCAPES[character];
    if (short !== undefined) return short;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
    if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
    return `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `"${quoted}"`;
}
