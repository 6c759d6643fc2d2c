/**
 * Quantities: amounts of CPU, memory and other things as Kubernetes writes them ("500m", "2Gi", "1e3").
 * Reads, compares, adds and prints them exactly as apimachinery's resource.Quantity does.
 *
 * A `Quantity` is an exact decimal, mantissa × 10^scale. The mantissa is a plain number whenever it fits 53 bits and a bigint
 * only beyond, so the common ones cost nothing and none is ever rounded behind the caller's back. Nothing here changes a quantity.
 */
import { invariant } from "./invariant.ts";
import { notParsed, type Parsed, parsed } from "./parsed.ts";

/** How a quantity likes to be printed: 12M, 12Mi or 12e6. */
export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

/** An exact amount: `mantissa` × 10^`scale`, never finer than 10^-9. */
export interface Quantity {
  readonly mantissa: number | bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  /** Present when the text that was read is kept for printing, which resource.Quantity does for most texts. */
  readonly text?: string;
}

/** Wherever an amount is asked for: the wire may hold a text or a bare number. */
export type QuantityLike = Quantity | string | number;

const WRONG_FORMAT =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_NUMBER = "unable to parse numeric part of quantity";
const WRONG_SUFFIX = "unable to parse quantity's suffix";

/** Accepts what resource.ParseQuantity accepts, which is more than its own error message admits: digits may be missing. */
const SHAPE = /^([+-]?)(0*)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;

const DECIMAL_SUFFIXES: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const DECIMAL_SUFFIX_OF = new Map(Object.entries(DECIMAL_SUFFIXES).map(([suffix, e]) => [e, suffix]));
const BINARY_SUFFIXES = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const FINEST_SCALE = -9;
const INT64_MAX = 9223372036854775807n;
/** The digits that resource.Quantity keeps in an int64 without looking closer. */
const FAST_DIGITS = 18;

/** Nothing at all. */
export const ZERO: Quantity = { mantissa: 0, scale: 0, format: "DecimalSI", text: "0" };

const cacheMax = 4096;
const cache = new Map<string, Parsed<Quantity>>();

/** Reads a quantity, or says in the API server's words why it is none. Texts repeat a lot, so answers are remembered. */
export function parseQuantity(text: string | number): Parsed<Quantity> {
  const key = typeof text === "number" ? String(text) : text;
  let answer = cache.get(key);
  if (answer === undefined) {
    if (cache.size >= cacheMax) cache.clear();
    answer = parseText(key.trim());
    cache.set(key, answer);
  }
  return answer;
}

/** The quantity of something that was checked when it entered.
 * @throws {InvariantError} for a text that is no quantity. */
export function quantity(like: QuantityLike): Quantity {
  if (typeof like === "object") return like;
  const answer = parseQuantity(like);
  invariant(answer.ok, `${JSON.stringify(like)} is not a quantity`);
  return answer.value;
}

/** A quantity of `value` whole units. */
export function quantityOf(value: number, format: QuantityFormat = "DecimalSI"): Quantity {
  return { mantissa: value, scale: 0, format };
}

/** A quantity of `milli` thousandths, as CPU is counted. */
export function milliQuantityOf(milli: number, format: QuantityFormat = "DecimalSI"): Quantity {
  return { mantissa: milli, scale: -3, format };
}

/** Thousandths, rounded away from zero: millicores for CPU. */
export function milliValue(like: QuantityLike): number {
  return Number(atScale(quantity(like), -3));
}

/** Whole units, rounded away from zero: bytes for memory. Beyond 2^53 the nearest number that JavaScript has. */
export function wholeValue(like: QuantityLike): number {
  return Number(atScale(quantity(like), 0));
}

