/**
 * Durations, in milliseconds inside and in two spellings outside: Go's ("1h2m3.5s"), which fields and flags use,
 * and the short one that kubectl prints as an age ("3d4h").
 */
import { notParsed, type Parsed, parsed } from "./parsed.ts";

const UNITS_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
};

/** The longest duration that Go can hold, 2^63 - 1 nanoseconds. */
const MAX_MS = 9_223_372_036_854.775;

/** Reads what Go's time.ParseDuration reads ("300ms", "-1.5h", "1h2m3.5s"), with its error texts. */
export function parseDuration(text: string): Parsed<number> {
  const sign = /^[-+]/.test(text) ? text[0] : "";
  let rest = text.slice(sign === "" ? 0 : 1);
  if (rest === "0") return parsed(0);
  if (rest === "") return notParsed(`time: invalid duration ${JSON.stringify(text)}`);
  let totalMs = 0;
  while (rest !== "") {
    const [term, number = "", unit = ""] = /^(\d*(?:\.\d*)?)([^\d.]*)/.exec(rest) ?? [""];
    if (!/\d/.test(number)) return notParsed(`time: invalid duration ${JSON.stringify(text)}`);
    if (unit === "") return notParsed(`time: missing unit in duration ${JSON.stringify(text)}`);
    const unitNs = UNITS_NS[unit];
    if (unitNs === undefined) {
      return notParsed(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    }
    // Divided last, because a millionth has no exact double.
    totalMs += (Number(number) * unitNs) / 1e6;
    rest = rest.slice(term.length);
  }
  if (totalMs > MAX_MS) return notParsed(`time: invalid duration ${JSON.stringify(text)}`);
  return parsed(sign === "-" && totalMs !== 0 ? -totalMs : totalMs);
}

/** Prints as Go's Duration.String: "1h2m3.5s", "1.5ms", "0s"; exact to the nanosecond up to days, to the microsecond beyond. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`;
  // A double that holds weeks no longer holds nanoseconds, and its noise should not be printed.
  const ticksPerMs = durationMs < 1e9 ? 1e6 : 1e3;
  const ms = Math.round(durationMs * ticksPerMs) / ticksPerMs;
  if (ms === 0) return "0s";
  if (ms < 1e-3) return `${trim(ms * 1e6, 0)}ns`;
  if (ms < 1) return `${trim(ms * 1e3, 3)}µs`;
  if (ms < 1_000) return `${trim(ms, 6)}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = trim((ms - minutes * 60_000) / 1_000, ticksPerMs === 1e6 ? 9 : 6);
  if (minutes === 0) return `${seconds}s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}s` : `${hours}h${minutes % 60}m${seconds}s`;
}

function trim(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return decimals === 0 ? text : text.replace(/\.?0+$/, "");
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** An age with two or three significant figures, as kubectl prints it: "45s", "5m30s", "3d4h", "2y10d". */
export function humanDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / SECOND);
  // Clocks may differ by a little; an age slightly below nothing is still "now".
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(durationMs / MINUTE);
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(durationMs / HOUR);
  if (hours < 8) return pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return pair(days, "d", hours % 24, "h");
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return hours < 24 * 365 * 8 ? pair(years, "y", days % 365, "d") : `${years}y`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}
