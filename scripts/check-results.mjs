// Fails when a document quotes the result of a long run that is missing, or older than the sources that it tests.
// A document quotes a result by linking to docs/results/NAME.json; the result names its sources and their digest.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const documents = [
  "README.md",
  ...readdirSync("docs", { recursive: true })
    .filter((f) => f.endsWith(".md"))
    .map((f) => join("docs", f)),
];
const problems = [];
let quoted = 0;
for (const document of documents) {
  for (const [, name] of readFileSync(document, "utf8").matchAll(/results\/([a-z0-9-]+)\.json/g)) {
    quoted++;
    const file = `docs/results/${name}.json`;
    if (!existsSync(file)) {
      problems.push(`${document} quotes ${file}, which is missing: npm run long -- ${name}`);
      continue;
    }
    const { sources, digest } = JSON.parse(readFileSync(file, "utf8"));
    if (digestOf(sources) !== digest)
      problems.push(`${file} is older than ${sources.join(", ")}: npm run long -- ${name}`);
  }
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`${quoted} quoted results are current`);

/** One digest over every source file under the given folders and files, tests left out. */
export function digestOf(sources) {
  const hash = createHash("sha256");
  const files = sources.flatMap((source) =>
    source.endsWith(".ts")
      ? [source]
      : readdirSync(source, { recursive: true })
          .map((f) => join(source, f))
          .filter((f) => /(?<!\.test)\.(ts|json)$/.test(f)),
  );
  for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
