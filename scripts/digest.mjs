import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One digest over every source under the given folders and files; tests are left out. */
export function digestOf(sources) {
  const hash = createHash("sha256");
  const files = sources.flatMap((source) => {
    if (/\.(ts|json)$/.test(source)) return [source];
    const inside = readdirSync(source, { recursive: true }).map((file) => join(source, file));
    return inside.filter((file) => /\.(ts|json)$/.test(file) && !file.endsWith(".test.ts"));
  });
  for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
