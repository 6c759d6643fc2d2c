/** Something wrong in the source of an expression. */
export interface CelIssue {
  /** In UTF-16 units from the beginning. */
  readonly offset: number;
  readonly message: string;
}

/** The longest line that is quoted. */
const SNIPPET_MAX = 16_384;

/** Issues as cel-go words them: in order of place, each with its line and a mark below it. */
export function formatIssues(source: string, issues: readonly CelIssue[]): string {
  const ordered = [...issues].sort((one, other) => one.offset - other.offset);
  return ordered.map((issue) => formatIssue(source, issue)).join("\n");
}

function formatIssue(source: string, { offset, message }: CelIssue): string {
  const at = Math.min(offset, source.length);
  const before = source.slice(0, at);
  const line = before.split("\n").length;
  const lineStart = before.lastIndexOf("\n") + 1;
  const lineEnd = source.indexOf("\n", lineStart);
  const snippet = [
    ...source.slice(lineStart, lineEnd === -1 ? source.length : lineEnd).replaceAll("\t", " "),
  ];
  const column = [...before.slice(lineStart)].length;
  const head = `ERROR: <input>:${line}:${column + 1}: ${message}`;
  if (snippet.length > SNIPPET_MAX) return head;
  const isWide = (character: string | undefined) => character !== undefined && character > "\u007f";
  const dots = snippet.slice(0, column).map((character) => (isWide(character) ? "．" : "."));
  const mark = isWide(snippet[column]) ? "＾" : "^";
  return `${head}\n | ${snippet.join("")}\n | ${dots.join("")}${mark}`;
}
