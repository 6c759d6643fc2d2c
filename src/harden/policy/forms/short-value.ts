const VALUE_MAX = 40;

/** A value in one word, or what it is of. */
export function short(value: unknown): string {
  if (value === undefined) return "none";
  const text = JSON.stringify(value);
  if (text.length <= VALUE_MAX) return text;
  if (Array.isArray(value)) return `${value.length} ${value.length === 1 ? "item" : "items"}`;
  return `{${Object.keys(value as object).join(", ")}}`;
}
