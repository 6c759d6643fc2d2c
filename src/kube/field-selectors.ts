/**
 * Field selectors: "metadata.name=cart,status.phase!=Running". They know equality only; which fields a kind offers is for
 * the caller to say, who also takes an absent field for the empty text.
 */
import { notParsed, type Parsed, parsed } from "../base/parsed.ts";

/** One condition on one field. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

/** Reads a field selector as apimachinery's fields.ParseSelector does; terms come in the order of their texts. */
export function parseFieldSelector(text: string): Parsed<readonly FieldRequirement[]> {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort()) {
    if (term === "") continue;
    const split = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
    if (split === null) return notParsed(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = "", sign, rest = ""] = split;
    const value = unescapeValue(rest);
    if (!value.ok) return value;
    if (field === "" && value.value === "") continue;
    requirements.push({ field, operator: sign === "!=" ? "!=" : "=", value: value.value });
  }
  return parsed(requirements);
}

/** The text of requirements, with "\", "," and "=" in values escaped. */
export function formatFieldSelector(requirements: readonly FieldRequirement[]): string {
  return requirements
    .map(({ field, operator, value }) => `${field}${operator}${value.replace(/[\\,=]/g, "\\$&")}`)
    .join(",");
}

/** At commas that no backslash protects. */
function splitTerms(text: string): string[] {
  return text.match(/(?:\\.|\\$|[^,\\])+/gs) ?? [];
}

function unescapeValue(text: string): Parsed<string> {
  let value = "";
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === "," || char === "=") {
      // The original prints the rune's number.
      return notParsed(`invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`);
    }
    if (char !== "\\") value += char;
    else {
      const next = text.charAt(++i);
      if (next === "" || !"\\,=".includes(next)) {
        return notParsed(`invalid field selector: invalid escape sequence: \\${next}`);
      }
      value += next;
    }
  }
  return parsed(value);
}
