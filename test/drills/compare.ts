/** Holds what a real cluster did against what the lab did, moment by moment. Pure. */

/** How far outside the lab's range a real median may lie. */
const WIDENED_BY_SECONDS = 2;

/** The moments of one run, in seconds after what was done; `null` for those that did not come. */
export type Times<Moment extends string> = Readonly<Record<Moment, number | null>>;

/** What moments are compared, in the order in which they are told. */
export interface Comparison<Moment extends string> {
  /** What each is called. */
  readonly titles: Readonly<Record<Moment, string>>;
  /** Those that count as over at 0 s where they did not come at all: one that comes within two seconds is then no difference. */
  readonly atOnce?: readonly Moment[];
}

/** One moment on both sides. */
export interface Compared {
  readonly moment: string;
  readonly lab: { readonly min: number; readonly max: number } | null;
  /** How many of the lab's runs did not have it. */
  readonly labWithout: number;
  readonly real: readonly (number | null)[];
  readonly realMedian: number | null;
  readonly agrees: boolean;
}

/** Compares several runs of one scenario on both sides. */
export function compare<Moment extends string>(
  { titles, atOnce = [] }: Comparison<Moment>,
  lab: readonly Times<Moment>[],
  real: readonly Times<Moment>[],
): Compared[] {
  return (Object.keys(titles) as Moment[]).map((moment) => {
    const simulated = lab.map((times) => times[moment]);
    const measured = real.map((times) => times[moment]);
    const judged = (values: readonly (number | null)[]) =>
      atOnce.includes(moment) ? values.map((value) => value ?? 0) : values;
    return {
      moment,
      lab: rangeOf(simulated),
      labWithout: simulated.filter((value) => value === null).length,
      real: measured,
      realMedian: median(measured),
      agrees: isWithin(median(judged(measured)), judged(simulated)),
    };
  });
}

function isWithin(value: number | null, lab: readonly (number | null)[]): boolean {
  if (value === null) return lab.includes(null);
  const range = rangeOf(lab);
  return range !== null && value >= range.min - WIDENED_BY_SECONDS && value <= range.max + WIDENED_BY_SECONDS;
}

function rangeOf(values: readonly (number | null)[]): Compared["lab"] {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? null : { min: Math.min(...numbers), max: Math.max(...numbers) };
}

/** The one in the middle, the earlier of two; what did not come stands before everything that did. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = [...values].sort(
    (a, b) => (a ?? Number.NEGATIVE_INFINITY) - (b ?? Number.NEGATIVE_INFINITY),
  );
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** A table for people, one line a moment. */
export function comparisonText<Moment extends string>(
  scenario: string,
  { titles }: Comparison<Moment>,
  compared: readonly Compared[],
): string {
  const rows = compared.map(({ moment, lab, labWithout, real, realMedian, agrees }) => [
    titles[moment as Moment],
    lab === null
      ? "never"
      : `${text(lab.min)} … ${text(lab.max)}${labWithout > 0 ? `, ${labWithout}× never` : ""}`,
    real.map(text).join("  "),
    text(realMedian),
    agrees ? "yes" : "NO",
  ]);
  const head = [scenario, "lab", "real runs", "median", "agrees"];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("   ")
        .trimEnd(),
    )
    .join("\n");
}

function text(seconds: number | null): string {
  return seconds === null ? "never" : `${seconds.toFixed(1)} s`;
}
