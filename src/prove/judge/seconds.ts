/**
 * Durations that are known as a range. The median of a sum is taken to be the sum of the medians, which is exact for parts
 * that are symmetric about theirs, as all the evenly spread waits here are. The ends are exact.
 */

/** Seconds; `max` and `median` are Infinity for what does not end by itself, `min` too when nothing ends it for certain. */
export interface Seconds {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export const NO_TIME: Seconds = Object.freeze({ min: 0, median: 0, max: 0 });
export const NEVER: Seconds = Object.freeze({
  min: Number.POSITIVE_INFINITY,
  median: Number.POSITIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
});

/** Anything between the two is equally likely. */
export function between(min: number, max: number): Seconds {
  return { min, median: (min + max) / 2, max };
}

export function exactly(seconds: number): Seconds {
  return { min: seconds, median: seconds, max: seconds };
}

/** One after the other. */
export function sum(...parts: readonly Seconds[]): Seconds {
  let [min, median, max] = [0, 0, 0];
  for (const part of parts) {
    min += part.min;
    median += part.median;
    max += part.max;
  }
  return { min, median, max };
}

/** Side by side, until the last is over. */
export function latest(parts: readonly Seconds[]): Seconds {
  return nth(parts, parts.length);
}

/** Side by side, until so many (from 1) are over. With fewer than that it never is. */
export function nth(parts: readonly Seconds[], count: number): Seconds {
  if (count <= 0) return NO_TIME;
  const at = (pick: (part: Seconds) => number) =>
    parts.map(pick).sort((a, b) => a - b)[count - 1] ?? Number.POSITIVE_INFINITY;
  return { min: at((part) => part.min), median: at((part) => part.median), max: at((part) => part.max) };
}

/** As JSON has it: tenths of a second, and `null` for what never comes. */
export function orNever({ min, median, max }: Seconds): {
  min: number | null;
  median: number | null;
  max: number | null;
} {
  return { min: finite(min), median: finite(median), max: finite(max) };
}

function finite(seconds: number): number | null {
  return Number.isFinite(seconds) ? Math.round(seconds * 10) / 10 : null;
}
