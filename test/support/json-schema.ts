/** Whether a value is as a JSON Schema of ours says. */
export type Schema = Readonly<Record<string, unknown>>;

/** Sentences with paths; none when the value is what the schema says. */
export function jsonSchemaProblems(value: unknown, schema: Schema): string[] {
  return problemsOf(value, schema, schema, "");
}

/** As much of JSON Schema as the shipped ones use. */
function problemsOf(value: unknown, schema: Schema, root: Schema, path: string): string[] {
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.split("/").at(-1) as string;
    return problemsOf(value, (root.$defs as Record<string, Schema>)[name] as Schema, root, path);
  }
  if (schema.oneOf !== undefined) {
    const fits = (schema.oneOf as Schema[]).filter((one) => problemsOf(value, one, root, path).length === 0);
    return fits.length === 1 ? [] : [`${path} fits ${fits.length} of its forms`];
  }
  if (schema.enum !== undefined)
    return (schema.enum as unknown[]).includes(value) ? [] : [`${path} is ${value}`];
  // Any value will do.
  if (schema.type === undefined) return [];
  const types = [schema.type].flat() as string[];
  if (!types.includes(typeOf(value)) && !(typeOf(value) === "integer" && types.includes("number")))
    return [`${path} is a ${typeOf(value)}`];
  if (
    typeof value === "string" &&
    schema.pattern !== undefined &&
    !new RegExp(schema.pattern as string).test(value)
  )
    return [`${path} is ${value}`];
  if (Array.isArray(value))
    return value.flatMap((item, i) => problemsOf(item, schema.items as Schema, root, `${path}[${i}]`));
  if (typeof value !== "object" || value === null) return [];
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const missing = ((schema.required ?? []) as string[])
    .filter((name) => !(name in value))
    .map((name) => `${path}.${name} is missing`);
  const found = Object.entries(value).flatMap(([name, field]) => {
    const known = properties[name] ?? schema.additionalProperties;
    return known === false || known === undefined
      ? [`${path}.${name} is unknown`]
      : problemsOf(field, known as Schema, root, `${path}.${name}`);
  });
  return [...missing, ...found];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}
