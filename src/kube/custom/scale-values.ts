/** What a custom object keeps for its Scale, and what is wrong with it: no schema needs to say so. */
import { goPrint, goTypeName } from "../patch/go-print.ts";
import type { StatusCause } from "../status-error.ts";
import { isFields } from "./correlation.ts";
import type { Fields } from "./structural-schema.ts";

/** Where a kind keeps what its Scale shows. Paths as in CustomResourceDefinitions: ".spec.replicas". */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  /** A selector as text; the built-in kinds have theirs worked out. */
  readonly labelSelectorPath?: string;
}

const INT32_MAX = 2 ** 31 - 1;

/** Why the values at the paths of a Scale cannot be; `ofStatus` looks at those of the status only. */
export function validateScaleValues(
  { specReplicasPath, statusReplicasPath, labelSelectorPath }: ScalePaths,
  object: Fields,
  ofStatus: boolean,
): readonly StatusCause[] {
  return [
    ...(ofStatus ? [] : replicasProblems(object, specReplicasPath)),
    ...replicasProblems(object, statusReplicasPath),
    ...(labelSelectorPath === undefined ? [] : selectorProblems(object, labelSelectorPath)),
  ];
}

function replicasProblems(object: Fields, path: string): readonly StatusCause[] {
  const { value, error } = valueAt(object, path, "int64");
  if (error !== undefined) return [invalid(path, "0", error)];
  const replicas = (value ?? 0) as number | bigint;
  if (replicas < 0) return [invalid(path, String(replicas), "should be a non-negative integer")];
  if (replicas > INT32_MAX)
    return [invalid(path, String(replicas), `should be less than or equal to ${INT32_MAX}`)];
  return [];
}

function selectorProblems(object: Fields, path: string): readonly StatusCause[] {
  const { error } = valueAt(object, path, "string");
  return error === undefined ? [] : [invalid(path, '""', error)];
}

function invalid(field: string, value: string, why: string): StatusCause {
  return { reason: "FieldValueInvalid", message: `Invalid value: ${value}: ${why}`, field };
}

/** What stands at a path, which is nothing where something on the way is missing or null. */
function valueAt(
  object: Fields,
  path: string,
  wanted: "int64" | "string",
): { readonly value?: unknown; readonly error?: string } {
  const steps = path.replace(/^\./, "").split(".");
  const unfit = (value: unknown, type: string, until: readonly string[]) => ({
    error: `.${until.join(".")} accessor error: ${goPrint(value)} is of the type ${typeName(value)}, expected ${type}`,
  });
  let value: unknown = object;
  for (const [i, step] of steps.entries()) {
    if (value === null) return {};
    if (!isFields(value)) return unfit(value, "map[string]interface{}", steps.slice(0, i + 1));
    if (!Object.hasOwn(value, step)) return {};
    value = value[step];
  }
  return typeName(value) === wanted ? { value } : unfit(value, wanted, steps);
}

function typeName(value: unknown): string {
  return value === null ? "<nil>" : goTypeName(value);
}
