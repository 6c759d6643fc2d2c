/** A table of GitHub's Markdown; what would break a cell is escaped. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
  return [line(titles), `| ${titles.map(() => "---").join(" | ")} |`, ...rows.map(line)].join("\n");
}

function escapeCell(text: string): string {
  return escapeMarkdown(text)
    .replace(/\|/g, "\\|")
    .replace(/\s*\n\s*/g, " ");
}

/** Text that must not be taken for markup. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_<>[\]]/g, (character) => `\\${character}`);
}
