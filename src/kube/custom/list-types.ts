import { jsonText } from "../../base/json-text.ts";
import type { StatusCause } from "../status-error.ts";
import { isFields } from "./correlation.ts";
import { type Fields, type StructuralSchema, valuesOf } from "./structural-schema.ts";

type Causes = readonly StatusCause[];

/** Where sets hold a value twice, and lists of type map two items with the same keys. */
export function validateListTypes(schema: StructuralSchema, value: unknown, path = ""): Causes {
  if (Array.isArray(value)) {
    const { items } = schema;
    const below =
      items === undefined ? [] : value.map((item, i) => validateListTypes(items, item, `${path}[${i}]`));
    return [...listMapProblems(schema, value, path), ...below.flat()];
  }
  if (!isFields(value)) return [];
  const values = valuesOf(schema);
  return Object.entries(value).flatMap(([field, each]) => {
    const property = schema.properties?.[field];
    if (property !== undefined)
      return validateListTypes(property, each, path === "" ? field : `${path}.${field}`);
    return values === undefined ? [] : validateListTypes(values, each, `${path}[${field}]`);
  });
}

/** Sets hold a value once, and lists of type map an item for each combination of keys. */
function listMapProblems(schema: StructuralSchema, value: readonly unknown[], path: string): Causes {
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return [];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const seen = new Set<string>();
  const causes: StatusCause[] = [];
  for (const [i, item] of value.entries()) {
    const field = `${path}[${i}]`;
    if (type === "map" && item === null) continue;
    if (type === "map" && !isFields(item)) {
      const message = `Invalid value: ${jsonText(item)}: must be an object for an array of list-type map`;
      causes.push({ reason: "FieldValueInvalid", message, field });
      // Without keys nothing more can be said of the list.
      break;
    }
    const identity = type === "map" ? jsonText(pick(item as Fields, keys)) : jsonText(item);
    if (seen.has(identity)) {
      causes.push({ reason: "FieldValueDuplicate", message: `Duplicate value: ${identity}`, field });
    }
    seen.add(identity);
  }
  return causes;
}

function pick(item: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.filter((key) => item[key] !== undefined).map((key) => [key, item[key]]));
}
