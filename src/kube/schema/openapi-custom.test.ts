import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { StructuralSchema } from "../custom/structural-schema.ts";
import { renderCustomTypes } from "./openapi-custom.ts";

interface Version {
  readonly schema: { readonly openAPIV3Schema: StructuralSchema };
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

/** Versions of two definitions, and the types that a real API server of 1.34 made of them, without their descriptions. */
const recorded: {
  readonly versions: Readonly<Record<"Odd" | "Empty", Version>>;
  readonly 2: object;
  readonly 3: object;
} = JSON.parse(readFileSync(new URL("../../../test/data/openapi-custom.data.json", import.meta.url), "utf8"));

const PLURALS = { Odd: "odds", Empty: "empties" };
const PREFIXES = { 2: "#/definitions/", 3: "#/components/schemas/" };

describe("custom kinds are described as a real server describes them", () => {
  test.each([2, 3] as const)("in version %i", (version) => {
    const types = (["Odd", "Empty"] as const).flatMap((kind) => {
      const { schema, selectableFields = [] } = recorded.versions[kind];
      const type = {
        group: "x.example.com",
        version: "v1",
        kind,
        plural: PLURALS[kind],
        schema: schema.openAPIV3Schema,
        selectableFields: selectableFields.map(({ jsonPath }) => jsonPath),
      };
      const dialect = { version, refPrefix: PREFIXES[version] };
      return Object.entries(renderCustomTypes(`com.example.x.v1.${kind}`, type, dialect));
    });
    expect(withoutWords(Object.fromEntries(types))).toEqual(recorded[version]);
  });
});

/** What is said is each one's own; that something is said is not. */
function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const isWords = key === "description" && typeof inner === "string";
    return [key, isWords ? "*" : withoutWords(inner)];
  });
  return Object.fromEntries(entries);
}
