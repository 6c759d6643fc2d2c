import { isFields } from "./fields.ts";

/** A value as Go's %v prints decoded JSON, which is how it appears in the API server's messages: "map[a:1 b:[x y]]". */
export function goPrint(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goPrint).join(" ")}]`;
  if (!isFields(value)) return String(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goPrint(value[key])}`);
  return `map[${entries.join(" ")}]`;
}
