/** `'…'.format([…])`: the clauses of cel-go's strings extension, for the locale en_US. */
import { formatDouble } from "./conversions.ts";
import { formatDuration, formatTimestamp } from "./times.ts";
import {
  CelError,
  CelList,
  type CelMap,
  type CelValue,
  Duration,
  isMap,
  Timestamp,
  TypeValue,
  typeName,
  UnsignedInt,
} from "./values.ts";

type Clause = (value: CelValue, precision: number | undefined) => string;

const CLAUSE = /%(?:\.(\d+))?([sdfexXob%]|$|[\s\S])/gu;

/** The text with its clauses filled in. @throws {CelError} in cel-go's words */
export function formatText(form: string, args: readonly CelValue[]): string {
  let next = 0;
  const result = form.replace(CLAUSE, (_, precision: string | undefined, letter: string) => {
    if (letter === "%") return "%";
    const clause = clauseOf(letter);
    if (next >= args.length) throw new CelError(`index ${next} out of range`);
    return clause(args[next++] as CelValue, precision === undefined ? undefined : Number(precision));
  });
  if (next < args.length) {
    const why = `(expected ${next}, got ${args.length})`;
    throw new CelError(`too many arguments supplied to string.format ${why}`);
  }
  return result;
}

/** What a clause does with a value. @throws {CelError} when there is none of that letter */
export function clauseOf(letter: string): Clause {
  if (letter === "") throw new CelError("unexpected end of string");
  const clause = CLAUSES[letter];
  if (clause === undefined) {
    const why = `unrecognized formatting clause "${letter}"`;
    throw new CelError(`could not parse formatting clause: ${why}`);
  }
  return clause;
}

/** The letters of a text's clauses, in order. */
export function clausesIn(form: string): readonly string[] {
  return [...form.matchAll(CLAUSE)].map(([, , letter = ""]) => letter).filter((letter) => letter !== "%");
}

/** What each letter takes, and how it says that it does not take something. */
export const ACCEPTED: Readonly<
  Record<string, { readonly types: ReadonlySet<string>; readonly refusal: string }>
> = {
  s: {
    types: new Set(
      "bool bytes double google.protobuf.Duration int list map null_type string google.protobuf.Timestamp type uint".split(
        " ",
      ),
    ),
    refusal:
      "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ",
  },
  d: { types: new Set(["int", "uint"]), refusal: "decimal clause can only be used on integers, was given " },
  f: { types: new Set(["double"]), refusal: "fixed-point clause can only be used on doubles, was given " },
  e: { types: new Set(["double"]), refusal: "scientific clause can only be used on doubles, was given " },
  b: {
    types: new Set(["int", "uint", "bool"]),
    refusal: "only integers and bools can be formatted as binary, was given ",
  },
  x: {
    types: new Set(["int", "uint", "string", "bytes"]),
    refusal: "only integers, byte buffers, and strings can be formatted as hex, was given ",
  },
  o: { types: new Set(["int", "uint"]), refusal: "octal clause can only be used on integers, was given " },
};

function refused(letter: string, value: CelValue): CelError {
  return new CelError(`error during formatting: ${ACCEPTED[letter]?.refusal}${typeName(value)}`);
}

const CLAUSES: Readonly<Record<string, Clause>> = {
  s: formatValue,
  d(value) {
    const whole = wholeOf(value);
    if (whole === undefined) throw refused("d", value);
    return String(whole);
  },
  f(value, precision = 6) {
    const number = doubleOf(value);
    if (number === undefined) throw refused("f", value);
    if (!Number.isFinite(number)) return formatDouble(number).replace(/Inf$/, "∞");
    const digits = { minimumFractionDigits: precision, maximumFractionDigits: precision };
    return number.toLocaleString("en-US", digits);
  },
  e(value, precision = 6) {
    const number = doubleOf(value);
    if (number === undefined) throw refused("e", value);
    const [digits = "", exponent = "0"] = number.toExponential(precision).split("e");
    const power = Math.abs(Number(exponent)).toString().padStart(2, "0");
    return `${digits}×10${Number(exponent) < 0 ? "⁻" : ""}${raised(power)}`;
  },
  b: (value) => inBase(value, 2, "b"),
  o: (value) => inBase(value, 8, "o"),
  x: hex,
  X: (value) => hex(value).toUpperCase(),
};

function raised(digits: string): string {
  return digits.replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] as string);
}

function wholeOf(value: CelValue): bigint | undefined {
  if (value instanceof UnsignedInt) return value.value;
  return typeof value === "bigint" ? value : undefined;
}

function doubleOf(value: CelValue): number | undefined {
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  return typeof value === "number" ? value : undefined;
}

function inBase(value: CelValue, base: number, letter: string): string {
  if (typeof value === "boolean" && letter === "b") return value ? "1" : "0";
  const whole = wholeOf(value);
  if (whole === undefined) throw refused(letter, value);
  return whole.toString(base);
}

function hex(value: CelValue): string {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString("hex");
  return inBase(value, 16, "x");
}

function formatValue(value: CelValue): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return formatDouble(value);
    case "bigint":
    case "boolean":
      return String(value);
  }
  if (value instanceof UnsignedInt) return String(value.value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof TypeValue) return value.type.name;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof CelList) return `[${value.items.map(formatInside).join(", ")}]`;
  if (isMap(value) && value.struct === undefined) return formatMap(value);
  throw refused("s", value);
}

function formatMap(map: CelMap): string {
  const entries = [...map.keys()].map((key) => [formatInside(key), formatInside(map.get(key) as CelValue)]);
  entries.sort(([one = ""], [other = ""]) => (one < other ? -1 : one > other ? 1 : 0));
  return `{${entries.map((entry) => entry.join(":")).join(", ")}}`;
}

/** Inside lists and maps, values show their types. */
function formatInside(value: CelValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number")
    return Number.isFinite(value) ? value.toFixed(6) : `"${formatDouble(value)}"`;
  if (value instanceof Timestamp) return `timestamp("${formatTimestamp(value)}")`;
  if (value instanceof Duration) return `duration("${formatDuration(value)}")`;
  if (value instanceof Uint8Array) return `b"${formatValue(value)}"`;
  return formatValue(value);
}
