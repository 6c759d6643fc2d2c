import type { StatusCause } from "../status-error.ts";

/** How a reason is told, by apimachinery's field.ErrorType. */
const MESSAGES = {
  FieldValueNotFound: "Not found",
  FieldValueRequired: "Required value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueInvalid: "Invalid value",
  FieldValueNotSupported: "Unsupported value",
  FieldValueForbidden: "Forbidden",
  FieldValueTooLong: "Too long",
  FieldValueTooMany: "Too many",
  FieldValueTypeInvalid: "Invalid value",
  InternalError: "Internal error",
} as const;

/** Collects what is wrong with an object, worded as apimachinery's field errors. Fields are named by their path. */
export class FieldErrors {
  readonly list: StatusCause[] = [];

  /** Whether nothing was found so far. */
  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  required(field: string, detail = ""): void {
    this.#add("FieldValueRequired", field, detail);
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.#addValue("FieldValueInvalid", field, value, detail);
  }

  /** A value that is too large or too dull to be told. */
  invalidUnshown(field: string, detail: string): void {
    this.#add("FieldValueInvalid", field, detail);
  }

  /** One error for each sentence, as the checks of names and labels answer with several. */
  invalidEach(field: string, value: unknown, details: readonly string[]): void {
    for (const detail of details) this.invalid(field, value, detail);
  }

  forbidden(field: string, detail: string): void {
    this.#add("FieldValueForbidden", field, detail);
  }

  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const detail = supported.length > 0 ? `supported values: ${supported.map(quote).join(", ")}` : "";
    this.#addValue("FieldValueNotSupported", field, value, detail);
  }

  duplicate(field: string, value: unknown, detail = ""): void {
    this.#addValue("FieldValueDuplicate", field, value, detail);
  }

  notFound(field: string, value: unknown): void {
    this.#addValue("FieldValueNotFound", field, value, "");
  }

  /** A name that should be one of those that another field lists. */
  notFoundAmong(field: string, value: string, listedIn: string, names: readonly string[]): void {
    const listed = names.length === 0 ? " which is empty" : `: ${names.join(", ")}`;
    this.#addValue("FieldValueNotFound", field, value, `must be one of the names in ${listedIn}${listed}`);
  }

  /** What should not have happened while judging. */
  internal(field: string, sentence: string): void {
    this.#add("InternalError", field, sentence);
  }

  typeInvalid(field: string, value: unknown, detail: string): void {
    this.#addValue("FieldValueTypeInvalid", field, value, detail);
  }

  tooLong(field: string, bytesMax: number): void {
    this.#add(
      "FieldValueTooLong",
      field,
      `may not be more than ${bytesMax} ${bytesMax === 1 ? "byte" : "bytes"}`,
    );
  }

  tooMany(field: string, count: number, countMax: number): void {
    const detail = `must have at most ${countMax} ${countMax === 1 ? "item" : "items"}`;
    this.#addValue("FieldValueTooMany", field, count, detail);
  }

  #add(reason: keyof typeof MESSAGES, field: string, detail: string): void {
    const message = detail === "" ? MESSAGES[reason] : `${MESSAGES[reason]}: ${detail}`;
    this.list.push({ reason, message, field });
  }

  #addValue(reason: keyof typeof MESSAGES, field: string, value: unknown, detail: string): void {
    const shown = `${MESSAGES[reason]}: ${formatValue(value)}`;
    this.list.push({ reason, message: detail === "" ? shown : `${shown}: ${detail}`, field });
  }
}

function formatValue(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "bigint") return String(value);
  const json = JSON.stringify(value, orderKeys) ?? "null";
  return json.replaceAll(/[<>&\u2028\u2029]/g, escapeForHtml);
}

/** Go sorts the keys of maps and keeps the order of structs; what holds nothing but texts is a map, unless it has Go's names. */
function orderKeys(_key: string, value: unknown): unknown {
  // Rounded, as part of an object that is quoted as a whole.
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if ("matchExpressions" in value && "matchLabels" in value) {
    const { matchLabels, ...rest } = value;
    return { matchLabels, ...rest };
  }
  const entries = Object.entries(value);
  if (!entries.every(([key, item]) => typeof item === "string" && !/^[A-Z]/.test(key))) return value;
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As Go's encoder does it, so that JSON can stand in a page. */
function escapeForHtml(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A text as Go's %q prints it. */
export function quote(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  let quoted = "";
  for (const character of text) quoted += ESCAPES[character] ?? escapeControl(character);
  return `"${quoted}"`;
}

const NEEDS_ESCAPE = /["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Cn}\p{Co}]/u;

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

function escapeControl(character: string): string {
  if (!NEEDS_ESCAPE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  const digits = code.toString(16);
  return code > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}
