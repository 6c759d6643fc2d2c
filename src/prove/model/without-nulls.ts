/** The same JSON without fields and items that are null, which to an API server are not there; the same object when none is. */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) {
    const items = value.filter((item) => item !== null).map(withoutNulls);
    return items.length === value.length && items.every((item, i) => item === value[i])
      ? value
      : (items as T);
  }
  if (typeof value !== "object" || value === null) return value;
  const before = Object.entries(value);
  const after = before.flatMap(([key, field]) =>
    field === null ? [] : [[key, withoutNulls(field)] as const],
  );
  const isSame = after.length === before.length && after.every(([, field], i) => field === before[i]?.[1]);
  return isSame ? value : (Object.fromEntries(after) as T);
}
