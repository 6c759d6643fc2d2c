/** Reads what was recorded from a real API server into text files: cases under titles, a line or more for each. */
import { readFileSync } from "node:fs";

/** What stands under one title (`# …`). */
export interface GoldenCase {
  readonly name: string;
  readonly lines: readonly string[];
}

/** The cases of a file in `test/golden`, in its order. Empty lines at the end of a case are no part of it. */
export function readGolden(file: string): GoldenCase[] {
  const text = readFileSync(new URL(`../golden/${file}`, import.meta.url), "utf8");
  return text
    .split(/^# /m)
    .slice(1)
    .map((block) => {
      const [name = "", ...lines] = block.replace(/\n+$/, "").split("\n");
      return { name, lines };
    });
}
