/** The same JSON without fields and items that are null, which to an API server are not there; the same object when none is. */
export function withoutNulls<T>(value: T): T {
  return hasNull(value) ? strip(value) : value;
}

function hasNull(value: unknown): boolean {
  if (typeof value !== "object") return false;
  if (value === null) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (hasNull(item)) return true;
    return false;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key in fields) if (hasNull(fields[key])) return true;
  return false;
}

function strip<T>(value: T): T {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(strip) as T;
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([key, field]) => [key, strip(field)])) as T;
}
