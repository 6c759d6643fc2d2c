/** Holds what a real cluster did against what the lab did, moment by moment. Pure. */
import type { Moments } from "../../src/drill/moments.ts";

/** How far outside the lab's range a real median may lie. */
const WIDENED_BY_SECONDS = 2;

export type MomentName = keyof Moments;

export const MOMENT_NAMES: Readonly<Record<MomentName, string>> = {
  nodeUnknown: "Ready=Unknown",
  endpointGone: "endpoint gone",
  firstFailed: "first failed request",
  lastFailed: "last failed request",
  replacementReady: "replacement Ready",
};

/** One moment on both sides; seconds after the fault, `null` where it did not come. */
export interface Compared {
  readonly moment: MomentName;
  readonly lab: { readonly min: number; readonly max: number } | null;
  /** How many of the lab's runs did not have it. */
  readonly labWithout: number;
  readonly real: readonly (number | null)[];
  readonly realMedian: number | null;
  readonly agrees: boolean;
}

/** Compares several runs of one scenario on both sides. */
export function compare(lab: readonly Moments[], real: readonly Moments[]): Compared[] {
  return (Object.keys(MOMENT_NAMES) as MomentName[]).map((moment) => {
    const simulated = lab.map((moments) => moments[moment]);
    const measured = real.map((moments) => moments[moment]);
    const numbers = simulated.filter((value) => value !== null);
    const range = numbers.length === 0 ? null : { min: Math.min(...numbers), max: Math.max(...numbers) };
    const labWithout = simulated.length - numbers.length;
    const realMedian = median(measured);
    const agrees =
      realMedian === null
        ? labWithout > 0
        : range !== null &&
          realMedian >= range.min - WIDENED_BY_SECONDS &&
          realMedian <= range.max + WIDENED_BY_SECONDS;
    return { moment, lab: range, labWithout, real: measured, realMedian, agrees };
  });
}

/** The one in the middle, the earlier of two; what did not come stands before everything that did. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = [...values].sort(
    (a, b) => (a ?? Number.NEGATIVE_INFINITY) - (b ?? Number.NEGATIVE_INFINITY),
  );
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** A table for people, one line a moment. */
export function comparisonText(scenario: string, compared: readonly Compared[]): string {
  const rows = compared.map(({ moment, lab, labWithout, real, realMedian, agrees }) => [
    MOMENT_NAMES[moment],
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
