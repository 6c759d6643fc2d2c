import { isAtomic, type Schema } from "../schema/schema.ts";

/** Where an object holds lists and objects that its schema takes as wholes: ".spec.nodeSelector", ".spec.containers[0].args". */
export function atomicPlaces(object: object, schema: Schema): readonly string[] {
  return placesIn(object, schema, "");
}

function placesIn(value: unknown, schema: Schema | undefined, path: string): readonly string[] {
  if (schema === undefined || typeof value !== "object" || value === null) return [];
  const own = isAtomic(schema) && schema.type !== "any" ? [path] : [];
  if (Array.isArray(value)) {
    return [...own, ...value.flatMap((item, i) => placesIn(item, schema.element, `${path}[${i}]`))];
  }
  // Values of maps have no fields of their own to look into.
  const inner = Object.entries(value).flatMap(([name, each]) =>
    placesIn(each, schema.fields.get(name), `${path}.${name}`),
  );
  return [...own, ...inner];
}
