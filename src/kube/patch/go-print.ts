import { isFields } from "./fields.ts";

/** A value as Go's %v prints decoded JSON, which is how it appears in the API server's messages: "map[a:1 b:[x y]]". */
export function goPrint(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goPrint).join(" ")}]`;
  if (typeof value === "number" && !Number.isSafeInteger(value)) return goFloat(value);
  if (!isFields(value)) return String(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goPrint(value[key])}`);
  return `map[${entries.join(" ")}]`;
}

/** What Go calls the type of decoded JSON. */
export function goTypeName(value: unknown): string {
  if (value === null || value === undefined) return "%!s(<nil>)";
  if (Array.isArray(value)) return "[]interface {}";
  if (isFields(value)) return "map[string]interface {}";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int64";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "int64" : "float64";
  return typeof value;
}

/** Up to this power of ten a float's digits are written out. */
const EXPONENT_MAX = 6;

/** A float as Go's %v prints it: 1.5, 1.2e+06. */
export function goFloat(value: number): string {
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < EXPONENT_MAX) return String(value);
  const size = String(Math.abs(power)).padStart(2, "0");
  return `${digits}e${power < 0 ? "-" : "+"}${size}`;
}
