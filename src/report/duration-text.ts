/** Durations as people read them. */

/** 7.3 → "7 s", 75 → "1 min 15 s", 16670 → "4 h 38 min" */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return twoUnits(Math.floor(whole / 60), "min", whole % 60, "s");
  if (whole < 86_400)
    return twoUnits(Math.floor(whole / 3_600), "h", Math.round((whole % 3_600) / 60), "min");
  return twoUnits(Math.floor(whole / 86_400), "d", Math.round((whole % 86_400) / 3_600), "h");
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** A range whose ends may be open: `null` for what does not end by itself. */
export interface DurationRange {
  readonly min: number | null;
  readonly median: number | null;
  readonly max: number | null;
}

/** "5:47–6:19", "40–62 s", "no end", "5:47 or longer" */
export function rangeText({ min, max }: DurationRange): string {
  if (min === null) return "no end";
  if (max === null) return `${clockText(min)} or longer`;
  const [from, to] = [clockText(min), clockText(max)];
  if (from === to) return from;
  return max < 60 ? `${from.replace(" s", "")}–${to}` : `${from}–${to}`;
}

/** 42 → "42 s", 347 → "5:47", 4000 → "1 h 7 min" */
export function clockText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole >= 3_600) return durationText(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
