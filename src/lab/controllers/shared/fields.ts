/** The fields that are not zero: counts that are zero do not stand in an object, as Go's omitempty leaves them out. */
export function nonZero<K extends string>(
  counts: Readonly<Record<K, number>>,
): { readonly [F in K]?: number } {
  const kept: { [F in K]?: number } = {};
  for (const field in counts) if (counts[field] !== 0) kept[field] = counts[field];
  return kept;
}
