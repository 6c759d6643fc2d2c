/**
 * JSON of a tree whose whole numbers may be bigints: what clients give in full 64 bits, and a number of ours would round.
 * `indent` is the number of spaces a level; 0 is one line.
 */
export function jsonText(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
    return written(value, indent === 0 ? "" : " ".repeat(indent), "") ?? "null";
  }
}

/** As JSON.stringify writes, bigints with all their digits; undefined for what JSON has no form for. */
function written(value: unknown, indent: string, margin: string): string | undefined {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = margin + indent;
  const parts = Array.isArray(value)
    ? value.map((each) => written(each, indent, inner) ?? "null")
    : Object.entries(value).flatMap(([key, each]) => {
        const text = written(each, indent, inner);
        return text === undefined ? [] : [`${JSON.stringify(key)}:${indent === "" ? "" : " "}${text}`];
      });
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (indent === "" || parts.length === 0) return `${open}${parts.join(",")}${close}`;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
}
