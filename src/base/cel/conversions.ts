/** Functions that turn values of one type into another, and `type` and `dyn`. */
import { type Functions, type Overload, plain } from "./environment.ts";
import { asInt, asTimestamp, asUint } from "./operators.ts";
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp } from "./times.ts";
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  STRING,
  TIMESTAMP,
  typeOfType,
  typeParameter,
  UINT,
} from "./types.ts";
import {
  CelError,
  type CelValue,
  Duration,
  INT_MAX,
  INT_MIN,
  type Timestamp,
  TypeValue,
  typeOf,
  UINT_MAX,
  UnsignedInt,
} from "./values.ts";

const A = typeParameter("A");

function conversion(id: string, from: CelType, to: CelType, convert: (value: never) => CelValue): Overload {
  return plain(id, [from], to, (value) => convert(value as never));
}

/** What a text says, or cel-go's words for one that says nothing. */
function read<T extends CelValue>(type: CelType, value: T | undefined): T {
  if (value === undefined) throw new CelError(`type conversion error from 'string' to '${type.name}'`);
  return value;
}

const same = (value: CelValue) => value;
const BOOLS: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  0: false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
};

function wholeOf(text: string, pattern: RegExp, min: bigint, max: bigint): bigint | undefined {
  if (!pattern.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  return value < min || value > max ? undefined : value;
}

/** The whole part of a double. */
function truncated(value: number, min: bigint, max: bigint, why: string): bigint {
  const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  if (whole === undefined || whole <= min || whole >= max) throw new CelError(why);
  return whole;
}

function doubleOf(text: string): number | undefined {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return /^nan$/i.test(text) ? Number.NaN : undefined;
}

/** As Go's `%g` prints a double. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const [, exponent = "0"] = value.toExponential().split("e");
  if (Number(exponent) < -4 || Number(exponent) >= 21) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return String(value);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CelError("invalid UTF-8 in bytes, cannot convert to string");
  }
}

export const CONVERSIONS: Functions = {
  type: [plain("type", [A], typeOfType(A), (value) => new TypeValue(typeOf(value as CelValue)))],
  dyn: [plain("to_dyn", [A], DYN, (value) => value as CelValue)],
  bool: [
    conversion("bool_to_bool", BOOL, BOOL, same),
    conversion("string_to_bool", STRING, BOOL, (text: string) => read(BOOL, BOOLS[text])),
  ],
  bytes: [
    conversion("bytes_to_bytes", BYTES, BYTES, same),
    conversion("string_to_bytes", STRING, BYTES, (text: string) => new TextEncoder().encode(text)),
  ],
  double: [
    conversion("double_to_double", DOUBLE, DOUBLE, same),
    conversion("int64_to_double", INT, DOUBLE, (value: bigint) => Number(value)),
    conversion("string_to_double", STRING, DOUBLE, (text: string) => read(DOUBLE, doubleOf(text))),
    conversion("uint64_to_double", UINT, DOUBLE, (value: UnsignedInt) => Number(value.value)),
  ],
  duration: [
    conversion("duration_to_duration", DURATION, DURATION, same),
    conversion("int64_to_duration", INT, DURATION, (value: bigint) => new Duration(value)),
    conversion("string_to_duration", STRING, DURATION, (text: string) => read(DURATION, parseDuration(text))),
  ],
  int: [
    conversion("int64_to_int64", INT, INT, same),
    conversion("double_to_int64", DOUBLE, INT, (value: number) =>
      truncated(value, INT_MIN, INT_MAX, "integer overflow"),
    ),
    conversion("duration_to_int64", DURATION, INT, (value: Duration) => value.nanos),
    conversion("string_to_int64", STRING, INT, (text: string) =>
      read(INT, wholeOf(text, /^[+-]?\d+$/, INT_MIN, INT_MAX)),
    ),
    conversion("timestamp_to_int64", TIMESTAMP, INT, (value: Timestamp) => value.nanos / 1_000_000_000n),
    conversion("uint64_to_int64", UINT, INT, (value: UnsignedInt) => asInt(value.value)),
  ],
  uint: [
    conversion("uint64_to_uint64", UINT, UINT, same),
    conversion("double_to_uint64", DOUBLE, UINT, (value: number) =>
      asUint(truncated(value, -1n, UINT_MAX, "unsigned integer overflow")),
    ),
    conversion("int64_to_uint64", INT, UINT, (value: bigint) => asUint(value)),
    conversion("string_to_uint64", STRING, UINT, (text: string) => {
      const value = wholeOf(text, /^\d+$/, 0n, UINT_MAX);
      return read(UINT, value === undefined ? undefined : new UnsignedInt(value));
    }),
  ],
  string: [
    conversion("string_to_string", STRING, STRING, same),
    conversion("bool_to_string", BOOL, STRING, String),
    conversion("bytes_to_string", BYTES, STRING, textOf),
    conversion("double_to_string", DOUBLE, STRING, formatDouble),
    conversion("duration_to_string", DURATION, STRING, formatDuration),
    conversion("int64_to_string", INT, STRING, String),
    conversion("timestamp_to_string", TIMESTAMP, STRING, formatTimestamp),
    conversion("uint64_to_string", UINT, STRING, (value: UnsignedInt) => String(value.value)),
  ],
  timestamp: [
    conversion("timestamp_to_timestamp", TIMESTAMP, TIMESTAMP, same),
    conversion("int64_to_timestamp", INT, TIMESTAMP, (value: bigint) => asTimestamp(value * 1_000_000_000n)),
    conversion("string_to_timestamp", STRING, TIMESTAMP, (text: string) =>
      read(TIMESTAMP, parseTimestamp(text)),
    ),
  ],
};
