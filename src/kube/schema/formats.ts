/**
 * Texts with a form of their own: moments, base64, quantities. What is wrong with one is said in the words of the Go libraries
 * that a real API server decodes with, because those words reach its users.
 */
import { formatQuantity, milliQuantityOf, milliValue, parseQuantity } from "../../base/quantity.ts";
import { formatMicroTime, formatTime, parseTime } from "../time.ts";

/** Why a value is no quantity, or `undefined` when it is one. */
export function parseQuantityError(value: unknown): string | undefined {
  // Go hands the raw JSON to the parser, so that "true" is a text that is no quantity.
  const text = typeof value === "string" || typeof value === "number" ? value : "true";
  const answer = parseQuantity(text);
  return answer.ok ? undefined : answer.error;
}

/**
 * A quantity as the API prints it, in "milli" rounded up to thousandths; the value itself where that is what it is already
 * or where it is no quantity.
 */
export function canonicalQuantity(value: unknown, precision: "exact" | "milli"): unknown {
  if (typeof value !== "string" && typeof value !== "number") return value;
  const answer = parseQuantity(value);
  if (!answer.ok) return value;
  const amount = answer.value;
  if (precision === "exact" || amount.scale >= -3) return formatQuantity(amount);
  return formatQuantity(milliQuantityOf(milliValue(amount), amount.format));
}

/** Why a text is no base64, as encoding/base64 says it: with the place of the first wrong byte. */
export function base64Error(text: string): string | undefined {
  const bare = text.replaceAll(/[\r\n]/g, "");
  if (bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare)) return undefined;
  const wrong = /^[A-Za-z0-9+/]*/.exec(bare)?.[0].length ?? 0;
  return `illegal base64 data at input byte ${wrongByte(bare, wrong)}`;
}

/** `at` is the first character that is no digit of base64. */
function wrongByte(text: string, at: number): number {
  // A text that ends within a group of four fails at the start of that group.
  if (at === text.length) return at - (at % 4);
  if (text[at] !== "=" || at % 4 < 2) return at;
  if (at % 4 === 3) return at + 1;
  if (at + 1 === text.length) return at + 1;
  return text[at + 1] === "=" ? at + 2 : at;
}

interface TimePart {
  readonly layout: string;
  readonly digits: number;
  readonly min: number;
  readonly max: number;
  readonly name: string;
  /** What stands before the part. */
  readonly before: string;
}

const TIME_PARTS: readonly TimePart[] = [
  { layout: "2006", digits: 4, min: 0, max: 9999, name: "year", before: "" },
  { layout: "01", digits: 2, min: 1, max: 12, name: "month", before: "-" },
  { layout: "02", digits: 2, min: 1, max: 31, name: "day", before: "-" },
  { layout: "15", digits: 2, min: 0, max: 23, name: "hour", before: "T" },
  { layout: "04", digits: 2, min: 0, max: 59, name: "minute", before: ":" },
  { layout: "05", digits: 2, min: 0, max: 59, name: "second", before: ":" },
];

/** Why a text is no RFC 3339 moment, as Go's time.Parse says it. */
export function timeError(text: string, micro: boolean): string | undefined {
  const isCanonical = CANONICAL_TIME.test(text) && (!micro || text.length === MICRO_TIME_LENGTH);
  if (isCanonical && isDayOfMonth(text)) return undefined;
  const layout = micro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
  const cannot = (rest: string, part: string) =>
    `parsing time "${text}" as "${layout}": cannot parse "${rest}" as "${part}"`;
  let rest = text;
  for (const part of TIME_PARTS) {
    if (!rest.startsWith(part.before)) return cannot(rest, part.before);
    rest = rest.slice(part.before.length);
    const digits = rest.slice(0, part.digits);
    if (!/^\d+$/.test(digits) || digits.length < part.digits) return cannot(rest, part.layout);
    if (Number(digits) < part.min || Number(digits) > part.max)
      return `parsing time "${text}": ${part.name} out of range`;
    rest = rest.slice(part.digits);
  }
  const fraction = (micro ? /^\.\d{6}/ : /^[.,]\d+/).exec(rest)?.[0] ?? "";
  if (micro && fraction === "") return cannot(rest, ".000000");
  rest = rest.slice(fraction.length);
  const zone = /^(?:Z|[+-]\d\d:\d\d)/.exec(rest)?.[0];
  if (zone === undefined) return cannot(rest, "Z07:00");
  rest = rest.slice(zone.length);
  if (rest !== "") return `parsing time "${text}": extra text: "${rest}"`;
  return isDayOfMonth(text) ? undefined : `parsing time "${text}": day out of range`;
}

const CANONICAL_TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{6})?Z$/;

const TIME_LENGTH = 20;
const MICRO_TIME_LENGTH = 27;

function isDayOfMonth(text: string): boolean {
  const day = Number(text.slice(8, 10));
  if (day <= 28) return true;
  return day <= new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
}

/** A moment as the API prints it: in UTC, whole seconds for a Time, six digits for a MicroTime. */
export function canonicalTime(value: unknown, micro: boolean): unknown {
  if (typeof value !== "string") return value;
  if (value.length === (micro ? MICRO_TIME_LENGTH : TIME_LENGTH) && value.endsWith("Z")) return value;
  const moment = parseTime(value);
  if (moment === undefined) return value;
  return micro ? formatMicroTime(moment) : formatTime(moment);
}
