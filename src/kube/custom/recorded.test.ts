/** Values of every sort at places of every sort, and formats, held against what a real kube-apiserver 1.34.4 said of them. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { completeCustom } from "./complete.ts";
import { validateEmbedded } from "./embedded.ts";
import { isOfFormat } from "./formats.ts";
import { validateListTypes } from "./list-types.ts";
import type { StructuralSchema } from "./structural-schema.ts";
import { validateCustom } from "./validate.ts";

function recorded<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../test/data/${name}.data.json`, import.meta.url), "utf8"));
}

const { fields, values, refusals } = recorded<{
  readonly fields: Readonly<Record<string, StructuralSchema>>;
  readonly values: readonly unknown[];
  /** Of each field, for each value: why it was refused, or null. */
  readonly refusals: Readonly<Record<string, readonly (readonly string[] | null)[]>>;
}>("custom-values");

const schema: StructuralSchema = {
  type: "object",
  properties: { spec: { type: "object", properties: fields } },
};

describe("values are judged as a real server judges them", () => {
  test.each(Object.keys(fields))("%s: $schema", (field) => {
    const said = values.map((value) => refusalOf(field, value));
    const cases = (answers: readonly unknown[]) => values.map((value, i) => ({ value, said: answers[i] }));
    expect(cases(said)).toEqual(cases(refusals[field] ?? []));
  });
});

function refusalOf(field: string, value: unknown): readonly string[] | null {
  const given = {
    apiVersion: "m.example.com/v1",
    kind: "Mat",
    metadata: { name: "z" },
    spec: { [field]: value },
  };
  const { object } = completeCustom(schema, given);
  const causes = [validateCustom, validateEmbedded, validateListTypes].flatMap((judge) =>
    judge(schema, object),
  );
  return causes.length === 0 ? null : causes.map((cause) => `${cause.field}: ${cause.message}`).sort();
}

const { formats, refused } = recorded<{
  readonly formats: readonly string[];
  /** The formats that each text is not of. */
  readonly refused: Readonly<Record<string, readonly string[]>>;
}>("custom-formats");

describe("formats are those of a real server", () => {
  test.each(Object.entries(refused))("%j", (text, others) => {
    expect(formats.filter((format) => !isOfFormat(format, text))).toEqual(
      formats.filter((format) => others.includes(format)),
    );
  });
});
