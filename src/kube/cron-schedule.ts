/**
 * Cron schedules as CronJobs have them: five fields or a descriptor such as "@daily", read as the robfig/cron parser of the
 * CronJob controller reads them, with its error texts. Nothing here knows of clocks or time zones.
 */
import { parseDuration } from "../base/duration.ts";
import { notParsed, type Parsed, parsed } from "../base/parsed.ts";

/** The values at which a schedule fires, one set for each field, in ascending order. */
export interface CronFields {
  readonly kind: "fields";
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly daysOfWeek: readonly number[];
  /** Whether a day must fit both its month's and its week's field: the one that was left open ("*") does not narrow. */
  readonly anyDayOfMonth: boolean;
  readonly anyDayOfWeek: boolean;
}

/** "@every 90m": whole seconds between firings, whatever the clock says. */
export interface CronInterval {
  readonly kind: "interval";
  readonly everyMs: number;
}

export type CronSchedule = CronFields | CronInterval;

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MINUTES: Bounds = { min: 0, max: 59 };
const HOURS: Bounds = { min: 0, max: 23 };
const DAYS_OF_MONTH: Bounds = { min: 1, max: 31 };
const MONTHS: Bounds = {
  min: 1,
  max: 12,
  names: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
const DAYS_OF_WEEK: Bounds = { min: 0, max: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

const DESCRIPTORS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** Reads a schedule. A zone in front ("TZ=…") is skipped: zones are no matter of the fields. */
export function parseCronSchedule(text: string): Parsed<CronSchedule> {
  if (text === "") return notParsed("empty spec string");
  const spec = text.replace(/^(?:CRON_)?TZ=\S*\s*/, "");
  if (spec.startsWith("@")) return parseDescriptor(spec);
  const fields = spec.split(/\s+/).filter((field) => field !== "");
  if (fields.length !== 5) {
    return notParsed(`expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`);
  }
  return parseFields(fields as [string, string, string, string, string]);
}

function parseDescriptor(text: string): Parsed<CronSchedule> {
  const fields = DESCRIPTORS[text];
  if (fields !== undefined) return parseCronSchedule(fields);
  if (!text.startsWith("@every ")) return notParsed(`unrecognized descriptor: ${text}`);
  const duration = parseDuration(text.slice("@every ".length));
  if (!duration.ok) return notParsed(`failed to parse duration ${text}: ${duration.error}`);
  return parsed({ kind: "interval", everyMs: Math.max(1_000, Math.floor(duration.value / 1_000) * 1_000) });
}

function parseFields(fields: readonly [string, string, string, string, string]): Parsed<CronSchedule> {
  const bounds = [MINUTES, HOURS, DAYS_OF_MONTH, MONTHS, DAYS_OF_WEEK];
  const sets: Field[] = [];
  for (const [i, field] of fields.entries()) {
    const answer = parseField(field, bounds[i] as Bounds);
    if (!answer.ok) return answer;
    sets.push(answer.value);
  }
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = sets as [Field, Field, Field, Field, Field];
  return parsed({
    kind: "fields",
    minutes: minutes.values,
    hours: hours.values,
    daysOfMonth: daysOfMonth.values,
    months: months.values,
    daysOfWeek: daysOfWeek.values,
    anyDayOfMonth: daysOfMonth.isOpen,
    anyDayOfWeek: daysOfWeek.isOpen,
  });
}

interface Field {
  readonly values: readonly number[];
  /** "*" or "?" without a step stood among the field's parts. */
  readonly isOpen: boolean;
}

function parseField(text: string, bounds: Bounds): Parsed<Field> {
  const values = new Set<number>();
  let isOpen = false;
  for (const part of text.split(",").filter((piece) => piece !== "")) {
    const answer = parseRange(part, bounds);
    if (!answer.ok) return answer;
    const { start, end, step } = answer.value;
    for (let value = start; value <= end; value += step) values.add(value);
    isOpen ||= answer.value.isOpen;
  }
  return parsed({ values: [...values].sort((a, b) => a - b), isOpen });
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly isOpen: boolean;
}

function parseRange(text: string, bounds: Bounds): Parsed<Range> {
  const [range = "", ...steps] = text.split("/");
  const [low = "", ...highs] = range.split("-");
  const isStar = low === "*" || low === "?";
  const start = isStar ? parsed(bounds.min) : parseNumber(low, bounds.names);
  if (!start.ok) return start;
  if (!isStar && highs.length > 1) return notParsed(`too many hyphens: ${text}`);
  const high = isStar
    ? parsed(bounds.max)
    : highs[0] === undefined
      ? start
      : parseNumber(highs[0], bounds.names);
  if (!high.ok) return high;
  if (steps.length > 1) return notParsed(`too many slashes: ${text}`);
  const step = steps[0] === undefined ? parsed(1) : parseNumber(steps[0]);
  if (!step.ok) return step;
  // "3/15" means from three on.
  const end = steps.length === 1 && highs.length === 0 ? bounds.max : high.value;
  return checkRange(
    { start: start.value, end, step: step.value, isOpen: isStar && step.value === 1 },
    text,
    bounds,
  );
}

function checkRange(range: Range, text: string, { min, max }: Bounds): Parsed<Range> {
  const { start, end, step } = range;
  if (start < min) return notParsed(`beginning of range (${start}) below minimum (${min}): ${text}`);
  if (end > max) return notParsed(`end of range (${end}) above maximum (${max}): ${text}`);
  if (start > end) return notParsed(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) return notParsed(`step of range should be a positive number: ${text}`);
  return parsed(range);
}

function parseNumber(text: string, names?: readonly string[]): Parsed<number> {
  const named = text === "" ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1);
  if (named >= 0) return parsed(named);
  if (!/^[-+]?\d+$/.test(text)) {
    return notParsed(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  const value = Number(text);
  return value < 0 ? notParsed(`negative number (${value}) not allowed: ${text}`) : parsed(value);
}
