/** Reads and writes moments and spans of time, and looks into them. */
import { type Functions, member, type Overload } from "./environment.ts";
import { DURATION, INT, STRING, TIMESTAMP } from "./types.ts";
import { CelError, Duration, Timestamp } from "./values.ts";

const SECOND = 1_000_000_000n;
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};

/** What Go's time.ParseDuration reads from a text. */
export function parseDuration(text: string): Duration | undefined {
  const [, sign = "", body = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === "0") return new Duration(0n);
  const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
  let nanos = 0n;
  let at = 0;
  while (at < body.length) {
    part.lastIndex = at;
    const [all, whole = "", fraction = "", unit = ""] = part.exec(body) ?? [];
    if (all === undefined || (whole === "" && fraction === "")) return undefined;
    const scale = UNITS[unit] as bigint;
    nanos += BigInt(whole || "0") * scale;
    if (fraction !== "") nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    at += all.length;
  }
  if (body === "" || nanos > 2n ** 63n - 1n) return undefined;
  return new Duration(sign === "-" ? -nanos : nanos);
}

/** What an RFC 3339 text says, to the nanosecond. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const shape = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})$/;
  const [all, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = shape.exec(text) ?? [];
  if (all === undefined) return undefined;
  const ms = Date.UTC(0, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(ms);
  // Years below 100 mean others to Date.UTC.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isReal =
    date.getUTCMonth() === Number(month) - 1 &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    date.getUTCDate() === Number(day);
  if (!isReal) return undefined;
  const nanos = BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  return new Timestamp(BigInt(date.getTime()) * 1_000_000n - offsetNanos(zone) + nanos);
}

function offsetNanos(zone: string): bigint {
  if (zone === "Z") return 0n;
  const [hours = "0", minutes = "0"] = zone.slice(1).split(":");
  const nanos = (BigInt(hours) * 60n + BigInt(minutes)) * 60n * SECOND;
  return zone.startsWith("-") ? -nanos : nanos;
}

/** As `string(duration)` gives it: seconds. */
export function formatDuration({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = (size % SECOND).toString().padStart(9, "0").replace(/0+$/, "");
  return `${nanos < 0n ? "-" : ""}${size / SECOND}${fraction === "" ? "" : `.${fraction}`}s`;
}

/** As `string(timestamp)` gives it. */
export function formatTimestamp({ nanos }: Timestamp): string {
  const seconds = floorDiv(nanos, SECOND);
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const rest = (nanos - seconds * SECOND).toString().padStart(9, "0").replace(/0+$/, "");
  return `${text}${rest === "" ? "" : `.${rest}`}Z`;
}

function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** The moment as a clock at a place shows it: its UTC fields are that place's. @throws {CelError} for no such place */
function shownAt({ nanos }: Timestamp, zone: string): Date {
  const ms = Number(floorDiv(nanos, 1_000_000n));
  if (zone === "UTC" || zone === "") return new Date(ms);
  const offset = /^([+-]?)(\d{2}):(\d{2})$/.exec(zone);
  if (offset !== null)
    return new Date(ms + Number(offsetNanos(`${offset[1] || "+"}${offset[2]}:${offset[3]}`) / 1_000_000n));
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    const name = format.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
    const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
    const shift = (Number(hours) * 60 + Number(minutes)) * 60_000;
    return new Date(sign === "-" ? ms - shift : ms + shift);
  } catch {
    throw new CelError(`unknown time zone ${zone}`);
  }
}

const DAY_MS = 86_400_000;

const FIELDS: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDayOfYear: (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDate: (date) => date.getUTCDate(),
  getDayOfWeek: (date) => date.getUTCDay(),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

const SPANS: Readonly<Record<string, bigint>> = {
  getHours: 3600n * SECOND,
  getMinutes: 60n * SECOND,
  getSeconds: SECOND,
  getMilliseconds: 1_000_000n,
};

export const TIME_FUNCTIONS: Functions = Object.fromEntries(
  Object.entries(FIELDS).map(([name, field]): [string, readonly Overload[]] => {
    const at = (moment: unknown, zone: unknown) =>
      BigInt(field(shownAt(moment as Timestamp, zone as string)));
    const span = SPANS[name];
    const ofMoment = [
      member(`timestamp_${name}`, [TIMESTAMP], INT, (moment) => at(moment, "UTC")),
      member(`timestamp_${name}_with_tz`, [TIMESTAMP, STRING], INT, at),
    ];
    if (span === undefined) return [name, ofMoment];
    return [
      name,
      [...ofMoment, member(`duration_${name}`, [DURATION], INT, (value) => (value as Duration).nanos / span)],
    ];
  }),
);
