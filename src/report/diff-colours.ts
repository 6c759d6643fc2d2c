import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** A unified diff in the colours that people know from git. */
export function paintDiff(diff: string, colours: boolean): string {
  if (!colours) return diff;
  return diff
    .split("\n")
    .map((line) => {
      const style = styleOf(line);
      return style === undefined ? line : styleText(style, line, { validateStream: false });
    })
    .join("\n");
}

function styleOf(line: string): Style | undefined {
  if (/^(diff|---|\+\+\+) /.test(line)) return "bold";
  if (line.startsWith("+")) return "green";
  if (line.startsWith("-")) return "red";
  return line.startsWith("@@") ? "cyan" : undefined;
}
