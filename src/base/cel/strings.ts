/** Functions of texts: those of the language, and of cel-go's strings extension in version 2. */
import { type Functions, member, plain } from "./environment.ts";
import { regularExpression } from "./regular-expression.ts";
import { formatText } from "./string-format.ts";
import { BOOL, DYN, INT, listOf, STRING } from "./types.ts";
import { CelError, CelList, type CelValue } from "./values.ts";

type Text = (text: string, ...args: readonly never[]) => CelValue;

function text(id: string, parameters: readonly (typeof STRING)[], result: typeof STRING, call: Text) {
  return member(id, [STRING, ...parameters], result, (receiver, ...args) =>
    call(receiver as string, ...(args as never[])),
  );
}

export const STRINGS: Functions = {
  contains: [text("contains_string", [STRING], BOOL, (whole, part: string) => whole.includes(part))],
  startsWith: [text("starts_with_string", [STRING], BOOL, (whole, part: string) => whole.startsWith(part))],
  endsWith: [text("ends_with_string", [STRING], BOOL, (whole, part: string) => whole.endsWith(part))],
  matches: [
    plain("matches", [STRING, STRING], BOOL, (whole, pattern) =>
      regularExpression(pattern as string).matches(whole as string),
    ),
    text("matches_string", [STRING], BOOL, (whole, pattern: string) =>
      regularExpression(pattern).matches(whole),
    ),
  ],
  charAt: [text("string_char_at_int", [INT], STRING, charAt)],
  indexOf: [
    text("string_index_of_string", [STRING], INT, (whole, part: string) => indexOf(whole, part, 0n)),
    text("string_index_of_string_int", [STRING, INT], INT, indexOf),
  ],
  lastIndexOf: [
    text("string_last_index_of_string", [STRING], INT, (whole, part: string) =>
      lastIndexOf(whole, part, BigInt([...whole].length)),
    ),
    text("string_last_index_of_string_int", [STRING, INT], INT, lastIndexOf),
  ],
  lowerAscii: [
    text("string_lower_ascii", [], STRING, (whole) => whole.replace(/[A-Z]+/g, (part) => part.toLowerCase())),
  ],
  upperAscii: [
    text("string_upper_ascii", [], STRING, (whole) => whole.replace(/[a-z]+/g, (part) => part.toUpperCase())),
  ],
  replace: [
    text("string_replace_string_string", [STRING, STRING], STRING, (whole, part: string, other: string) =>
      replaced(whole, part, other, -1n),
    ),
    text("string_replace_string_string_int", [STRING, STRING, INT], STRING, replaced),
  ],
  split: [
    text("string_split_string", [STRING], listOf(STRING), (whole, by: string) => split(whole, by, -1n)),
    text("string_split_string_int", [STRING, INT], listOf(STRING), split),
  ],
  substring: [
    text("string_substring_int", [INT], STRING, (whole, start: bigint) => {
      const characters = [...whole];
      if (start < 0n || start > characters.length) throw outOfRange(start);
      return characters.slice(Number(start)).join("");
    }),
    text("string_substring_int_int", [INT, INT], STRING, substring),
  ],
  trim: [text("string_trim", [], STRING, (whole) => whole.replace(/^[\s\u0085]+|[\s\u0085]+$/g, ""))],
  format: [
    text("string_format", [listOf(DYN)], STRING, (form, args: CelList) => formatText(form, args.items)),
  ],
  "strings.quote": [plain("strings_quote", [STRING], STRING, (whole) => quoted(whole as string))],
  join: [
    member("list_join", [listOf(STRING)], STRING, (list) => join(list as CelList, "")),
    member("list_join_string", [listOf(STRING), STRING], STRING, (list, by) =>
      join(list as CelList, by as string),
    ),
  ],
};

function outOfRange(index: bigint): CelError {
  return new CelError(`index out of range: ${index}`);
}

function charAt(whole: string, index: bigint): string {
  const characters = [...whole];
  if (index < 0n || index > characters.length) throw outOfRange(index);
  return characters[Number(index)] ?? "";
}

/** Indices count characters. Beyond the end nothing is found. */
function indexOf(whole: string, part: string, from: bigint): bigint {
  if (part === "") return from;
  if (from < 0n) throw outOfRange(from);
  const characters = [...whole];
  const before = characters.slice(0, Number(from)).join("");
  const at = whole.indexOf(part, before.length);
  return at === -1 || from >= characters.length ? -1n : BigInt([...whole.slice(0, at)].length);
}

function lastIndexOf(whole: string, part: string, from: bigint): bigint {
  if (part === "") return from;
  if (from < 0n) throw outOfRange(from);
  const before = [...whole].slice(0, Number(from)).join("");
  const at = whole.lastIndexOf(part, before.length);
  return at === -1 ? -1n : BigInt([...whole.slice(0, at)].length);
}

function replaced(whole: string, part: string, other: string, limit: bigint): string {
  if (limit < 0n) return part === "" ? surrounded(whole, other, -1) : whole.replaceAll(part, () => other);
  if (part === "") return surrounded(whole, other, Number(limit));
  let rest = whole;
  let done = "";
  for (let i = 0n; i < limit; i++) {
    const at = rest.indexOf(part);
    if (at === -1) break;
    done += rest.slice(0, at) + other;
    rest = rest.slice(at + part.length);
  }
  return done + rest;
}

/** Go puts the other text before every character and at the end. */
function surrounded(whole: string, other: string, limit: number): string {
  const characters = [...whole];
  const places = limit < 0 ? characters.length + 1 : limit;
  const parts = characters.map((character, i) => (i < places ? other + character : character));
  return parts.join("") + (places > characters.length ? other : "");
}

function split(whole: string, by: string, limit: bigint): CelList {
  if (limit === 0n) return new CelList([]);
  const parts = by === "" ? [...whole] : whole.split(by);
  if (limit < 0n || parts.length <= limit) return new CelList(parts);
  const first = parts.slice(0, Number(limit) - 1);
  return new CelList([...first, parts.slice(Number(limit) - 1).join(by)]);
}

function substring(whole: string, start: bigint, end: bigint): string {
  const characters = [...whole];
  if (start > end) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > characters.length) throw outOfRange(start);
  if (end < 0n || end > characters.length) throw outOfRange(end);
  return characters.slice(Number(start), Number(end)).join("");
}

function join(list: CelList, by: string): string {
  const wrong = list.items.find((item) => typeof item !== "string");
  if (wrong !== undefined) throw new CelError(`join: invalid input: ${String(wrong)}`);
  return list.items.join(by);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

function quoted(whole: string): string {
  const pattern = new RegExp(
    `[${Object.keys(ESCAPES)
      .map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join("")}]`,
    "g",
  );
  return `"${whole.replace(pattern, (each) => ESCAPES[each] ?? each)}"`;
}
