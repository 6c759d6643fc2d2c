// Fails when a document quotes the result of a long run that is missing, or older than the sources that it tests.
// A document quotes a result by linking to docs/results/NAME.json; the result names its sources and their digest.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "./digest.mjs";

const pages = readdirSync("docs", { recursive: true }).filter((file) => file.endsWith(".md"));
const documents = ["README.md", "CHANGELOG.md", ...pages.map((file) => join("docs", file))];
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
    if (digestOf(sources) === digest) continue;
    problems.push(`${file} is older than ${sources.join(", ")}: npm run long -- ${name}`);
  }
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`${quoted} quoted results are there and current`);
