/** A command over several lines, where one would not fit: copied from the screen it is still the same command. */

const PATCH = / -p '(.*)'$/s;
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * A patch goes onto lines of its own, broken between its parts: what stands between quotes may hold line ends, and JSON does not
 * mind them. Anything else is never broken.
 * @param width what there is room for
 */
export function commandLines(command: string, width: number): string[] {
  const patch = PATCH.exec(command)?.[1];
  if (command.length <= width || patch === undefined) return [command];
  const lines = folded(patch, width - LEAD.length - 1);
  return [
    `${command.replace(PATCH, "")} \\`,
    ...lines.map((line, at) => `${at === 0 ? LEAD : INDENT}${line}${at === lines.length - 1 ? "'" : ""}`),
  ];
}

const LEAD = "  -p '";
const INDENT = " ".repeat(LEAD.length);

/** JSON in lines, each broken behind a comma or a bracket that opens. */
function folded(json: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let part = "";
  for (const token of json.match(TOKENS) ?? []) {
    part += token;
    if (!",{[".includes(token)) continue;
    if (line !== "" && line.length + part.length > width) {
      lines.push(line);
      line = "";
    }
    line += part;
    part = "";
  }
  if (line.length + part.length > width && line !== "") lines.push(line, part);
  else lines.push(line + part);
  return lines;
}
