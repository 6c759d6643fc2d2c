/** Sizes and costs that are known to lie between two numbers; they end at what 64 bits hold. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

export const UNBOUNDED = 2n ** 64n - 1n;
export const UNKNOWN: Range = { min: 0n, max: UNBOUNDED };
export const NOTHING: Range = { min: 0n, max: 0n };
export const ONE: Range = { min: 1n, max: 1n };

export function fixed(value: number | bigint): Range {
  return { min: BigInt(value), max: BigInt(value) };
}

function capped(value: bigint): bigint {
  return value > UNBOUNDED ? UNBOUNDED : value;
}

export function plus(...ranges: readonly Range[]): Range {
  let [min, max] = [0n, 0n];
  for (const range of ranges) {
    min = capped(min + range.min);
    max = capped(max + range.max);
  }
  return { min, max };
}

export function times(one: Range, other: Range): Range {
  return { min: capped(one.min * other.min), max: capped(one.max * other.max) };
}

/** Multiplied by a fraction and rounded up, as doubles round. */
export function scaled({ min, max }: Range, factor: number): Range {
  const scale = (value: bigint) => capped(BigInt(Math.ceil(Number(value) * factor)));
  return { min: scale(min), max: scale(max) };
}

/** The range that holds both. */
export function union(one: Range, other: Range): Range {
  return { min: one.min < other.min ? one.min : other.min, max: one.max > other.max ? one.max : other.max };
}
