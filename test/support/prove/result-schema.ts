/** What of a result of `holdfast prove -o json` is not as the shipped schema says. */
import { readFileSync } from "node:fs";
import { jsonSchemaProblems, type Schema } from "../json-schema.ts";

const SCHEMA = JSON.parse(readFileSync("docs/prove.schema.json", "utf8")) as Schema;

/** Sentences with paths; none when the value is what the schema says. */
export function schemaProblems(value: unknown): string[] {
  return jsonSchemaProblems(value, SCHEMA);
}
