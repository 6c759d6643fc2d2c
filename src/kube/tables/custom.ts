/** How custom objects are listed: by the columns that their definition asks for, or by their age. */
import { goPrint } from "../patch/go-print.ts";
import { parseTime } from "../time.ts";
import type { KubeObject } from "../types/meta.ts";
import { since } from "./cells.ts";
import { type JsonPath, parseJsonPath } from "./json-path.ts";
import { type Cell, NAME, type Printer } from "./printer.ts";

/** One entry of `additionalPrinterColumns` of a CustomResourceDefinition. */
export interface CustomColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

const DEFAULT_COLUMNS: readonly CustomColumn[] = [
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
];

/** The printer that a definition's columns ask for. A column whose path cannot be read ends the list, as the original has it. */
export function customPrinter(columns: readonly CustomColumn[] | undefined): Printer {
  const wanted = columns === undefined || columns.length === 0 ? DEFAULT_COLUMNS : columns;
  const readable: { readonly column: CustomColumn; readonly path: JsonPath }[] = [];
  for (const column of wanted) {
    const path = parseJsonPath(column.jsonPath);
    if (!path.ok) break;
    readable.push({ column, path: path.value });
  }
  return {
    columns: [
      NAME,
      ...readable.map(({ column: { name, type, format = "", priority = 0, description, jsonPath } }) => ({
        name,
        type,
        format,
        description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
        priority,
      })),
    ],
    cells: (object, nowMs) => [
      object.metadata.name,
      ...readable.map(({ column, path }) => cellOf(column.type, path, object, nowMs)),
    ],
  };
}

function cellOf(type: string, path: JsonPath, object: KubeObject, nowMs: number): Cell {
  const found = path.find(object);
  if (found.length === 0) return null;
  const [value] = found;
  switch (type) {
    case "string":
      return value === null ? "<no value>" : goPrint(value);
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date":
      if (typeof value !== "string") return null;
      return parseTime(value) === undefined ? "<invalid>" : since(value, nowMs);
    default:
      return null;
  }
}