/** Below, at or above zero when `a` is less than, equal to or more than `b`; exact whatever the sizes. */
export function compareQuantities(a: QuantityLike, b: QuantityLike): number {
  const left = quantity(a);
  const right = quantity(b);
  const scale = Math.min(left.scale, right.scale);
  const x = times10(left.mantissa, left.scale - scale);
  const y = times10(right.mantissa, right.scale - scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The exact sum. It keeps the format of `a`, unless that is zero. */
export function addQuantities(a: QuantityLike, b: QuantityLike): Quantity {
  const left = quantity(a);
  const right = quantity(b);
  const scale = Math.min(left.scale, right.scale);
  const mantissa = plus(
    times10(left.mantissa, left.scale - scale),
    times10(right.mantissa, right.scale - scale),
  );
  return { mantissa, scale, format: isZero(left) ? right.format : left.format };
}

/** The exact difference. It keeps the format of `a`, unless that is zero. */
export function subtractQuantities(a: QuantityLike, b: QuantityLike): Quantity {
  const right = quantity(b);
  return addQuantities(a, { mantissa: -right.mantissa, scale: right.scale, format: right.format });
}

/** Whether there is nothing of it. */
export function isZero(like: QuantityLike): boolean {
  return quantity(like).mantissa === 0;
}

/** The text that resource.Quantity prints: "1000m" becomes "1", "1.5Gi" becomes "1536Mi". */
export function formatQuantity(like: QuantityLike): string {
  const amount = quantity(like);
  if (amount.text !== undefined) return amount.text;
  if (isZero(amount)) return "0";
  if (amount.format === "BinarySI") {
    const bytes = wholeOf(amount);
    // Small and broken amounts print as decimals, because rounding them to a power of two would lie.
    if (bytes !== undefined && (bytes >= 1024 || bytes <= -1024)) return printBinary(bytes);
  }
  return printDecimal(amount);
}

function parseText(text: string): Parsed<Quantity> {
  if (text === "0") return parsed(ZERO);
  const parts = text === "" ? null : SHAPE.exec(text);
  if (parts === null) return notParsed(WRONG_FORMAT);
  const [, sign = "", zeros = "", whole = "", fraction = "", suffix = ""] = parts;
  const unit = interpretSuffix(suffix);
  if (unit === undefined) return notParsed(WRONG_SUFFIX);
  const digits = (whole || "0") + fraction;
  const found = { text, negative: sign === "-", whole: whole || "0", fraction, digits, ...unit };
  // The slow path wants a digit; the fast one takes none for zero.
  const bare = zeros === "" && whole === "" && fraction === "";
  if (bare && !isFast(found)) return notParsed(WRONG_NUMBER);
  return parsed(unit.format === "BinarySI" ? binaryQuantity(found) : decimalQuantity(found));
}

/** What the regular expression found in a text. */
interface Found {
  readonly text: string;
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
  /** Both of the above in one. */
  readonly digits: string;
  readonly format: QuantityFormat;
  /** Of ten, or of two for BinarySI. */
  readonly exponent: number;
}

function interpretSuffix(suffix: string): { format: QuantityFormat; exponent: number } | undefined {
  const decimal = DECIMAL_SUFFIXES[suffix];
  if (decimal !== undefined) return { format: "DecimalSI", exponent: decimal };
  const binary = BINARY_SUFFIXES.indexOf(suffix);
  if (binary > 0) return { format: "BinarySI", exponent: 10 * binary };
  if (!/^[eE][-+]?\d+$/.test(suffix)) return undefined;
  // Read as an int64 and cut to 32 bits, as resource.Quantity reads it.
  const exponent = BigInt(suffix.slice(1).replace("+", ""));
  if (exponent > INT64_MAX || exponent < -INT64_MAX - 1n) return undefined;
  return { format: "DecimalExponent", exponent: Number(BigInt.asIntN(32, exponent)) };
}

function decimalQuantity(found: Found): Quantity {
  const { digits, format } = found;
  const scale = found.exponent - found.fraction.length;
  const mantissa = narrow(BigInt(digits));
  if (isFast(found)) {
    const kept = scale % 3 === 0 && !digits.endsWith("000") && !digits.startsWith("0");
    return { mantissa: signed(mantissa, found), scale, format, ...(kept && { text: found.text }) };
  }
  const rounded = scale < FINEST_SCALE ? atScale({ mantissa, scale, format }, FINEST_SCALE) : mantissa;
  return { mantissa: signed(rounded, found), scale: Math.max(scale, FINEST_SCALE), format };
}

function binaryQuantity(found: Found): Quantity {
  const unscaled = BigInt(found.digits) << BigInt(found.exponent);
  if (isFast(found)) {
    const kept = (BigInt(found.digits) & 7n) !== 0n;
    const mantissa = signed(narrow(unscaled), found);
    return { mantissa, scale: 0, format: "BinarySI", ...(kept && { text: found.text }) };
  }
  let scale = -found.fraction.length;
  let mantissa = narrow(unscaled);
  if (scale < FINEST_SCALE) {
    mantissa = atScale({ mantissa, scale, format: "BinarySI" }, FINEST_SCALE);
    scale = FINEST_SCALE;
  }
  const amount: Quantity = { mantissa, scale, format: "BinarySI" };
  if (compareQuantities(amount, { mantissa: INT64_MAX, scale: 0, format: "BinarySI" }) > 0) {
    return { mantissa: signed(INT64_MAX, found), scale: 0, format: "BinarySI" };
  }
  const small = !isZero(amount) && compareQuantities(amount, 1) < 0;
  return { mantissa: signed(mantissa, found), scale, format: small ? "DecimalSI" : "BinarySI" };
}

/** Whether it fits an int64 for sure, by the original's own estimate: that path keeps texts, the other rounds and caps. */
function isFast(found: Found): boolean {
  if (found.format === "BinarySI") {
    const digitsLeft = 15 - found.whole.length - Math.floor((found.exponent * 3) / 10) - 1;
    return found.fraction === "" && digitsLeft >= 0;
  }
  return found.digits.length <= FAST_DIGITS && found.exponent - found.fraction.length >= FINEST_SCALE;
}

function signed(mantissa: number | bigint, found: Found): number | bigint {
  // Not -0, which would print its sign.
  return found.negative && mantissa !== 0 ? -mantissa : mantissa;
}

function printDecimal(amount: Quantity): string {
  let { mantissa, scale } = amount;
  for (let tenth = divideBy(mantissa, 10); tenth !== undefined; tenth = divideBy(mantissa, 10)) {
    mantissa = tenth;
    scale++;
  }
  const excess = ((scale % 3) + 3) % 3;
  mantissa = times10(mantissa, excess);
  scale -= excess;
  if (amount.format === "DecimalExponent") return scale === 0 ? `${mantissa}` : `${mantissa}e${scale}`;
  // Beyond exa there is no suffix and the original prints none.
  return `${mantissa}${DECIMAL_SUFFIX_OF.get(scale) ?? ""}`;
}

function printBinary(bytes: number | bigint): string {
  let mantissa = bytes;
  let power = 0;
  for (let next = divideBy(mantissa, 1024); next !== undefined; next = divideBy(mantissa, 1024)) {
    mantissa = next;
    power++;
  }
  return `${mantissa}${BINARY_SUFFIXES[power] ?? ""}`;
}

/** How many 10^`scale` there are, rounded away from zero. */
function atScale(amount: Quantity, scale: number): number | bigint {
  const shift = amount.scale - scale;
  if (shift >= 0) return times10(amount.mantissa, shift);
  const { mantissa } = amount;
  if (typeof mantissa === "number" && -shift < POWERS_OF_10.length) {
    const quotient = mantissa / (POWERS_OF_10[-shift] as number);
    return mantissa < 0 ? Math.floor(quotient) : Math.ceil(quotient);
  }
  const divisor = 10n ** BigInt(-shift);
  const wide = BigInt(mantissa);
  const rest = wide % divisor;
  return narrow(wide / divisor + (rest > 0n ? 1n : rest < 0n ? -1n : 0n));
}

/** The amount in whole units, or `undefined` when it has a broken part. */
function wholeOf(amount: Quantity): number | bigint | undefined {
  if (amount.scale >= 0) return times10(amount.mantissa, amount.scale);
  const divisor = 10n ** BigInt(-amount.scale);
  const wide = BigInt(amount.mantissa);
  return wide % divisor === 0n ? narrow(wide / divisor) : undefined;
}

function divideBy(mantissa: number | bigint, divisor: number): number | bigint | undefined {
  if (typeof mantissa === "number") return mantissa % divisor === 0 ? mantissa / divisor : undefined;
  return mantissa % BigInt(divisor) === 0n ? narrow(mantissa / BigInt(divisor)) : undefined;
}

const POWERS_OF_10 = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

function times10(mantissa: number | bigint, power: number): number | bigint {
  if (power === 0 || mantissa === 0) return mantissa;
  if (typeof mantissa === "number" && power < POWERS_OF_10.length) {
    const product = mantissa * (POWERS_OF_10[power] as number);
    if (Number.isSafeInteger(product)) return product;
  }
  return narrow(BigInt(mantissa) * 10n ** BigInt(power));
}

function plus(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return narrow(BigInt(a) + BigInt(b));
}

/** The plain number where it is exact. */
function narrow(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
